"""Reports."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from board.extensions import Model
from board.storage import now


class Report(Model):
    """One member's word that one comment breaks the rules."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name="state"),
        Index("ix_report_site_state", "site_id", "state", "comment_id"),
        Index("ix_report_site_at", "site_id", "created_at"),
    )

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reason: Mapped[str] = mapped_column(String(50))
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    weight: Mapped[int] = mapped_column(default=100)  # of its reporter's word when it came: 10 to 100
    wants_outcome: Mapped[bool] = mapped_column(default=False)  # the reporter is to be told
