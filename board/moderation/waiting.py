"""What waits at the desk, for the numbers in its navigation."""

from flask_login import current_user
from sqlalchemy import select

from board.accounts.reach import reach
from board.extensions import db
from board.moderation.appeals import count_appeals
from board.moderation.notices import count_notices
from board.moderation.queues import count_queues


def desk_counts() -> dict[str, int]:
    """Return how much waits in each of the queues for who is asking, on pages that show none of them."""
    return count_queues(reach(current_user, "moderator"))


def desk_waiting() -> dict[str, int]:
    """Return how many appeals and notices wait for who is asking, by the endpoint that shows them; one query."""
    within = reach(current_user, "moderator")
    appeals, notices = count_appeals(current_user, within), count_notices(within)
    row = db.session.execute(select(appeals.scalar_subquery(), notices.scalar_subquery())).one()
    return {"moderation.appeals": row[0], "moderation.notices": row[1]}
