"""How a view answers: the same partial inside a page or alone, and a way back that stays on this site."""

from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse


def is_fragment() -> bool:
    """Tell whether the page's script asked, so that a partial is enough."""
    return request.headers.get("HX-Request") == "true"


def answer(partial: str, back: str, status: int = 200, **context: object) -> BaseResponse:
    """Answer with the partial to the page's script, with a redirect to a plain form."""
    if is_fragment():
        return private(make_response(render_template(partial, **context), status))
    return redirect(back, 303)


def private(response: Response) -> Response:
    """Keep this answer out of every shared cache."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def next_path(default: str = "/") -> str:
    """Return where the person wants to go back to, if that is a path on this site; else the default."""
    wanted = request.values.get("next", "")
    return wanted if is_own_path(wanted) else default


def is_own_path(path: str) -> bool:
    """Tell whether a browser resolves the text to a path on this very site, whatever tricks it holds."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return False
    if any(ord(character) < 33 or ord(character) == 127 for character in path):
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc
