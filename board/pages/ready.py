"""Which pages are kept as ready bytes, for whom, and when they are out of date."""

import re
import time
from zlib import crc32

from flask import Flask

from board.answers import HAS_FRESH_COOKIE, HAS_OUR_COOKIE, HAS_THREAD_COOKIE
from board.config import Settings
from board.extensions import db
from board.languages import SITE_LANGUAGES
from board.pagecache import READY_PAGES, PageCache
from board.pages.stamps import Version, versions_in

MEGABYTE = 1024 * 1024
# In no stamp, so shown within this: members' names, sponsors of a ballot's options, times as in "3 minutes ago" (which
# the page's script keeps), the close of a discussion.
TRUST_SECONDS = 300
NOBODYS = frozenset(
    {"/api/v1/counts", "/embed.js", "/embed-sso.js", "/favicon.ico", "/robots.txt", "/oembed"}
)  # the same for everybody, whoever they are
NOBODYS_OF_ARTICLES = ("/thread/version", "/thread/fragment", "/thread.atom")
NO_PAGE = ("/overlay", "/comments", "/unlock", "/visit")  # below an article's address, and not to be kept
HAS_OVERLAY_COOKIE = re.compile(r"(?:^|;\s*)overlay=1(?:;|$)").search


def init_ready_pages(app: Flask, settings: Settings) -> None:
    """Put ready bytes in front of the application."""
    if settings.page_cache_megabytes:
        size = settings.page_cache_megabytes * MEGABYTE
        ready = PageCache(app.wsgi_app, is_personal, stamps_of(app), size, takes_overlay)
        app.extensions[READY_PAGES] = ready
        app.wsgi_app = ready  # type: ignore[method-assign]


def is_personal(path: str, cookies: str) -> bool:
    """Tell whether the page may be another one for whoever sends these cookies."""
    if path in NOBODYS or path.endswith(NOBODYS_OF_ARTICLES):
        return False
    is_thread = path.endswith(("/thread", "/replies"))  # on a page of its own, or in a frame
    return (HAS_THREAD_COOKIE if is_thread else HAS_OUR_COOKIE)(cookies) is not None


def takes_overlay(path: str, cookies: str) -> bool:
    """Tell whether the reader's script lays what is personal over the page, and they did not just change anything."""
    if not path.startswith("/articles/") or path.endswith(NO_PAGE):  # frames have sessions that no overlay knows
        return False
    return HAS_OVERLAY_COOKIE(cookies) is not None and HAS_FRESH_COOKIE(cookies) is None


def stamps_of(app: Flask) -> Version:
    """Return the function that tells the version of what a page shows, and the stretch of time it is trusted in."""
    languages = app.extensions[SITE_LANGUAGES]
    with app.app_context():
        version_of = versions_in(db.engine)

    def stamp(path: str, query: str) -> str | None:
        version = version_of(path, query)
        return None if version is None else f"{version} {stretch(path)} {languages.mark}"

    return stamp


def stretch(path: str) -> int:
    """Return the number of the present stretch of trust; each path's begin at a time of its own, not all at once."""
    return int((time.time() + crc32(path.encode()) % TRUST_SECONDS) // TRUST_SECONDS)
