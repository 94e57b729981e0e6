"""Errors become answers here, and only here."""

from typing import Any

import structlog
from flask import Flask, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from board.access import Moved, NotAllowed, NotThere, Refused, SecondFactorNeeded, SignInNeeded
from board.answers import is_fragment, private
from board.csrf import SAFE_METHODS, ForeignOrigin
from board.extensions import db

log = structlog.get_logger(__name__)

NEVER_SHOWN_AGAIN = frozenset(
    {"csrf_token", "password", "password_confirm", "new_password", "code", "passcode", "proof"}
)
LONG_TEXTS = frozenset({"body", "note"})


def init_errors(app: Flask) -> None:
    """Register an answer for each error."""
    app.register_error_handler(NotThere, not_there)
    app.register_error_handler(Moved, moved)
    app.register_error_handler(NotAllowed, not_allowed)
    app.register_error_handler(SignInNeeded, sign_in_needed)
    app.register_error_handler(SecondFactorNeeded, second_factor_needed)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
    for error in (OperationalError, InterfaceError, TimeoutError):
        app.register_error_handler(error, database_away)
    app.register_error_handler(Exception, unexpected)


def page(status: int, title: str, text: str, *, asks_database: bool = True) -> Response:
    """Answer with the error page, or its partial for the page's script.

    The page of a fault of ours, or of a forged form, leaves the database alone: it does without the site's name.
    """
    template = "errors/_error.html" if is_fragment() else "errors/error.html"
    context = {} if asks_database and status < 500 else {"site_name": "Board", "front_path": "/"}
    return private(make_response(render_template(template, status=status, title=title, text=text, **context), status))


def not_there(_error: Exception) -> Response:
    """Answer 404."""
    return page(404, _("Not found"), _("There is nothing at this address. It may have moved or been deleted."))


def moved(error: Moved) -> Response:
    """Lead on. Search engines take it for good; browsers ask again, because it can be undone."""
    return redirect(error.path, 308)


def not_allowed(error: NotAllowed) -> Response:
    """Answer 403 with the rule."""
    return page(403, _("Not allowed"), str(error) or _("Your account may not do this."))


def refused(error: Refused) -> Response:
    """Answer 409 with what to do instead."""
    return page(409, _("That did not work"), str(error))


def sign_in_needed(_error: Exception) -> Response:
    """Show the way to log in, and back here."""
    back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else request.form.get("next", "/")
    way = url_for("security.login", next=back)
    if is_fragment():
        response = make_response("", 401)
        response.headers["HX-Redirect"] = way
        return private(response)
    return redirect(way, 303)


def second_factor_needed(_error: Exception) -> Response:
    """Show the way to set up a second factor."""
    return redirect(url_for("accounts.security"), 303)


def stale_form(error: CSRFError) -> Response:
    """Refuse a form without a valid token, and give back what was typed, to be sent again with one press."""
    if isinstance(error, ForeignOrigin):
        text = _("This form was not sent from a page of this site. Open the page here and send it again.")
        return page(403, _("Not sent from this site"), text, asks_database=False)
    fields = [
        (name, value, name in LONG_TEXTS)
        for name, value in request.form.items(multi=True)
        if name not in NEVER_SHOWN_AGAIN
    ]
    html = render_template("errors/stale_form.html", fields=fields, action=request.full_path.rstrip("?"))
    return private(make_response(html, 400))


def http_error(error: HTTPException) -> Response:
    """Answer what Werkzeug raised in our own words."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    if error.code == 404:
        return not_there(error)
    words: dict[int, tuple[str, str]] = {
        405: (_("Not possible here"), _("This address does not accept that kind of request.")),
        413: (
            _("Too large"),
            _("What you sent is larger than this form accepts. Make it shorter and send it again."),
        ),
        429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
    }
    title, text = words.get(error.code or 500, (_("That did not work"), error.description or ""))
    answer = page(error.code or 500, title, text)
    retry: Any = getattr(error, "retry_after", None)
    if retry:
        answer.headers["Retry-After"] = str(retry)
    return answer


def database_away(error: Exception) -> Response:
    """Answer 503 when the database is away or full; the request had no effect."""
    db.session.rollback()
    log.error("database_away", error=type(error).__name__, detail=str(getattr(error, "orig", error))[:200])
    answer = page(
        503,
        _("One moment, please"),
        _("Board cannot reach its database. Nothing was changed; try again soon."),
    )
    answer.headers["Retry-After"] = "5"
    return answer


def unexpected(error: Exception) -> Response:
    """Answer 500; the log has the rest."""
    db.session.rollback()
    log.error("unexpected_error", exc_info=error)
    return page(500, _("Something went wrong"), _("The fault is ours. Nothing was changed; try again, or later."))
