"""Likes: one row for each member and comment, and the comment's count and rank."""

from datetime import datetime

from sqlalchemy import Delete, Executable, ForeignKey, Select, Table, Update, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from board.extensions import Model, db, table_of
from board.statements import prepared
from board.storage import BigId, UtcDateTime, insert_for, now


class Reaction(Model):
    """One member's upvote of one comment."""

    __tablename__ = "reaction"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @staticmethod
    def set(comment_id: int, user_id: int, is_liked: bool) -> bool:
        """Keep or take back the like of a comment that is published; tell whether that changed anything.

        The caller holds the thread's row, so the comment's state stays what this finds.
        """
        if is_liked:
            return _like.first(comment=comment_id, user=user_id, moment=now()) is not None
        return bool(_unlike.run(comment=comment_id, user=user_id))


def _published() -> Select[int]:
    comment = _comments().c
    return select(comment.id).where(comment.id == bindparam("comment"), comment.state == "published")


@prepared
def _like(dialect: str) -> Executable:
    user, moment = bindparam("user", type_=BigId), bindparam("moment", type_=UtcDateTime())
    liking = insert_for(dialect)(Reaction.__table__)
    liking = liking.from_select(["comment_id", "user_id", "created_at"], _published().add_columns(user, moment))
    once: Executable = liking.on_conflict_do_nothing().returning(Reaction.__table__.c.comment_id)
    return once


@prepared
def _unlike(_dialect: str) -> Delete:
    reaction = Reaction.__table__.c
    is_it = (reaction.comment_id == _published().scalar_subquery()) & (reaction.user_id == bindparam("user"))
    return delete(table_of(Reaction)).where(is_it)


@prepared
def counting_like(_dialect: str) -> ReturningUpdate[int, int]:
    """Add a step to a comment's likes, with the rank that follows if nobody else counted meanwhile."""
    comment = _comments().c
    counting = update(_comments()).where(comment.id == bindparam("comment"))
    counting = counting.values(like_count=comment.like_count + bindparam("step"), rank=bindparam("new_rank"))
    return counting.returning(comment.like_count, comment.report_count)


@prepared
def setting_rank(_dialect: str) -> Update:
    """Set a comment's rank."""
    ranking = update(_comments()).where(_comments().c.id == bindparam("comment"))
    return ranking.values(rank=bindparam("new_rank"))


def _comments() -> Table:
    """Return the table of comments, whose class is made of this module."""
    return db.metadata.tables["comment"]
