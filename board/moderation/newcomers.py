"""Newcomers: what they write is listed at the desk until a moderator has let one of their comments stand."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User
from board.comments.models import Comment
from board.extensions import Model, db
from board.statements import insert_once
from board.storage import now

NEW_FOR = timedelta(days=7)  # after joining


class Vouched(Model):
    """A new member of whom a moderator has let a comment stand: no newcomer any more on this site."""

    __tablename__ = "vouched_member"

    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    vouched_at: Mapped[datetime] = mapped_column(default=now)


def is_new_member(user: User) -> bool:
    """Tell whether the member is a newcomer, as far as the time goes."""
    return bool(not user.is_placeholder and user.role == "member" and now() - user.created_at < NEW_FOR)


def vouch(comment: Comment) -> bool:
    """Take the comment's author for no newcomer any more on its site; tell whether this call did it."""
    return insert_once(Vouched, user_id=comment.author_id, site_id=comment.site_id, vouched_at=now())


def take_back_vouching(comment: Comment) -> None:
    """Take the comment's author for a newcomer again."""
    which = (Vouched.user_id == comment.author_id, Vouched.site_id == comment.site_id)
    db.session.execute(delete(Vouched).where(*which))
