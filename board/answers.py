"""How a view answers: the same partial inside a page or alone, and a way back that stays on this site."""

import re
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from board.pagecache import OVERLAY_HEADER

# A reader's browser asks each time; a cache in front keeps the page for a second, serves it while it asks again, and
# for a day when Board cannot be reached.
LONGEST_PATH = 2_000  # of a way back, in characters: an article’s address takes half of it at most
SHARED = "public, max-age=0, s-maxage=1, stale-while-revalidate=30, stale-if-error=86400"
# All our cookies are named so. Whoever sends one may be shown something of their own …
HAS_OUR_COOKIE = re.compile(r"(?:^|;\s*)(?:__Host-)?board").search
# … but a thread alone knows only sessions and kept drafts, not readers who voted or left an address.
# Frames have their own (board/embed/mount.py).
HAS_THREAD_COOKIE = re.compile(r"(?:^|;\s*)(?:__Host-board-framed\.)?(?:__Host-)?board(?:_draft)?=").search

# The page's script sets it where it lays what is personal over a page kept for everybody (docs/decisions/0020).
OVERLAY_COOKIE = "overlay"
# Whoever has just changed something gets no kept page for a moment: it may be a second old.
FRESH_COOKIE = "fresh"
FRESH_SECONDS = 3
HAS_FRESH_COOKIE = re.compile(rf"(?:^|;\s*){FRESH_COOKIE}=").search


def is_fragment() -> bool:
    """Tell whether the page's script asked, so that a partial is enough."""
    return request.headers.get("HX-Request") == "true"


def answer(partial: str, back: str, status: int = 200, **context: object) -> BaseResponse:
    """Answer with the partial to the page's script, with a redirect to a plain form."""
    if is_fragment():
        return private(make_response(render_template(partial, **context), status))
    return redirect(back, 303)


def is_for_everybody(*, thread_only: bool = False) -> bool:
    """Tell whether this request says nothing about who asks, so that its answer is the same for everybody."""
    has_cookie = HAS_THREAD_COOKIE if thread_only else HAS_OUR_COOKIE
    return not has_cookie(request.headers.get("Cookie", ""))


def kept(response: Response, *, is_public: bool, has_overlay: bool = False) -> Response:
    """Let shared caches keep a page that is the same for everybody, and no other.

    `has_overlay`: the page's script fetches what is personal, so that ready bytes do for members too.
    """
    if not is_public:
        return private(response)
    response.headers["Cache-Control"] = SHARED
    if has_overlay:
        response.headers[OVERLAY_HEADER] = "1"
    return response


def private(response: Response) -> Response:
    """Keep this answer out of every shared cache."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def stop_overlay(response: BaseResponse) -> BaseResponse:
    """Let this browser's pages be rendered for its person alone, until their script says otherwise again."""
    if OVERLAY_COOKIE in request.cookies:
        response.delete_cookie(OVERLAY_COOKIE)
    return response


def next_path(default: str = "/") -> str:
    """Return where the person wants to go back to, if that is a path on this site; else the default."""
    wanted = request.values.get("next", "")
    return wanted if is_own_path(wanted) else default


def is_own_path(path: str) -> bool:
    """Tell whether a browser resolves the text to a path on this very site, whatever tricks it holds."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path or len(path) > LONGEST_PATH:
        return False
    if any(ord(character) < 33 or ord(character) == 127 for character in path):
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc
