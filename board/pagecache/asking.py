"""What Flask says when it is asked for a page: one to keep, or an answer to pass on as it is."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from board.pagecache.page import Page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_PAGE_BYTES = 2 * 1024 * 1024  # anything larger is passed through
OVERLAY_HEADER = "X-Board-Overlay"  # from a view, never sent: the page's script fetches what is personal
HOP_HEADERS = frozenset({
    *("content-length", "content-encoding", "etag", "x-request-id", "date", OVERLAY_HEADER.lower()),
})  # fmt: skip
# What Flask may see of a request whose answer is kept. The host is among them for the log; no page is made from it.
KEPT_HEADERS = frozenset({"HTTP_HOST", "HTTP_HX_REQUEST", "HTTP_USER_AGENT"})


class Answer:
    """What Flask said."""

    def __init__(self, app: "WSGIApplication", environ: "WSGIEnvironment", encoding: str) -> None:
        """Ask Flask, and take the whole answer; `encoding` is the one in which its first reader takes a page."""
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        chunks = app(environ, self._start)
        try:
            self.body = b"".join(chunks)
        finally:
            close: Any = getattr(chunks, "close", None)
            if close:
                close()
        named = {name.lower(): value for name, value in self.headers}
        self.has_overlay = OVERLAY_HEADER.lower() in named
        self.page = self._as_page(named, encoding)

    def pass_on(self, start_response: "StartResponse") -> Iterable[bytes]:
        """Give the answer out unchanged."""
        start_response(self.status, self.headers)
        return [self.body]

    def _start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return lambda _data: None

    def _as_page(self, named: dict[str, str], encoding: str) -> Page | None:
        control = named.get("cache-control", "")
        if not self.status.startswith("200") or "public" not in control or "set-cookie" in named:
            return None
        if len(self.body) > MAX_PAGE_BYTES:
            return None
        kept = [(name, value) for name, value in self.headers if name.lower() not in HOP_HEADERS]
        return Page(self.status, kept, self.body, encoding, is_immutable="immutable" in control)


def without_what_is_personal(environ: "WSGIEnvironment", query: str, *, is_fragment: bool) -> "WSGIEnvironment":
    """Return the request as Flask may see it when the answer is for everybody: what is in the page's key."""
    clean = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in KEPT_HEADERS}
    clean.update(REQUEST_METHOD="GET", QUERY_STRING=query)
    if is_fragment:
        clean["HTTP_HX_REQUEST"] = "true"  # whatever was sent: a whole page must not be kept as a part of one
    return clean
