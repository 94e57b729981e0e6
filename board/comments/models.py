"""A thread and its comments: the tree, its counters, and what may be done to a comment.

`ordinal` numbers the replies of one parent from 0 in the order of posting. So "the first three replies of each of
these twenty comments" is one bounded range of one index, on both databases, whatever the thread's size.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.models import User
from board.articles.models import Article
from board.extensions import Model
from board.storage import now

IS_LISTED_ROOT: dict[str, Any] = {
    "sqlite_where": text("parent_id IS NULL AND is_listed = 1"),
    "postgresql_where": text("parent_id IS NULL AND is_listed"),
}


class Thread(Model):
    """The comments of one article, counted; `version` grows with each change that readers can see."""

    __tablename__ = "thread"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    version: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)  # published comments, at every level
    root_count: Mapped[int] = mapped_column(default=0)  # roots ever posted: the next root's ordinal


class Comment(Model):
    """What one member wrote, and its place in the tree."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("state IN ('published', 'held', 'removed', 'deleted')", name="state"),
        UniqueConstraint("author_id", "submission_key"),
        UniqueConstraint("site_id", "source", "source_id"),
        Index("ix_comment_place", "parent_id", "ordinal"),
        Index("ix_comment_best", "article_id", text("rank DESC"), text("id DESC"), **IS_LISTED_ROOT),
        Index("ix_comment_newest", "article_id", text("id DESC"), **IS_LISTED_ROOT),
        Index(
            "ix_comment_replied",
            "article_id",
            text("descendant_count DESC"),
            text("id DESC"),
            **IS_LISTED_ROOT,
        ),
        Index("ix_comment_author", "author_id", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))  # None for a root itself
    depth: Mapped[int] = mapped_column(default=0)
    ordinal: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    body_source: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    renderer_version: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="published")
    is_listed: Mapped[bool] = mapped_column(default=True)  # has a place on the page, if only as "removed"
    created_at: Mapped[datetime] = mapped_column(default=now)
    edited_at: Mapped[datetime | None]
    removal_reason: Mapped[str] = mapped_column(String(50), default="")
    removal_note: Mapped[str] = mapped_column(Text, default="")
    like_count: Mapped[int] = mapped_column(default=0)
    report_count: Mapped[int] = mapped_column(default=0)  # open and upheld reports, not dismissed ones
    rank: Mapped[float] = mapped_column(Float, default=0.0)  # Wilson lower bound of likes among likes and reports
    reply_count: Mapped[int] = mapped_column(default=0)  # direct replies ever posted: the next reply's ordinal
    descendant_count: Mapped[int] = mapped_column(default=0)  # kept on roots only: published comments below
    submission_key: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[str | None] = mapped_column(String(50))  # where an imported comment comes from …
    source_id: Mapped[str | None] = mapped_column(String(255))  # … and its ID there

    author: Mapped[User] = relationship(lazy="raise_on_sql")
    article: Mapped[Article] = relationship(lazy="raise_on_sql")
    parent: Mapped["Comment | None"] = relationship(
        remote_side="Comment.id", foreign_keys=[parent_id], lazy="raise_on_sql"
    )


class CommentRevision(Model):
    """An earlier text of an edited comment, for moderators."""

    __tablename__ = "comment_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    body_source: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(default=now)


class Reaction(Model):
    """One member's upvote of one comment."""

    __tablename__ = "reaction"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Draft(Model):
    """What a signed-out reader wrote: kept until they have an account, then posted once."""

    __tablename__ = "draft"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)


def viewer_id(user: Any) -> int:
    """Return the member's ID, or 0 for a signed-out reader."""
    return int(user.id) if user.is_authenticated else 0
