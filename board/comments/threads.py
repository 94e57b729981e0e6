"""The thread of one article, counted."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, bindparam, func, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from board.articles.models import PRIMARY_SITE_ID, Article, Site
from board.extensions import Model, as_loaded, db, table_of
from board.statements import insert_once, prepared


class Thread(Model):
    """The comments of one article, counted; `version` grows with each change that readers can see."""

    __tablename__ = "thread"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    version: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)  # published comments, at every level
    listed_count: Mapped[int] = mapped_column(default=0)  # those with a place on the page, at every level
    root_count: Mapped[int] = mapped_column(default=0)  # roots ever posted: the next root's ordinal
    featured_ids: Mapped[list[int] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # newest first: board/comments/curating.py

    @staticmethod
    def change(site_id: int, article_id: int, *, comments: int = 0, listed: int = 0, roots: int = 0) -> int:
        """Add to the counts and the version; return how many roots were ever posted, these included.

        The row stays locked until the transaction ends, and is the first that any change of a thread locks: so changes
        of one thread wait for each other, never in a circle.
        """
        db.session.flush()  # what is set on objects comes before, as it would before an update of objects
        steps = {"article": article_id, "comments": comments, "listed": listed, "roots": roots}
        count = _change.scalar(**steps)
        if count is None:
            none = dict.fromkeys(("version", "comment_count", "listed_count", "root_count"), 0)
            insert_once(Thread, article_id=article_id, site_id=site_id, **none)
            count = _change.scalar(**steps)
        return int(count or 0)


def thread_of(article_id: int) -> Thread | None:
    """Return the article's thread, as its row is now; None while nobody has written there."""
    row = _thread.first(article=article_id)
    return as_loaded(Thread, row._asdict()) if row else None


@prepared
def _thread(_dialect: str) -> Select[Any]:
    thread = table_of(Thread)
    return select(*thread.c).where(thread.c.article_id == bindparam("article"))


def touch_threads_of(author: Any) -> None:
    """Let every thread that the member has written in be shown anew: something beside their name has changed."""
    comment = db.metadata.tables["comment"].c
    written_in = select(comment.article_id).where(comment.author_id == author.id)
    touching = update(Thread).where(Thread.article_id.in_(written_in)).values(version=Thread.version + 1)
    db.session.execute(touching.execution_options(synchronize_session=False))


@prepared
def _change(_dialect: str) -> ReturningUpdate[int]:
    """Count; every change of a thread begins with it."""
    thread = Thread.__table__.c
    return (
        update(table_of(Thread))
        .where(thread.article_id == bindparam("article"))
        .values(
            version=thread.version + 1,
            comment_count=thread.comment_count + bindparam("comments"),
            listed_count=thread.listed_count + bindparam("listed"),
            root_count=thread.root_count + bindparam("roots"),
        )
        .returning(thread.root_count)
    )


def counts_of(external_ids: Sequence[str], site_slug: str = "") -> dict[str, int] | None:
    """Return how many comments are published under each of the site's articles, by the publisher's IDs, in one query.

    Articles that the site does not have are left out. None: there is no such site.
    """
    values = {"names": list(external_ids), "slug": site_slug}
    rows = db.session.execute(_counts_query(bool(site_slug)), values).all()
    return {name: count or 0 for name, count in rows if name is not None} if rows else None


@cache
def _counts_query(has_slug: bool) -> Select[str, int]:
    """Build the query; a site without any of the articles is one row of nothing."""
    is_asked = (Article.site_id == Site.id) & Article.external_id.in_(bindparam("names", expanding=True))
    return (
        select(Article.external_id, Thread.comment_count)
        .select_from(Site)
        .outerjoin(Article, is_asked)
        .outerjoin(Thread, Thread.article_id == func.coalesce(Article.merged_into_id, Article.id))
        .where(Site.slug == bindparam("slug") if has_slug else Site.id == PRIMARY_SITE_ID)
    )
