"""Which pages are kept as ready bytes, for whom, and when they are out of date."""

import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs

from flask import Flask
from sqlalchemy import Connection, func, select

from board.answers import HAS_FRESH_COOKIE, HAS_OUR_COOKIE, HAS_THREAD_COOKIE
from board.articles.models import PRIMARY_SITE_ID, Article, Site
from board.ballots.models import Ballot, Placement
from board.ballots.votes import VoteRecord
from board.comments.models import Comment
from board.comments.threads import Thread
from board.config import Settings
from board.extensions import db
from board.pagecache import PageCache
from board.urls import spellings

MEGABYTE = 1024 * 1024
# Names of members, sites and sponsors are in no stamp, nor is the passing of a closing time: they show within this.
TRUST_SECONDS = 30
ARTICLE = re.compile(r"/articles/(.+?)(?:/thread(?:/version)?)?$")
REPLIES = re.compile(r"/comments/(\d{1,18})/replies$")
NOBODYS = ("/thread/version", "/api/v1/counts")  # the same for everybody, whoever they are
NO_PAGE = ("/overlay", "/comments", "/unlock")  # below an article's address, and not to be kept
HAS_OVERLAY_COOKIE = re.compile(r"(?:^|;\s*)overlay=1(?:;|$)").search
BALLOT = re.compile(r"/ballots/([^/]+)$")


def init_ready_pages(app: Flask, settings: Settings) -> None:
    """Put ready bytes in front of the application."""
    if settings.page_cache_megabytes:
        size = settings.page_cache_megabytes * MEGABYTE
        app.wsgi_app = PageCache(app.wsgi_app, is_personal, stamps_of(app), size, takes_overlay)  # type: ignore[method-assign]


def is_personal(path: str, cookies: str) -> bool:
    """Tell whether the page may be another one for whoever sends these cookies."""
    if path.endswith(NOBODYS):
        return False
    is_thread = path.endswith(("/thread", "/replies"))
    return (HAS_THREAD_COOKIE if is_thread else HAS_OUR_COOKIE)(cookies) is not None


def takes_overlay(path: str, cookies: str) -> bool:
    """Tell whether the reader's script lays what is personal over the page, and they did not just change anything."""
    if not path.startswith("/articles/") or path.endswith(NO_PAGE):
        return False
    return HAS_OVERLAY_COOKIE(cookies) is not None and HAS_FRESH_COOKIE(cookies) is None


def stamps_of(app: Flask) -> Callable[[str, str], str | None]:
    """Return the function that tells the version of what a page shows."""

    def stamp(path: str, query: str) -> str | None:
        path = path.encode("latin-1").decode("utf-8", "replace")
        with app.app_context(), db.engine.connect() as connection:
            version = _version(connection, path, query)
        return None if version is None else f"{version} {int(time.time() / TRUST_SECONDS)}"

    return stamp


def _version(connection: Connection, path: str, query: str) -> str | None:
    if ballot := BALLOT.match(path):
        return _ballots(connection, Ballot.slug == ballot[1])
    if replies := REPLIES.match(path):
        return _thread_around(connection, int(replies[1]))
    if article := ARTICLE.match(path):
        return _article(connection, article[1], parse_qs(query).get("site", [""])[0])
    return None


def _article(connection: Connection, segment: str, site_slug: str) -> str | None:
    """Return the versions of the article, its thread and the ballots on it."""
    at_site = Site.slug == site_slug if site_slug else Site.id == PRIMARY_SITE_ID
    found = connection.execute(
        select(Article.id, Article.updated_at, Thread.version)
        .join(Site, Site.id == Article.site_id)
        .outerjoin(Thread, Thread.article_id == Article.id)
        .where(at_site, Article.external_id.in_(spellings(segment)))
    ).all()
    if len(found) != 1:
        return None
    article_id, updated_at, thread_version = found[0]
    placed = Ballot.id.in_(select(Placement.ballot_id).where(Placement.article_id == article_id))
    return f"{updated_at} {thread_version} {_ballots(connection, placed)}"


def _thread_around(connection: Connection, comment_id: int) -> str | None:
    version = connection.scalar(
        select(Thread.version).join(Comment, Comment.article_id == Thread.article_id).where(Comment.id == comment_id)
    )
    return None if version is None else str(version)


def _ballots(connection: Connection, which: object) -> str:
    """Return the ballots' versions and their newest votes."""
    newest = select(func.max(VoteRecord.id)).where(VoteRecord.ballot_id == Ballot.id).scalar_subquery()
    rows = connection.execute(select(Ballot.id, Ballot.version, newest).where(which).order_by(Ballot.id))  # type: ignore[arg-type]
    return ";".join(f"{number}.{version}.{vote}" for number, version, vote in rows)
