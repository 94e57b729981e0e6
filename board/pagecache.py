"""Public pages kept as ready bytes, in front of Flask.

A page that Flask marks `Cache-Control: public` is the same for every signed-out reader, so it is kept compressed and
given out without waking Flask. At most once a second its *stamp* (the version of the thread, the article and the
ballots on it) is asked of the database; while one request builds the page anew, the others get the former bytes.
A request that carries anything personal (a session, a reader's or a device's cookie) never comes near the store, but
for one case: its page's script fetches the personal part by itself (the *overlay*, docs/decisions/0020). The bytes are
then the same for everybody again.
"""

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import structlog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

CHECK_SECONDS = 1.0
MAX_PAGE_BYTES = 2 * 1024 * 1024  # anything larger is passed through
MAX_VALUE_CHARACTERS = 255  # of one query parameter
MAX_PARAMETERS = 50
MAX_LISTED = 101  # values of a repeated parameter: one more than any view takes, so that it can refuse them
MIN_COMPRESSED_BYTES = 500
GZIP_LEVEL = 6
BROTLI_QUALITY, BROTLI_QUALITY_FOR_GOOD = 5, 11
KEPT_PARAMETERS = frozenset({"site", "sort", "after", "before", "comment", "level", "v"})
LISTS = {"/api/v1/counts": "article_id"}  # the parameter that may come repeatedly, and where
MAX_REMEMBERED_QUERY = 8192  # characters; with `REMEMBERED_QUERIES` it bounds the memory for queries already read
REMEMBERED_QUERIES = 512
OVERLAY_HEADER = "X-Board-Overlay"  # from a view, never sent: the page's script fetches what is personal
COMPRESSIBLE = ("text/", "application/json", "application/ld+json", "application/javascript", "image/svg+xml")
ZERO_WEIGHT = re.compile(r"q=0(?:\.0*)?$").match
HOP_HEADERS = frozenset({
    *("content-length", "content-encoding", "etag", "x-request-id", "date", OVERLAY_HEADER.lower()),
})  # fmt: skip

Key = tuple[str, str, bool]
Stamp = Callable[[str, str], str | None]
Personal = Callable[[str, str], bool]


@dataclass
class Page:
    """One answer, ready to be sent: its headers, and its bytes for each encoding."""

    status: str
    headers: list[tuple[str, str]]
    bodies: dict[str, bytes]
    etag: str
    stamp: str | None
    checked: float
    is_immutable: bool
    has_overlay: bool = False
    key_bytes: int = 0
    rebuilding: threading.Lock = field(default_factory=threading.Lock)

    @property
    def size(self) -> int:
        """Return the bytes it takes in memory, roughly."""
        return sum(len(body) for body in self.bodies.values()) + self.key_bytes + 2000


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
        self._max_bytes = max_bytes
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._first_builds: dict[Key, threading.Lock] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer from ready bytes where that is right; else let Flask answer."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in environ:
            return self._app(environ, start_response)
        path, cookies, is_fragment = environ["PATH_INFO"], environ.get("HTTP_COOKIE"), "HTTP_HX_REQUEST" in environ
        is_personal = bool(cookies and self._is_personal(path, cookies))
        if is_personal and (is_fragment or not self._takes_overlay(path, cookies or "")):
            return self._app(environ, start_response)
        query = environ.get("QUERY_STRING", "")
        key = (path, canonical_query(query, LISTS.get(path, "")) if query else "", is_fragment)
        page: Page | Answer | None = self._pages.get(key)
        if page is None:
            page = self._build_first(key, environ)
        elif isinstance(page, Page) and not page.is_immutable and time.monotonic() - page.checked > CHECK_SECONDS:
            page = self._refresh(key, page, environ)
        if isinstance(page, Page) and (page.has_overlay or not is_personal):
            return send(page, environ, start_response)
        if isinstance(page, Answer) and not is_personal and is_canonical(query, key[1]):
            return page.pass_on(start_response)
        # No page to keep, so this reader's own answer is due: to all that was asked, `next` and tokens too.
        return self._app(environ, start_response)

    def forget(self) -> None:
        """Drop every page."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _build_first(self, key: Key, environ: "WSGIEnvironment") -> "Page | Answer":
        """Build a page nobody has; requests for the same page wait for it instead of building it too."""
        with self._lock:
            building = self._first_builds.setdefault(key, threading.Lock())
        with building:
            page = self._pages.get(key)
            if page is not None:
                return page
            answer = self._ask(key, environ)
            self._first_builds.pop(key, None)
        if answer.page is None:
            return answer
        self._keep(key, answer.page)
        return answer.page

    def _refresh(self, key: Key, page: Page, environ: "WSGIEnvironment") -> Page | None:
        """Return the page as it is now; the former one while another request builds; None if it is no longer public."""
        if not page.rebuilding.acquire(blocking=False):
            return page
        try:
            page.checked = time.monotonic()
            if page.stamp is not None and self._stamp(key[0], key[1]) == page.stamp:
                self._touch(key)
                return page
            answer = self._ask(key, environ)
            if answer.page is None and answer.status.startswith("5"):
                return page  # a fault is not news: what we have will do, and we ask again in a second
            self._drop(key)
            if answer.page is not None:
                self._keep(key, answer.page)
            return answer.page
        except Exception as error:
            log.warning("page_not_refreshed", path=key[0], error=type(error).__name__)
            return page
        finally:
            page.rebuilding.release()

    def _ask(self, key: Key, environ: "WSGIEnvironment") -> "Answer":
        """Let Flask make the page, from nothing but what is in the key."""
        stamp = self._stamp_or_none(key)  # before the page is read, so that a change meanwhile is seen next time
        clean = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in KEPT_HEADERS}
        clean.update(REQUEST_METHOD="GET", QUERY_STRING=key[1])
        if key[2]:
            clean["HTTP_HX_REQUEST"] = "true"  # whatever was sent: a whole page must not be kept as a part of one
        return Answer(self._app, clean, stamp)

    def _stamp_or_none(self, key: Key) -> str | None:
        """Return the stamp; None if it cannot be had, because then Flask can still say what is wrong."""
        try:
            return self._stamp(key[0], key[1])
        except Exception as error:
            log.warning("page_without_stamp", error=type(error).__name__)
            return None

    def _keep(self, key: Key, page: Page) -> None:
        with self._lock:
            self._forget_one(key)
            page.key_bytes = len(key[0]) + len(key[1])
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self._max_bytes and len(self._pages) > 1:
                self._forget_one(next(iter(self._pages)))

    def _drop(self, key: Key) -> None:
        with self._lock:
            self._forget_one(key)

    def _touch(self, key: Key) -> None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)

    def _forget_one(self, key: Key) -> None:
        former = self._pages.pop(key, None)
        if former is not None:
            self._bytes -= former.size


# What Flask may see of a request whose answer is kept. The host is among them for the log; no page is made from it.
KEPT_HEADERS = frozenset({"HTTP_HOST", "HTTP_HX_REQUEST", "HTTP_USER_AGENT"})


class Answer:
    """What Flask said: a page to keep, or an answer to pass on as it is."""

    def __init__(self, app: "WSGIApplication", environ: "WSGIEnvironment", stamp: str | None) -> None:
        """Ask Flask, and take the whole answer."""
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        began = time.monotonic()
        chunks = app(environ, self._start)
        try:
            self.body = b"".join(chunks)
        finally:
            close: Any = getattr(chunks, "close", None)
            if close:
                close()
        self.page = self._as_page(stamp, began)

    def pass_on(self, start_response: "StartResponse") -> Iterable[bytes]:
        """Give the answer out unchanged."""
        start_response(self.status, self.headers)
        return [self.body]

    def _start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return lambda _data: None

    def _as_page(self, stamp: str | None, began: float) -> Page | None:
        named = {name.lower(): value for name, value in self.headers}
        control = named.get("cache-control", "")
        if not self.status.startswith("200") or "public" not in control or "set-cookie" in named:
            return None
        if len(self.body) > MAX_PAGE_BYTES:
            return None
        kept = [(name, value) for name, value in self.headers if name.lower() not in HOP_HEADERS]
        return Page(
            self.status,
            with_vary(kept),
            encodings(self.body, named.get("content-type", ""), is_immutable="immutable" in control),
            f'W/"{hashlib.sha256(self.body).hexdigest()[:24]}"',
            stamp,
            began,
            "immutable" in control,
            OVERLAY_HEADER.lower() in named,
        )


def send(page: Page, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer with ready bytes, or with 304 if the browser has them."""
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and (page.etag in asked or asked == "*"):
        start_response("304 Not Modified", [("ETag", page.etag), *page.headers])
        return [b""]
    encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""), page.bodies)
    body = page.bodies[encoding]
    headers = [("ETag", page.etag), ("Content-Length", str(len(body))), *page.headers]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    start_response(page.status, headers)
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def canonical_query(query: str, listed: str = "") -> str:
    """Return the parameters that a page may depend on, in one order; anything else makes no page of its own.

    `listed` is the parameter that may come repeatedly.
    """
    return (_remembered if len(query) < MAX_REMEMBERED_QUERY else _canonical)(query, listed)


