"""What moderators decided, one row a press: with the former state of each comment, so that a press can be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.models import User
from board.extensions import Model
from board.storage import now


class DecisionBatch(Model):
    """One decision on one or many comments."""

    __tablename__ = "decision_batch"
    __table_args__ = (Index("ix_decision_batch_by", "by_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(String(50), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    count: Mapped[int] = mapped_column(default=0)
    decided_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    by: Mapped[User] = relationship(foreign_keys=[by_id], lazy="raise_on_sql")


class DecisionItem(Model):
    """One comment (or one article, whose comments were closed) of a decision, as it was and as it became."""

    __tablename__ = "decision_item"
    __table_args__ = (
        Index("ix_decision_item_batch", "batch_id", "id"),
        Index("ix_decision_item_comment", "comment_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("decision_batch.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None]

    batch: Mapped[DecisionBatch] = relationship(lazy="raise_on_sql")
