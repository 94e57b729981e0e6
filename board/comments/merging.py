"""Two articles that are one: the thread of the other moves into this one's, and its ID leads here. And back again.

Nothing is copied or renumbered by hand: comments keep their IDs, likes, reports and replies, and change their article;
then both threads are counted anew from their rows. Which discussions moved is kept, so that undoing brings back exactly
those, with what was answered in them since.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, func, insert, literal, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from board.access import Refused
from board.articles.models import Article
from board.articles.operations import add_article
from board.audit import record
from board.comments.counting import recount
from board.comments.drafts import Draft
from board.comments.models import Comment
from board.comments.threads import Thread
from board.extensions import Model, db
from board.storage import now


class ArticleMerge(Model):
    """That one article's thread was moved into another's."""

    __tablename__ = "article_merge"
    __table_args__ = (
        Index("ix_article_merge_article", "article_id", "undone_at"),
        Index("ix_article_merge_into", "into_id", "undone_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    into_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    merged_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]


class MovedRoot(Model):
    """One discussion that a merge moved."""

    __tablename__ = "article_merge_root"

    merge_id: Mapped[int] = mapped_column(ForeignKey("article_merge.id", ondelete="CASCADE"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)


def merge_article(article: Article, into: Article, *, by: Any = None) -> ArticleMerge:
    """Move the article's thread into the other's, and let its ID lead there. Raises Refused. The caller commits.

    Asked again, it moves what came to the article's thread in the meantime.
    """
    _take_turns(article, into)
    _refuse_nonsense(article, into)
    merge = ArticleMerge(site_id=article.site_id, article_id=article.id, into_id=into.id)
    db.session.add(merge)
    db.session.flush()
    roots = select(literal(merge.id), Comment.id).where(Comment.article_id == article.id, Comment.parent_id.is_(None))
    db.session.execute(insert(MovedRoot).from_select(["merge_id", "comment_id"], roots))
    db.session.execute(update(Draft).where(Draft.article_id == article.id).values(article_id=into.id))
    moved = _move(Comment.article_id == article.id, into.id)
    _lead(or_(Article.id == article.id, Article.merged_into_id == article.id), into.id)
    _count_anew(article.id, into.id)
    record("article.merged", article, by=by, after={"into": into.external_id, "comments": moved})
    return merge


def undo_merge(article: Article, *, by: Any = None) -> Article:
    """Give the article its own thread back, with what was answered in it since. Raises Refused. The caller commits."""
    into = db.session.get(Article, article.merged_into_id) if article.merged_into_id else None
    if into is None:
        raise Refused(_("This article is not merged into another."))
    _take_turns(article, into)
    merges = db.session.scalars(_open_merges().where(ArticleMerge.article_id == article.id)).all()
    roots = select(MovedRoot.comment_id).where(MovedRoot.merge_id.in_([merge.id for merge in merges]))
    is_moved = or_(Comment.id.in_(roots), Comment.root_id.in_(roots))
    moved = _move(is_moved & (Comment.article_id == into.id), article.id)
    for merge in merges:
        merge.undone_at = now()
    _lead(Article.id == article.id, None)
    merged_here = _open_merges().where(ArticleMerge.into_id == article.id).with_only_columns(ArticleMerge.article_id)
    _lead(Article.id.in_(merged_here), article.id)
    _count_anew(article.id, into.id)
    record("article.separated", article, by=by, before={"into": into.external_id}, after={"comments": moved})
    return article


def add_alias(article: Article, external_id: str, *, by: Any = None) -> Article:
    """Let one more ID lead to the article; if another article has it, merge that one. Raises WrongFields, Refused."""
    known = article_called(article.site_id, external_id)
    alias = known or add_article(article.site, {"external_id": external_id, "title": article.title}, by=by)
    merge_article(alias, article, by=by)
    return article


def article_called(site_id: int, external_id: str) -> Article | None:
    """Return the site's article with this ID, merged or not."""
    if "\0" in external_id:
        return None  # nothing kept holds it, and PostgreSQL does not even compare it
    query = select(Article).where(Article.site_id == site_id, Article.external_id == external_id)
    return db.session.scalars(query).first()


def aliases_of(article: Article) -> list[Article]:
    """Return the articles whose IDs lead to this one."""
    return list(db.session.scalars(select(Article).where(Article.merged_into_id == article.id).order_by(Article.id)))


def comment_count(article: Article) -> int:
    """Return how many comments are published under the article."""
    thread = db.session.get(Thread, article.id)
    return thread.comment_count if thread else 0


def _refuse_nonsense(article: Article, into: Article) -> None:
    if article.site_id != into.site_id:
        raise Refused(_("Only articles of one site can be merged."))
    if article.id == into.id:
        raise Refused(_("This is the article itself. Give the ID of another one."))
    if into.merged_into_id is not None:
        raise Refused(_("That article is itself merged into another. Merge with that one instead."))
    if article.merged_into_id not in {None, into.id}:
        raise Refused(_("This article is already merged into another. Undo that first."))


def _take_turns(article: Article, into: Article) -> None:
    """Lock both threads, always in the same order, then see both articles as they are now."""
    for one in sorted((article, into), key=lambda each: each.id):
        Thread.change(one.site_id, one.id)
    for one in (article, into):
        db.session.refresh(one, ["merged_into_id"])


def _open_merges() -> Any:
    return select(ArticleMerge).where(ArticleMerge.undone_at.is_(None))


def _move(which: Any, article_id: int) -> int:
    """Give these comments another article; return how many of them are published."""
    moved = db.session.scalar(select(func.count()).where(which, Comment.state == "published")) or 0
    db.session.execute(
        update(Comment).where(which).values(article_id=article_id), execution_options={"synchronize_session": False}
    )
    return moved


def _lead(which: Any, into_id: int | None) -> None:
    """Let these articles' IDs lead to the other article, or be their own again."""
    values = {"merged_into_id": into_id, "updated_at": now()}
    db.session.execute(update(Article).where(which).values(values), execution_options={"synchronize_session": False})


def _count_anew(*article_ids: int) -> None:
    for article_id in article_ids:
        recount(article_id)