def _canonical(query: str, listed: str) -> str:
    try:
        pairs = parse_qsl(query, max_num_fields=MAX_PARAMETERS + (MAX_LISTED if listed else 0))
    except ValueError:
        return ""
    pairs = [(name, value[:MAX_VALUE_CHARACTERS]) for name, value in pairs if value]
    known = {name: value for name, value in pairs if name in KEPT_PARAMETERS}
    values = sorted({(listed, value) for name, value in pairs if listed and name == listed})[:MAX_LISTED]
    return urlencode(sorted(known.items()) + values)


_remembered = lru_cache(REMEMBERED_QUERIES)(_canonical)


def is_canonical(query: str, canonical: str) -> bool:
    """Tell whether nothing of the query is lost in its canonical form."""
    return sorted(parse_qsl(query, keep_blank_values=True)) == parse_qsl(canonical)


def encodings(body: bytes, content_type: str, *, is_immutable: bool = False) -> dict[str, bytes]:
    """Return the body plain and, where that pays, as gzip and brotli; what never changes is worth the best brotli."""
    bodies = {"": body}
    if len(body) >= MIN_COMPRESSED_BYTES and content_type.startswith(COMPRESSIBLE):
        import brotli

        bodies["gzip"] = gzip.compress(body, GZIP_LEVEL, mtime=0)
        bodies["br"] = brotli.compress(body, quality=BROTLI_QUALITY_FOR_GOOD if is_immutable else BROTLI_QUALITY)
    return bodies


def choose_encoding(accepted: str, bodies: dict[str, bytes]) -> str:
    """Return the smallest encoding that the browser accepts."""
    if len(bodies) == 1:
        return ""
    offered = {
        name.strip(): weight.strip() for name, _, weight in (part.partition(";") for part in accepted.split(","))
    }
    for encoding in ("br", "gzip"):
        if encoding in offered and not ZERO_WEIGHT(offered[encoding]):
            return encoding
    return ""


def with_vary(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Tell caches on the way that the bytes depend on the encoding, and on whether somebody is signed in."""
    others = [(name, value) for name, value in headers if name.lower() != "vary"]
    return [*others, ("Vary", "Accept-Encoding, Cookie, HX-Request")]
