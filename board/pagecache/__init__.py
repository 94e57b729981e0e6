"""Public pages kept as ready bytes, in front of Flask.

A page that Flask marks `Cache-Control: public` is the same for every signed-out reader, so it is kept compressed and
given out without waking Flask. About once a second its *stamp* (the version of the thread, the article and the
ballots on it) is asked of the database. A page that is being read all the time is asked for ahead, in a thread of its
own; any other by whoever comes first after the second. While it is built anew, the others get the former bytes.
A request that carries anything personal (a session, a reader's or a device's cookie) never comes near the store, but
for one case: its page's script fetches the personal part by itself (the *overlay*, docs/decisions/0020). The bytes are
then the same for everybody again.

This file says who gets a kept page and when it is made anew; `store.py` holds the pages, `page.py` is one of them,
`keys.py` says which requests ask for the same, `asking.py` asks Flask, `ahead.py` is the thread.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import structlog

from board.pagecache.ahead import Ahead
from board.pagecache.asking import OVERLAY_HEADER, Answer, without_what_is_personal
from board.pagecache.keys import LISTS, Key, canonical_query, is_canonical
from board.pagecache.page import choose_encoding
from board.pagecache.store import Kept, Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["CHECK_SECONDS", "OVERLAY_HEADER", "READY_PAGES", "PageCache", "canonical_query"]

log = structlog.get_logger(__name__)

CHECK_SECONDS = 1.0
AHEAD_SECONDS = 0.2  # before that, so that readers of a page under discussion need not wait until it is made
# Exports may be far larger than a page: never whole in memory. An answer of oEmbed depends on a whole address.
NEVER_KEPT = (".jsonl", "/oembed")
READY_PAGES = "board_ready_pages"  # under which an application's extensions name its layer

Stamp = Callable[[str, str], str | None]
Personal = Callable[[str, str], bool]


class PageCache:
    """The layer in front of Flask."""

    def __init__(
        self,
        app: "WSGIApplication",
        is_personal: Personal,
        stamp: Stamp,
        max_bytes: int,
        takes_overlay: Personal = lambda _path, _cookies: False,
    ) -> None:
        """Wrap the application.

        `is_personal(path, cookies)` tells whether the page may be another one for whoever sends these cookies;
        `takes_overlay(path, cookies)` whether their browser fetches what is personal by itself, if the page offers it.
        `stamp(path, query)` returns the present version of what the page shows, or None if it cannot tell (then the
        page is built anew after a second). `max_bytes` bounds the store; what was not read for longest goes first.
        """
        self._app = app
        self._is_personal = is_personal
        self._takes_overlay = takes_overlay
        self._stamp = stamp
        self.store = Store(max_bytes)
        self.counts = self.store.counts
        self._lock = threading.Lock()
        self._first_builds: dict[Key, threading.Lock] = {}
        self._ahead = Ahead()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer from ready bytes where that is right; else let Flask answer."""
        path = environ["PATH_INFO"]
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or "HTTP_AUTHORIZATION" in environ
            or path.endswith(NEVER_KEPT)
        ):
            return self._app(environ, start_response)
        cookies, is_fragment = environ.get("HTTP_COOKIE"), "HTTP_HX_REQUEST" in environ
        is_personal = bool(cookies and self._is_personal(path, cookies))
        if is_personal and (is_fragment or not self._takes_overlay(path, cookies or "")):
            return self._app(environ, start_response)
        query = environ.get("QUERY_STRING", "")
        key = (path, canonical_query(query, LISTS.get(path, "")) if query else "", is_fragment)
        encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        found = self._find(key, environ, encoding)
        if isinstance(found, Kept) and (found.has_overlay or not is_personal):
            return self._give(key, found, environ, encoding, start_response)
        self.counts.passed += 1
        if isinstance(found, Answer) and not is_personal and is_canonical(query, key[1]):
            return found.pass_on(start_response)
        # No page to keep, so this reader's own answer is due: to all that was asked, `next` and tokens too.
        return self._app(environ, start_response)

    def _give(
        self, key: Key, kept: Kept, environ: "WSGIEnvironment", encoding: str, start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer with the page's bytes."""
        self.counts.given += 1
        if kept.page.is_known_to(environ.get("HTTP_IF_NONE_MATCH")):
            self.counts.not_modified += 1
            return kept.page.confirm(start_response)
        if not kept.page.is_ready(encoding):
            self.store.compress(key, kept, encoding)
        return kept.page.send(encoding, start_response, is_head=environ["REQUEST_METHOD"] == "HEAD")

    def _find(self, key: Key, environ: "WSGIEnvironment", encoding: str) -> "Kept | Answer | None":
        """Return the page; Flask's answer if it is none to keep; None if there is no longer any to keep."""
        kept = self.store.get(key)
        if kept is None:
            return self._build_first(key, environ, encoding)
        age = time.monotonic() - kept.checked
        if age > CHECK_SECONDS:
            return self._refresh(key, kept, environ, encoding)
        if age > CHECK_SECONDS - AHEAD_SECONDS and not kept.is_due:
            self._refresh_ahead(key, kept, environ, encoding)
        return kept

    def _refresh_ahead(self, key: Key, kept: Kept, environ: "WSGIEnvironment", encoding: str) -> None:
        """Let the page be made as it is now, unless a reader is quicker."""
        kept.is_due = True
        clean = without_what_is_personal(environ, key[1], is_fragment=key[2])

        def refresh() -> None:
            kept.is_due = False
            if time.monotonic() - kept.checked > AHEAD_SECONDS and self.store.get(key) is kept:
                self._refresh(key, kept, clean, encoding)

        self._ahead.do(refresh)

    def _build_first(self, key: Key, environ: "WSGIEnvironment", encoding: str) -> "Kept | Answer":
        """Build a page nobody has; requests for the same page wait for it instead of building it too."""
        with self._lock:
            building = self._first_builds.setdefault(key, threading.Lock())
        with building:
            kept = self.store.get(key)
            if kept is not None:
                return kept
            try:
                return self._build(key, environ, encoding)
            finally:
                self._first_builds.pop(key, None)

    def _refresh(self, key: Key, kept: Kept, environ: "WSGIEnvironment", encoding: str) -> Kept | None:
        """Return the page as it is now; the former one while another request builds; None if it is no longer public."""
        if not kept.rebuilding.acquire(blocking=False):
            return kept
        try:
            kept.checked = time.monotonic()
            if self._is_unchanged(key, kept):
                self.store.touch(key)
                return kept
            built = self._build(key, environ, encoding)
            if isinstance(built, Kept):
                return built
            if built.status.startswith("5"):
                return kept  # a fault is not news: what we have will do, and we ask again in a second
            self.store.drop(key)
            return None
        except Exception as error:
            log.warning("page_not_refreshed", path=key[0], error=type(error).__name__)
            return kept
        finally:
            kept.rebuilding.release()

    def _is_unchanged(self, key: Key, kept: Kept) -> bool:
        if kept.page.is_immutable:
            return True
        is_unchanged = kept.stamp is not None and self._stamp(key[0], key[1]) == kept.stamp
        self.counts.unchanged += is_unchanged
        return is_unchanged

    def _build(self, key: Key, environ: "WSGIEnvironment", encoding: str) -> "Kept | Answer":
        """Let Flask make the page, from nothing but what is in the key, and keep it if it is one to keep."""
        began = time.monotonic()
        stamp = self._stamp_or_none(key)  # before the page is read, so that a change meanwhile is seen next time
        clean = without_what_is_personal(environ, key[1], is_fragment=key[2])
        answer = Answer(self._app, clean, encoding)
        if answer.page is None:
            return answer
        kept = Kept(answer.page, stamp, began, has_overlay=answer.has_overlay)
        self.store.keep(key, kept)
        self.counts.built += 1
        return kept

    def _stamp_or_none(self, key: Key) -> str | None:
        """Return the stamp; None if it cannot be had, because then Flask can still say what is wrong."""
        try:
            return self._stamp(key[0], key[1])
        except Exception as error:
            log.warning("page_without_stamp", error=type(error).__name__)
            return None
