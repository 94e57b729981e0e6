"""The version of what a page shows, asked of the database in one statement.

A busy server asks once a second for each page that is being read, so this passes SQLAlchemy's sessions and results by:
each statement is compiled once and sent through the bare driver, which takes a tenth of the time.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import ClauseElement, Engine, Select, bindparam, func, or_, select

from board.articles.models import PRIMARY_SITE_ID, Article, Site
from board.ballots.models import LINGERS, Ballot, Placement, Sponsor
from board.ballots.placing import is_wide_on
from board.ballots.recounts import BallotResult
from board.ballots.votes import VoteRecord
from board.comments.models import Comment
from board.comments.threads import Thread
from board.pages.headlines import HEADLINES_ON_A_PAGE, NEWEST_FIRST
from board.storage import UtcDateTime, now
from board.urls import spellings

FRONT = "/"
ARTICLE = re.compile(r"/articles/(.+?)(?:/thread(?:/version|/fragment|\.atom)?)?$")
REPLIES = re.compile(r"/comments/(\d{1,18})/replies$")
BALLOT = re.compile(r"(?:/api/v1)?/ballots/([^/]+?)(?:/results(?:\.csv|\.json)?|/integrity)?$")
FRAMED = "/embed/"
FRAMED_BALLOT = re.compile(r"/embed/ballots/([^/]+)$")
SHARE_PICTURE = re.compile(r"/ballots/([^/]+)/share\.png$")

Version = Callable[[str, str], str | None]
Statement = Callable[[], ClauseElement]


def versions_in(engine: Engine) -> Version:
    """Return the function that tells the version of what `path` with `query` shows; None if it has none."""
    more = {"paramstyle": "named"} if engine.dialect.name == "sqlite" else {}
    dialect = type(engine.dialect)(**more)

    stored: Any = UtcDateTime().dialect_impl(engine.dialect)
    as_stored = stored.bind_processor(engine.dialect)

    @cache
    def compiled(statement: Statement) -> tuple[str, dict[str, object]]:
        ready = statement().compile(dialect=dialect)
        return str(ready), dict(ready.params)

    def version(path: str, query: str) -> str | None:
        asked = _statement_for(path, query)
        if asked is None:
            return None
        text, constants = compiled(asked[0])
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            times = {"now": as_stored(now()), "gone": as_stored(now() - LINGERS)}
            cursor.execute(text, {**constants, **asked[1], **times})
            rows = cursor.fetchall()
        finally:
            connection.close()
        return str(rows) if rows else None

    return version


def _statement_for(path: str, query: str) -> tuple[Statement, dict[str, object]] | None:
    """Return the statement for a page, and the values it takes."""
    path = path.encode("latin-1").decode("utf-8", "replace")
    if article := ARTICLE.match(path):
        likeliest, other = (spellings(article[1]) * 2)[:2]
        site = parse_qs(query).get("site", [""])[0] if query else ""
        values: dict[str, object] = {"likeliest": likeliest, "other": other}
        return (_article_of_site, values | {"site": site}) if site else (_article, values)
    if path.startswith(FRAMED):
        return _framed_statement(path, parse_qs(query))
    if replies := REPLIES.match(path):
        return _thread_around, {"comment": int(replies[1])}
    if picture := SHARE_PICTURE.match(path):
        return _share_picture, {"slug": picture[1]}
    if ballot := BALLOT.match(path):
        return _ballot, {"slug": ballot[1]}
    return (_front, {}) if path == FRONT and not query else None


def _framed_statement(path: str, asked: dict[str, list[str]]) -> tuple[Statement, dict[str, object]]:
    """Return the statement for a framed ballot or thread; a thread may name its site by an origin of its pages."""
    if ballot := FRAMED_BALLOT.match(path):
        return _framed_ballot, {"slug": ballot[1]}
    name, site = asked.get("article_id", [""])[0], asked.get("site", [""])[0]
    if not site:
        return _framed_thread_of_primary_site, {"name": name}
    if "://" in site:
        return _framed_thread, {"name": name}
    return _framed_thread_of_site, {"name": name, "site": site}


def _framed_thread() -> Select[Any]:
    """Ask for the versions of the threads under an article's ID, on whichever sites, and who may frame them."""
    columns: tuple[Any, ...] = (Site.name, Site.origins, Article.id, Article.updated_at, Thread.version)
    return (
        select(*columns)
        .select_from(Site)
        .join(Article, (Article.site_id == Site.id) & (Article.external_id == bindparam("name")))
        .outerjoin(Thread, Thread.article_id == Article.id)
        .order_by(Article.id)
    )


