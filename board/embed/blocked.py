"""A browser that keeps nothing for a frame: found out before anything is typed in vain, and led to a tab of its own.

Pages in frames are the same bytes for everybody and set no cookies. So the first form or log-in page of a browser
without one is answered with a cookie and "send that again" (307); if it comes back without, none is kept here.
"""

from flask import Flask, Response, make_response, redirect, render_template, request

from board.answers import is_fragment, is_own_path, next_path, private
from board.embed.links import SIGN_IN, outside, present_frame

NEEDS_COOKIES = frozenset({*SIGN_IN, "comments.post", "comments.reply", "single_sign_on.take"}) - {"security.logout"}
SENT_AGAIN = "again"  # in the address
COOKIE = "board_kept"
COOKIE_SECONDS = 3600
NOT_HERE = 409


def look_for_cookies() -> Response | None:
    """Answer instead of the view when a browser has not shown yet, or cannot show, that it keeps cookies here."""
    if present_frame() is None or request.endpoint not in NEEDS_COOKIES or request.cookies:
        return None
    if SENT_AGAIN in request.args:
        return show_way_out()
    glue = "&" if request.query_string else "?"
    response = make_response(redirect(f"{request.full_path.rstrip('?')}{glue}{SENT_AGAIN}=1", 307))
    response.set_cookie(COOKIE, "1", max_age=COOKIE_SECONDS, httponly=True)
    return private(response)


def show_way_out() -> Response:
    """Offer the hosted page in a tab of its own; what was typed goes along."""
    text = request.form.get("body", "")
    way = request.path if text else outside(next_path())
    way = way if is_own_path(way) else "/"  # what is left behind the frame's place may be no path of ours
    template = "embed/_blocked.html" if is_fragment() else "embed/blocked.html"
    return private(make_response(render_template(template, way=way, text=text), NOT_HERE))


def init_blocked(app: Flask) -> None:
    """Look once the form is known to be ours."""
    app.before_request(look_for_cookies)
