"""What is asked from inside a frame, seen by the rest of Board like any other request.

A page in a frame on a publisher's page stands at `/embed/…`; what it leads to (logging in, posting, reporting) at
`/embed/at/<site>/…`, which is the same address of Board with that in front. Here the front is taken off again, and
cookies change their names: browsers keep a frame's cookies apart from ours and from those on other publishers' pages
(*partitioned*, CHIPS) if we ask for it, so that nobody is followed from one site to another, and a frame never acts
with the session of Board's own pages. See docs/decisions/0031.
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from board.languages import ASKED_KEY, SHIPPED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FRAMES = "/embed/"
LANGUAGE_MARK = "."  # between the site and the language that the element asked for; no short name has it
PLACE = re.compile(rf"/embed/at/([a-z0-9-]{{1,50}})(?:\.({'|'.join(SHIPPED)}))?(/.*)", re.DOTALL).fullmatch
PLACE_KEY = "board.frame"  # the short name of the site, in the request's environment
COOKIE_PREFIX = "__Host-board-framed."  # so no other host, and no page without TLS, can set them
FOR_FRAMES = "Path=/; Secure; SameSite=None; Partitioned"
DROPPED = frozenset({"path", "domain", "secure", "samesite", "partitioned"})  # attributes that frames have their own of


class FrameMount:
    """The layer between the kept pages and Flask."""

    def __init__(self, app: "WSGIApplication") -> None:
        """Wrap the application."""
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass on what no frame asks as it is."""
        path = environ["PATH_INFO"]
        if not path.startswith(FRAMES):
            return self._app(environ, start_response)
        inner = {**environ, "HTTP_COOKIE": without_prefix(environ.get("HTTP_COOKIE", ""))}
        if place := PLACE(path):
            inner.update({PLACE_KEY: place[1], ASKED_KEY: place[2], "PATH_INFO": place[3]})

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, [for_frames(name, value) for name, value in headers], exc_info)

        return self._app(inner, start)


def without_prefix(cookies: str) -> str:
    """Return the frame's cookies under the names that the rest of Board knows; all others are left out."""
    sent = (cookie.strip() for cookie in cookies.split(";"))
    return "; ".join(cookie.removeprefix(COOKIE_PREFIX) for cookie in sent if cookie.startswith(COOKIE_PREFIX))


def for_frames(name: str, value: str) -> tuple[str, str]:
    """Return the header; a cookie to be set becomes one that the browser keeps for frames on this publisher's pages."""
    if name.lower() != "set-cookie":
        return name, value
    cookie, *attributes = (part.strip() for part in value.split(";"))
    kept = [part for part in attributes if part.partition("=")[0].lower() not in DROPPED]
    return name, "; ".join([f"{COOKIE_PREFIX}{cookie}", *kept, FOR_FRAMES])
