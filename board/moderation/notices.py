"""Notices that a comment is against the law, from anybody (EU Digital Services Act, Article 16).

A notice is answered by the decision on its comment: removing it upholds the notice, letting it stand dismisses it.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board import audit
from board.accounts.mails import link_to
from board.accounts.reach import Reach
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.reasons import reason_text
from board.extensions import Model, db
from board.languages import speaking
from board.moderation.statements import TOLD_AFTER
from board.outbox import deliverer, enqueue, enqueue_mail
from board.statements import insert_once
from board.storage import now, only_where

KIND = "notice_outcome"
KEPT_FOR = timedelta(days=365)  # names and addresses, after the answer
PAGE_SIZE = 25
IS_OPEN = only_where("state = 'open'")


class Notice(Model):
    """What somebody says is unlawful about one comment, and where to answer."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name="state"),
        UniqueConstraint("comment_id", "email"),
        Index("ix_notice_open", "site_id", "id", **IS_OPEN),
        Index("ix_notice_site_at", "site_id", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(255))
    explanation: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str] = mapped_column(String(10), default="open")
    closed_at: Mapped[datetime | None]

    comment: Mapped[Comment] = relationship(lazy="raise_on_sql")


def take_notice(comment: Comment, name: str, email: str, explanation: str) -> bool:
    """Keep the notice and mail a receipt; tell whether it is the address's first about this comment.

    The caller commits.
    """
    is_new = insert_once(
        Notice,
        site_id=comment.site_id,
        comment_id=comment.id,
        name=name,
        email=email,
        explanation=explanation,
        created_at=now(),
        state="open",
        closed_at=None,
    )
    if is_new:
        audit.record("notice.received", comment, after={"notices": 1})
        words = render_template(
            "moderation/mail/notice.txt", comment=comment
        )  # nothing that was typed: who knows for whom
        enqueue_mail(email, _("We have your notice"), words)
    return is_new


def move_notices(comment: Comment, state: str, to: str, ids: list[int] | None = None) -> list[int]:
    """Move the notices about the comment from one state to another, all or some; return which they are.

    Whoever gave one is answered, once the time to undo is over. The caller commits.
    """
    moving = update(Notice).where(Notice.comment_id == comment.id, Notice.state == state)
    if ids is not None:
        moving = moving.where(Notice.id.in_(ids))
    moving = moving.values(state=to, closed_at=None if to == "open" else now())
    moved = list(db.session.scalars(moving.returning(Notice.id).execution_options(synchronize_session=False)).all())
    for notice_id in moved if to != "open" else ():
        enqueue(KIND, {"notice": notice_id, "outcome": to}).due_at = now() + TOLD_AFTER
    return moved


def forget_notices() -> int:
    """Forget who gave the notices that were answered long ago; return how many. The caller commits."""
    is_old = (Notice.state != "open") & (Notice.closed_at < now() - KEPT_FOR) & (Notice.name != "")
    forgetting = update(Notice).where(is_old).values(name="", email=cast(Notice.id, String))
    return int(db.session.execute(forgetting).rowcount)  # type: ignore[attr-defined]


def load_notices(within: Reach) -> list[Notice]:
    """Return the open notices within reach, the oldest first."""
    with_author = joinedload(Notice.comment).joinedload(Comment.author)
    with_place = joinedload(Notice.comment).joinedload(Comment.article).joinedload(Article.site)
    query = _open(within).order_by(Notice.id).limit(PAGE_SIZE).options(with_author, with_place)
    return list(db.session.scalars(query).unique())


def count_notices(within: Reach) -> Select[int]:
    """Return the query for how many notices within reach wait."""
    return _open(within).with_only_columns(func.count())


def _open(within: Reach) -> Select[Notice]:
    """Return the query for the open notices within reach, but not those about comments of whose reach it is."""
    query = select(Notice).where(Notice.state == "open", within.covers(Notice.site_id))
    if within.whose is None:
        return query
    own = select(Comment.id).where(Comment.id == Notice.comment_id, Comment.author_id == within.whose)
    return query.where(~own.exists())


@deliverer(KIND)
def mail_answer(payload: dict[str, Any]) -> None:
    """Tell whoever gave notice what was decided, unless that was undone meanwhile."""
    query = select(Notice).where(Notice.id == payload["notice"])
    query = query.options(joinedload(Notice.comment).joinedload(Comment.article).joinedload(Article.site))
    notice = db.session.scalars(query).unique().one()
    if notice.state != payload["outcome"]:
        return
    comment = notice.comment
    link = link_to("comments.permalink", comment_id=str(comment.id))
    with speaking("", notice.site_id):
        reason = reason_text(comment.removal_reason) if comment.state == "removed" else ""
        words = render_template("moderation/mail/notice_answer.txt", notice=notice, link=link, reason=reason)
        enqueue_mail(notice.email, _("Your notice: what we decided"), words, by_stranger=False)
