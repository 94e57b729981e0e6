"""Which comments are new to a member: those posted since their last visit to the thread.

One row for each member and thread, written at most once a visit, never by a GET: see docs/decisions/0021.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Executable, ForeignKey, FromClause, Index, Select, bindparam, case, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User
from board.articles.loading import article_path
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import Model, db, table_of
from board.statements import prepared
from board.storage import insert_for, now

VISIT_LASTS = timedelta(minutes=30)  # from its beginning; whoever reloads within it keeps the marks
MOST_HIDDEN_SHOWN = 500
MANY = 100  # comments since the last visit that are looked at; beyond that they are "many"
KEPT_FOR = timedelta(days=180)
MOST_SECONDS = 7 * 24 * 3600  # that a page may have been open before its thread is read


class ThreadVisit(Model):
    """When a member's present visit to a thread began, and the one before."""

    __tablename__ = "thread_visit"
    __table_args__ = (Index("ix_thread_visit_began", "began_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    began_at: Mapped[datetime]
    earlier_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]  # since when the member does not want to see the thread


@dataclass(frozen=True)
class Visit:
    """A member's visit to a thread, as the page tells of it."""

    member_id: int
    is_due: bool  # it is not noted yet
    since: datetime | None  # when the last visit was; None on the first
    new_count: int = 0
    is_hidden: bool = False  # the member does not want to see the thread

    @property
    def text(self) -> str:
        """Return how many comments are new, in words."""
        if self.new_count >= MANY:
            return str(_("Many new since your last visit"))
        return str(ngettext("%(num)s new since your last visit", "%(num)s new since your last visit", self.new_count))

    @property
    def since_ms(self) -> int:
        """Return when the last visit was, as browsers count time; 0 on the first."""
        return int(self.since.timestamp() * 1000) if self.since else 0

    def is_new(self, comment: Any) -> bool:
        """Tell whether somebody else has published the comment since the last visit."""
        return bool(
            self.since
            and comment.created_at > self.since
            and comment.author_id != self.member_id
            and comment.state == "published"
        )


def visit_to(article: Article, member_id: int) -> Visit | None:
    """Return the member's visit to the article's thread, in one query; None for a signed-out reader."""
    if not member_id:
        return None
    row = _visit.one(article=article.id, **asked_by(member_id))
    return visit_from(row, member_id)


def visit_from(row: Any, member_id: int) -> Visit:
    """Return the visit that a row with the `visit_columns` tells of."""
    is_due = row.visit_began_at is None or now() - row.visit_began_at > VISIT_LASTS
    return Visit(member_id, is_due, row.last_visit_at, row.new_count or 0, row.hidden_at is not None)


def asked_by(member_id: int) -> dict[str, Any]:
    """Return the values that `visit_columns` and `beside_visit` need."""
    return {"member": member_id, "visit_ended": now() - VISIT_LASTS}


def beside_visit(articles: FromClause) -> FromClause:
    """Return the articles, each with the member's row for its thread, if there is one."""
    visit = ThreadVisit.__table__.c
    return articles.outerjoin(
        ThreadVisit.__table__, (visit.user_id == bindparam("member")) & (visit.article_id == articles.c.id)
    )


def visit_columns() -> list[Any]:
    """Return what to select from `beside_visit`; the count reads a bounded range of an index."""
    visit, comment = ThreadVisit.__table__.c, Comment.__table__.c
    since = case((visit.began_at < bindparam("visit_ended"), visit.began_at), else_=visit.earlier_at)
    latest = (
        select(comment.state, comment.author_id)
        .where(comment.article_id == visit.article_id, comment.created_at > since)
        .order_by(comment.created_at)
        .limit(MANY)
        .correlate(ThreadVisit.__table__)
        .subquery("latest")
    )
    is_new = (latest.c.state == "published") & (latest.c.author_id != bindparam("member"))
    counted = case((func.count() == MANY, MANY), else_=func.sum(case((is_new, 1), else_=0)))
    count = select(counted).select_from(latest).scalar_subquery()
    return [
        visit.began_at.label("visit_began_at"),
        since.label("last_visit_at"),
        count.label("new_count"),
        visit.hidden_at,
    ]


@prepared
def _visit(_dialect: str) -> Select[Any]:
    article: Any = Article.__table__
    return select(*visit_columns()).select_from(beside_visit(article)).where(article.c.id == bindparam("article"))


def first_new(article: Article, visit: Visit) -> int | None:
    """Return the ID of the oldest comment that is new to the member, if there is one."""
    if visit.since is None:
        return None
    some = (
        select(Comment.id, Comment.created_at, Comment.author_id, Comment.state)
        .where(Comment.article_id == article.id, Comment.created_at > visit.since)
        .order_by(Comment.created_at)
        .limit(MANY)
    )
    return next((row.id for row in db.session.execute(some) if visit.is_new(row)), None)


def note_visit(article: Article, member: User, *, seconds_ago: int = 0) -> None:
    """Note that the member came to the thread, unless their last visit still lasts. The caller commits."""
    began_before = _began.scalar(member=member.id, article=article.id)
    if began_before is not None and now() - began_before <= VISIT_LASTS:
        return
    began_at = now() - timedelta(seconds=min(max(0, seconds_ago), MOST_SECONDS))
    coming = {"user_id": member.id, "article_id": article.id, "began_at": began_at, "earlier_at": None}
    _coming.run(**coming, visit_ended=began_at - VISIT_LASTS)


@prepared
def _began(_dialect: str) -> Select[datetime]:
    visit = ThreadVisit.__table__.c
    return select(visit.began_at).where(visit.user_id == bindparam("member"), visit.article_id == bindparam("article"))


@prepared
def _coming(dialect: str) -> Executable:
    """Note a visit."""
    visit = table_of(ThreadVisit)
    coming = insert_for(dialect)(visit)
    again: Executable = coming.on_conflict_do_update(
        index_elements=["user_id", "article_id"],
        set_={"earlier_at": visit.c.began_at, "began_at": coming.excluded.began_at},
        where=visit.c.began_at < bindparam("visit_ended"),  # two tabs at once are one visit
    )
    return again


def hide(article: Article, member: User) -> None:
    """Hide the thread from the member; twice has one effect. The caller commits."""
    moment = now()
    hiding = insert_for(db.engine.dialect.name)(table_of(ThreadVisit)).values(
        user_id=member.id, article_id=article.id, began_at=moment, hidden_at=moment
    )
    db.session.execute(
        hiding.on_conflict_do_update(index_elements=["user_id", "article_id"], set_={"hidden_at": moment})
    )


def unhide(article: Article, member: User) -> None:
    """Show the thread to the member again. The caller commits."""
    own = update(ThreadVisit).where(ThreadVisit.user_id == member.id, ThreadVisit.article_id == article.id)
    db.session.execute(own.values(hidden_at=None))


def hidden_by(member: User) -> list[Article]:
    """Return the articles whose threads the member has hidden, the latest first."""
    found = select(Article).join(ThreadVisit, ThreadVisit.article_id == Article.id)
    found = found.where(ThreadVisit.user_id == member.id, ThreadVisit.hidden_at.is_not(None))
    return list(db.session.scalars(found.order_by(ThreadVisit.hidden_at.desc()).limit(MOST_HIDDEN_SHOWN)).unique())


def purge_visits() -> int:
    """Delete the visits of whoever has not come back to a thread for long; return how many. The caller commits."""
    old = delete(ThreadVisit).where(ThreadVisit.began_at < now() - KEPT_FOR, ThreadVisit.hidden_at.is_(None))
    return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]


def visits_of(member: User) -> list[dict[str, str]]:
    """Return, for the member's export, which threads they visited and when."""
    rows = db.session.execute(
        select(Article, ThreadVisit.began_at, ThreadVisit.earlier_at, ThreadVisit.hidden_at)
        .join(ThreadVisit, ThreadVisit.article_id == Article.id)
        .where(ThreadVisit.user_id == member.id)
        .order_by(ThreadVisit.began_at)
    ).unique()
    return [
        {
            "article": article_path(article),
            "last": began.isoformat(),
            "before": before.isoformat() if before else "",
            "hidden": hidden.isoformat() if hidden else "",
        }
        for article, began, before, hidden in rows
    ]


def forget_visits(member: User) -> None:
    """Erase which threads the member visited."""
    db.session.execute(delete(ThreadVisit).where(ThreadVisit.user_id == member.id))
