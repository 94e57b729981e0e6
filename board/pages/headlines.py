"""The front page's list: articles, newest first, with their comment counts; one query however many there are."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, literal, or_, select, tuple_
from sqlalchemy.orm import load_only, raiseload

from board.articles.models import Article, Site
from board.comments.models import Thread
from board.extensions import db
from board.storage import UtcDateTime

HEADLINES_ON_A_PAGE = 20
NEWEST_FIRST = (Article.published_at.desc(), Article.id.desc())
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MAX_ARTICLE_ID = 2**63 - 1  # what the column holds
LISTED = (
    Article.site_id, Article.external_id, Article.title, Article.standfirst, Article.byline, Article.published_at,
    Article.gate,
)  # fmt: skip


@dataclass(frozen=True)
class Headline:
    """An article in the list."""

    article: Article
    comment_count: int


@dataclass(frozen=True)
class Headlines:
    """A page of the list, and the keys at which the pages beside it begin."""

    rows: list[Headline]
    newer: str | None  # pass as `after`
    older: str | None  # pass as `before`


def headlines(
    site: Site, *, before: str = "", after: str = "", search: str = "", limit: int = HEADLINES_ON_A_PAGE
) -> Headlines:
    """Return the page of the site's articles behind, or in front of, a key. A key that is not ours is none."""
    query = articles_with_counts(site)
    if search:
        hits = (column.icontains(search, autoescape=True) for column in (Article.title, Article.external_id))
        query = query.where(or_(*hits))
    place = tuple_(Article.published_at, Article.id)
    newer_than, older_than = _place(after), _place(before)
    if newer_than is not None:
        query = query.where(place > newer_than).order_by(Article.published_at, Article.id)
    else:
        query = query.order_by(*NEWEST_FIRST)
        query = query.where(place < older_than) if older_than is not None else query
    found = [Headline(article, count or 0) for article, count in db.session.execute(query.limit(limit + 1))]
    has_more, rows = len(found) > limit, found[:limit]
    if newer_than is not None:
        rows.reverse()
    if not rows:
        is_past_an_end = newer_than is not None or older_than is not None
        return headlines(site, search=search, limit=limit) if is_past_an_end else Headlines([], None, None)
    has_newer, has_older = (has_more, True) if newer_than is not None else (older_than is not None, has_more)
    return Headlines(
        rows,
        newer=_key(rows[0].article) if has_newer else None,
        older=_key(rows[-1].article) if has_older else None,
    )


def articles_with_counts(site: Site) -> Select[Article, int]:
    """Return the query for articles without their bodies, each with its thread's count."""
    return (
        select(Article, Thread.comment_count)
        .outerjoin(Thread, Thread.article_id == Article.id)
        .where(Article.site_id == site.id, Article.merged_into_id.is_(None))
        .options(load_only(*LISTED), raiseload(Article.videos))
    )


def _key(article: Article) -> str:
    return f"{(article.published_at - EPOCH) // MICROSECOND}.{article.id}"


def _place(key: str) -> Any:
    try:
        microseconds, article_id = (int(part) for part in key.split("."))
        moment = EPOCH + microseconds * MICROSECOND
    except (ValueError, OverflowError):
        return None
    if not 0 <= article_id <= MAX_ARTICLE_ID:
        return None
    return tuple_(literal(moment, UtcDateTime()), literal(article_id))
