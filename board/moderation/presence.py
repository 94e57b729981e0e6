"""Who works on what at this moment, so that no two moderators do the same: rows that a minute makes worthless."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User
from board.accounts.reach import Reach
from board.comments.models import Comment
from board.extensions import Model, db
from board.statements import insert_once
from board.storage import now

LASTS = timedelta(seconds=60)  # the page's script says every 20 seconds that it is still there
MAX_AT_ONCE = 100  # comments that one moderator can be shown to work on


class DeskPresence(Model):
    """A moderator looks at a comment, or has chosen it."""

    __tablename__ = "desk_presence"
    __table_args__ = (Index("ix_desk_presence_at", "at"),)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True)
class Present:
    """A moderator who works on something."""

    user_id: int
    name: str


def note_presence(user: User, comment_ids: Iterable[int], within: Reach) -> None:
    """Note that the moderator works on these comments within reach, and on no others. The caller commits."""
    wanted = list(dict.fromkeys(comment_ids))[:MAX_AT_ONCE]
    chosen = select(Comment.id, Comment.site_id).where(Comment.id.in_(wanted), within.covers(Comment.site_id))
    rows = db.session.execute(chosen).all()
    db.session.execute(
        delete(DeskPresence).where((DeskPresence.user_id == user.id) | (DeskPresence.at < now() - LASTS))
    )
    for comment_id, site_id in sorted(rows):
        insert_once(DeskPresence, comment_id=comment_id, user_id=user.id, site_id=site_id, at=now())


def present_at(comment_ids: Iterable[int], *, but: int) -> dict[int, list[Present]]:
    """Return who else works on each of the comments."""
    return _present(DeskPresence.comment_id.in_(list(comment_ids)), but)


def present_within(within: Reach, *, but: int) -> dict[int, list[Present]]:
    """Return who else works on which comments within reach."""
    return _present(within.covers(DeskPresence.site_id), but)


def _present(which: object, but: int) -> dict[int, list[Present]]:
    query = (
        select(DeskPresence.comment_id, User.id, User.display_name)
        .join(User, User.id == DeskPresence.user_id)
        .where(which, DeskPresence.at > now() - LASTS, DeskPresence.user_id != but)  # type: ignore[arg-type]
        .order_by(DeskPresence.comment_id, User.id)
        .limit(20 * MAX_AT_ONCE)
    )
    found: dict[int, list[Present]] = defaultdict(list)
    for comment_id, user_id, name in db.session.execute(query):
        found[comment_id].append(Present(user_id, name))
    return found
