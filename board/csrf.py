"""Who sent this form: the browser's Origin first, then a token.

A signed-in session must send its own token. The pages of signed-out readers are the same bytes for all of them, so
their forms carry a *public* token, signed for the day; what protects those is the Origin check, which a foreign page
cannot pass. See docs/decisions/0004.
"""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request, session
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import BadData

from board.signing import serializer_for
from board.storage import now

PUBLIC_TOKEN_DAYS = 2  # yesterday's page may be in a cache or an open tab
FIELD = "csrf_token"  # in forms, and in the session what their token must hold
FLASK_WTF = "wtf-csrf-token"  # the purpose for which Flask-WTF signs its tokens
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOrigin(CSRFError):  # type: ignore[misc]
    """The form was not sent from one of Board's own pages."""


class OriginAndToken(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's protection with the Origin check before it and the public token beside it."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request that another site caused, or that carries no valid token."""
        if request.method in SAFE_METHODS or not request.endpoint:
            return
        if apply_exemptions and self._is_exempt():
            return
        if not is_from_own_page():
            raise ForeignOrigin
        if not _has_valid_token():
            raise CSRFError
        g.csrf_valid = True

    def init_app(self, app: Flask) -> None:
        """Bind, and offer `form_token()` to every template."""
        super().init_app(app)
        app.jinja_env.globals["form_token"] = form_token


def form_token() -> str:
    """Return the token for a form on the page being rendered."""
    if not _is_signed_in():
        return public_token()
    proven = g.get("proven_token")  # this request's own token will do for the form in its answer
    return proven if proven and _holds(proven) else str(generate_csrf())


def public_token(days_ago: int = 0) -> str:
    """Return the token of a day that all signed-out readers share."""
    day = now().toordinal() - days_ago
    key = str(current_app.secret_key).encode()
    return f"{day}.{hmac.new(key, f'public form {day}'.encode(), hashlib.sha256).hexdigest()[:32]}"


def _is_signed_in() -> bool:
    return "_user_id" in session and bool(current_user.is_authenticated)


def is_from_own_page() -> bool:
    """Tell whether a page of our own sent this request, by what the browser says of its origin."""
    own = (f"{request.scheme}://{request.host}", current_app.config["BOARD"].public_url)
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin in own
    if "Sec-Fetch-Site" in request.headers:
        return request.headers["Sec-Fetch-Site"] == "same-origin"
    referrer = urlsplit(request.headers.get("Referer", ""))
    return f"{referrer.scheme}://{referrer.netloc}" in own


def _has_valid_token() -> bool:
    token = request.headers.get("X-CSRF-Token") or request.form.get(FIELD, "")
    if _holds(token):
        g.proven_token = token
        return True
    return not _is_signed_in() and any(
        hmac.compare_digest(token.encode(), public_token(days).encode()) for days in range(PUBLIC_TOKEN_DAYS + 1)
    )


def _holds(token: str) -> bool:
    """Tell whether the signed token holds what the session says it must; Flask-WTF's check, which ages none."""
    own = session.get(FIELD)
    if not own or not token:
        return False
    try:
        held = serializer_for(FLASK_WTF).loads(token)
    except BadData:
        return False
    return isinstance(held, str) and hmac.compare_digest(own.encode(), held.encode())


def init_csrf(app: Flask, csrf: OriginAndToken, **config: Any) -> None:
    """Bind the protection with the settings it needs."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=True, WTF_CSRF_TIME_LIMIT=None, **config)
    csrf.init_app(app)
