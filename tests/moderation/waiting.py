"""Comments that wait at the desk."""

import re

from board.accounts.models import User
from board.comments.models import Comment
from board.extensions import db
from board.moderation.models import Report


def reported(comments: list[Comment], by: User, reason: str = "spam", note: str = "") -> None:
    for comment in comments:
        db.session.add(
            Report(comment_id=comment.id, reporter_id=by.id, site_id=comment.site_id, reason=reason, note=note)
        )
        comment.count_report(1, 100)
    db.session.commit()


def state(comment: Comment) -> str:
    db.session.rollback()
    return db.session.get_one(Comment, comment.id).state


def values(page: str) -> list[str]:
    """Return the values of the boxes of comments, as they stand on the page."""
    return re.findall(r'name="comment" value="([0-9-]+)"', page)
