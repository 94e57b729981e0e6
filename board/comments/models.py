"""A comment, its place in the tree, and what can be done to it.

`ordinal` numbers the replies of one parent from 0 in the order of posting. So "the first three replies of each of
these twenty comments" is one bounded range of one index, on both databases, whatever the thread's size.

Every change takes its thread's row first (`Thread.change`), so the changes of one thread wait for each other and
the counters are exact; see docs/decisions/0008.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    delete,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from board.accounts.models import User
from board.articles.models import Article
from board.comments.ranking import wilson
from board.comments.reactions import Reaction, counting_like, setting_rank
from board.comments.rules import CommentRules
from board.comments.text_keys import text_key
from board.comments.threads import Thread
from board.extensions import Model, db
from board.screening.learning import forget_lesson
from board.screening.likeness import likeness_of
from board.storage import now, only_where

__all__ = ["Comment", "CommentRevision", "Reaction", "Thread", "viewer_id"]

IS_LISTED_ROOT = only_where("parent_id IS NULL AND is_listed", sqlite="parent_id IS NULL AND is_listed = 1")
IS_LISTED = only_where("is_listed", sqlite="is_listed = 1")
IS_LIKE_OTHERS = only_where("likeness IS NOT NULL")
IS_HELD = only_where("state = 'held'")
# What waits for a moderator. These indexes hold open comments only, so that a new comment does not pay for them.
WAITS = "state = 'held' OR (state = 'published' AND report_count > 0)"
IS_WAITING = only_where(WAITS)
IS_REMOVED = only_where("state = 'removed'")


class Comment(Model, CommentRules):
    """What one member wrote, and its place in the tree."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("state IN ('published', 'held', 'removed', 'deleted')", name="state"),
        UniqueConstraint("author_id", "submission_key"),
        UniqueConstraint("site_id", "source", "source_id"),
        Index("ix_comment_article", "article_id", "created_at"),
        Index("ix_comment_place", "parent_id", "ordinal", **IS_LISTED),
        Index("ix_comment_best", "article_id", "rank", "id", **IS_LISTED_ROOT),
        Index("ix_comment_newest", "article_id", "created_at", "id", **IS_LISTED_ROOT),
        Index("ix_comment_replied", "article_id", "descendant_count", "id", **IS_LISTED_ROOT),
        Index("ix_comment_held", "article_id", "id", **IS_HELD),
        Index("ix_comment_author", "author_id", "created_at", "id"),
        Index("ix_comment_created", "created_at", "id"),
        Index("ix_comment_waiting", "state", "report_weight", "id", "site_id", **IS_WAITING),
        Index("ix_comment_waiting_author", "state", "author_id", "site_id", "id", **IS_WAITING),
        Index("ix_comment_waiting_article", "state", "article_id", "site_id", "id", **IS_WAITING),
        Index("ix_comment_waiting_text", "state", "text_key", "site_id", "id", **IS_WAITING),
        Index("ix_comment_removed", "id", "site_id", **IS_REMOVED),
        Index("ix_comment_removed_author", "author_id", "site_id", "id", **IS_REMOVED),
        Index("ix_comment_likeness", "site_id", "likeness", "created_at", **IS_LIKE_OTHERS),
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
    # Why it waits, or waited last: [{"step": "links", "words": ["5"]}], as `screening` found it.
    hold_reasons: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    likeness: Mapped[int | None]  # what near copies of the text have in common: `screening/likeness.py`
    removal_reason: Mapped[str] = mapped_column(String(50), default="")
    removal_note: Mapped[str] = mapped_column(Text, default="")
    like_count: Mapped[int] = mapped_column(default=0)
    imported_likes: Mapped[int] = mapped_column(default=0)  # the part of like_count without reactions of ours
    report_count: Mapped[int] = mapped_column(default=0)  # open and upheld reports, not dismissed ones
    report_weight: Mapped[int] = mapped_column(default=0)  # of the same reports, by how often their reporters are right
    rank: Mapped[float] = mapped_column(Float, default=0.0)  # Wilson lower bound of likes among likes and reports
    reply_count: Mapped[int] = mapped_column(default=0)  # direct replies ever posted: the next reply's ordinal
    listed_reply_count: Mapped[int] = mapped_column(default=0)  # direct replies that have a place on the page
    descendant_count: Mapped[int] = mapped_column(default=0)  # kept on roots only: published comments below
    submission_key: Mapped[str | None] = mapped_column(String(64))
    lock_id: Mapped[int | None]  # the comment at or above this one below which nobody may reply any more
    text_key: Mapped[int | None]  # of what waits for a moderator: the same for texts that are nearly the same
    source: Mapped[str | None] = mapped_column(String(50))  # where an imported comment comes from …
    source_id: Mapped[str | None] = mapped_column(String(255))  # … and its ID there

    author: Mapped[User] = relationship(lazy="raise_on_sql")
    article: Mapped[Article] = relationship(lazy="raise_on_sql")
    parent: Mapped["Comment | None"] = relationship(
        remote_side="Comment.id", foreign_keys=[parent_id], lazy="raise_on_sql"
    )

    @property
    def is_thread_open(self) -> bool:
        """Tell whether the article still takes comments."""
        return self.article.takes_comments

    def write(self, source: str, html: str) -> None:
        """Take the text and the safe HTML that `board.markup` made of it."""
        from board.markup import RENDERER_VERSION

        self.body_source, self.body_html, self.renderer_version = source, html, RENDERER_VERSION
        self.likeness = likeness_of(html)

    def edit(self, source: str, html: str) -> bool:
        """Replace the text, keep the earlier one for moderators; tell whether anything changed."""
        self._take_turn()
        if self.state not in {"published", "held"} or source == self.body_source:
            return False
        db.session.add(CommentRevision(comment_id=self.id, body_source=self.body_source))
        self.write(source, html)
        self.edited_at = now()
        if self.text_key is not None:
            self.text_key = text_key(source)
        return True

    def delete(self) -> bool:
        """Erase the text and its earlier versions for good; keep the place while replies hang on it."""
        self._take_turn()
        if self.state not in {"published", "held"}:
            return False
        if self.state == "published":
            self._count_published(-1)
        db.session.execute(delete(CommentRevision).where(CommentRevision.comment_id == self.id))
        forget_lesson(self.id)
        self.state, self.body_source, self.body_html = "deleted", "", ""
        self.hold_reasons = self.likeness = self.text_key = None
        if self.is_listed and not self.listed_reply_count:
            self._unlist()
        return True

    def remove(self, reason: str, note: str = "") -> bool:
        """Take the text off the page, with the reason in its place; tell whether this call did it.

        A comment that was never published stays without a place on the page.
        """
        self._take_turn()
        if self.state not in {"published", "held"}:
            return False
        if self.state == "published":
            self._count_published(-1)
        self.state, self.removal_reason, self.removal_note = "removed", reason, note
        return True

    def hold(self, reasons: list[dict[str, Any]] | None = None) -> bool:
        """Take a published comment off the page until a moderator decides; tell whether this call did it.

        While replies hang on it, it keeps its place, without its text. Without `reasons` it waits for its former ones.
        """
        self._take_turn()
        if self.state != "published":
            return False
        self._count_published(-1)
        self.state, self.text_key = "held", text_key(self.body_source)
        self.hold_reasons = reasons or self.hold_reasons
        if self.is_listed and not self.listed_reply_count:
            self._unlist()
        return True

    def restore(self) -> bool:
        """Publish a removed or held comment; tell whether this call did it."""
        self._take_turn()
        if self.state not in {"removed", "held"}:
            return False
        self.state, self.removal_reason, self.removal_note = "published", "", ""
        self._count_published(1)
        if not self.is_listed:
            self._list()
        return True

    def hold_again(self) -> bool:
        """Let a comment that was removed while it was held wait again; tell whether this call did it."""
        self._take_turn()
        if self.state != "removed":
            return False
        self.state, self.removal_reason, self.removal_note = "held", "", ""
        return True

    def count_report(self, change: int, weight: int = 0) -> None:
        """Count a report (1), or no longer (-1), and add what it weighs, or take that away."""
        self._take_turn()
        if self.text_key is None:
            self.text_key = text_key(self.body_source)
        self.report_count = max(0, self.report_count + change)
        self.report_weight = max(0, self.report_weight + weight)
        self.rank = wilson(self.like_count, self.report_count)

    def set_liked(self, user: User, is_liked: bool) -> bool:
        """Keep or take back the member's like; tell whether anything changed. Asking twice has one effect."""
        Thread.change(self.site_id, self.article_id)
        if not self.can_be_liked_by(user) or not Reaction.set(self.id, user.id, is_liked):
            return False
        self._count_like(1 if is_liked else -1)
        return True

    def _count_like(self, step: int) -> None:
        """Count in the row, with the rank that follows if the counts are as they were read; else mend the rank."""
        expected = self.like_count + step, self.report_count
        counts = tuple(counting_like.one(comment=self.id, step=step, new_rank=wilson(*expected)))
        if counts != expected:
            setting_rank.run(comment=self.id, new_rank=wilson(*counts))
        likes, reports = counts
        for name, value in (("like_count", likes), ("report_count", reports), ("rank", wilson(likes, reports))):
            set_committed_value(self, name, value)

    def _take_turn(self) -> None:
        """Wait for the thread's other changes, then see this comment as they left it."""
        Thread.change(self.site_id, self.article_id)
        self._see_present()

    def _see_present(self) -> None:
        db.session.refresh(self, [column.key for column in Comment.__mapper__.column_attrs])

    def _count_published(self, change: int) -> None:
        """Count this comment among the published ones of its thread and its root, or no longer."""
        Thread.change(self.site_id, self.article_id, comments=change)
        if self.root_id:
            root = db.session.get_one(Comment, self.root_id)
            root._see_present()
            root.descendant_count += change

    def _list(self) -> None:
        """Give this comment a place on the page, and its parent, if that has none and is no reader's any more."""
        self.is_listed = True
        Thread.change(self.site_id, self.article_id, listed=1)
        parent = self._present_parent()
        if parent:
            parent.listed_reply_count += 1
            if parent.state in {"deleted", "held"} and not parent.is_listed:
                parent._list()

    def _unlist(self) -> None:
        """Take this comment's place away, and that of a deleted or held parent which was only kept for it."""
        self.is_listed = False
        Thread.change(self.site_id, self.article_id, listed=-1)
        parent = self._present_parent()
        if parent:
            parent.listed_reply_count -= 1
            if parent.state in {"deleted", "held"} and parent.is_listed and not parent.listed_reply_count:
                parent._unlist()

    def _present_parent(self) -> "Comment | None":
        if self.parent_id is None:
            return None
        db.session.flush()  # what is set and not yet written would be lost when the parent is read again
        parent = db.session.get_one(Comment, self.parent_id)
        parent._see_present()
        return parent


class CommentRevision(Model):
    """An earlier text of an edited comment, for moderators."""

    __tablename__ = "comment_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    body_source: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(default=now)


def viewer_id(user: Any) -> int:
    """Return the member's ID, or 0 for a signed-out reader."""
    return int(user.id) if user is not None and user.is_authenticated else 0