def _framed_thread_of_primary_site() -> ClauseElement:
    return _framed_thread().where(Site.id == PRIMARY_SITE_ID)


def _framed_thread_of_site() -> ClauseElement:
    return _framed_thread().where(Site.slug == bindparam("site"))


def _article() -> ClauseElement:
    """Ask for the versions of an article of the primary site, of its thread, and of the ballots on it."""
    return _articles().where(Site.id == PRIMARY_SITE_ID)


def _article_of_site() -> ClauseElement:
    return _articles().where(Site.slug == bindparam("site"))


def _articles() -> Select[Any]:
    return (
        select(Site.name, Site.rules_version, Article.id, Article.updated_at, Thread.version, *_ballot_columns())
        .select_from(Site)
        .join(Article, Article.site_id == Site.id)
        .outerjoin(Thread, Thread.article_id == Article.id)
        .outerjoin(Placement, Placement.article_id == Article.id)
        .outerjoin(Ballot, or_(Ballot.id == Placement.ballot_id, is_wide_on(Ballot, Article)))
        .outerjoin(Sponsor, Sponsor.id == Ballot.sponsor_id)
        .where(or_(Article.external_id == bindparam("likeliest"), Article.external_id == bindparam("other")))
        .order_by(Article.id, Ballot.id)
    )


def _thread_around() -> ClauseElement:
    """Ask for the version of the thread that a comment stands in."""
    in_thread = Comment.article_id == Thread.article_id
    return select(Thread.version).join(Comment, in_thread).where(Comment.id == bindparam("comment"))


def _ballot() -> ClauseElement:
    """Ask for the version of a ballot, its newest vote, and what was counted last."""
    return _ballot_page()


def _framed_ballot() -> ClauseElement:
    """Ask for the same and for who may frame it."""
    return _ballot_page(Site.origins)


def _ballot_page(*more: Any) -> Select[Any]:
    shown = (BallotResult.mark, BallotResult.hours_to, Site.name, Site.slug)
    return _one_ballot(*_ballot_columns(), *shown, *more).join(Site, Site.id == Ballot.site_id)


def _share_picture() -> ClauseElement:
    """Ask for what was counted last, which changes once a minute: drawing takes longer than writing a page."""
    number, version, _newest_vote, *others = _ballot_columns()
    return _one_ballot(number, version, *others, BallotResult.mark)


def _one_ballot(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Ballot)
        .outerjoin(Sponsor, Sponsor.id == Ballot.sponsor_id)
        .outerjoin(BallotResult, BallotResult.ballot_id == Ballot.id)
        .where(Ballot.slug == bindparam("slug"))
    )


def _front() -> ClauseElement:
    """Ask for the versions of all that is on the primary site's front page, and of the first article that is not."""
    return (
        select(Site.name, Article.id, Article.updated_at, Thread.version)
        .join(Site, Site.id == Article.site_id)
        .outerjoin(Thread, Thread.article_id == Article.id)
        .where(Article.site_id == PRIMARY_SITE_ID, Article.merged_into_id.is_(None))
        .order_by(*NEWEST_FIRST)
        .limit(HEADLINES_ON_A_PAGE + 1)
    )


def _ballot_columns() -> tuple[Any, ...]:
    """Return what tells that a ballot looks another way: an edit, a vote, the passing of its times, another sponsor."""
    newest = select(func.max(VoteRecord.id)).where(VoteRecord.ballot_id == Ballot.id).correlate(Ballot)
    closes = Ballot.closes_at
    times = (Ballot.opens_at <= bindparam("now"), closes <= bindparam("now"), closes <= bindparam("gone"))
    return (Ballot.id, Ballot.version, newest.scalar_subquery(), *times, Sponsor.name, Sponsor.url)
