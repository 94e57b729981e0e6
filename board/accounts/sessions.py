"""Sessions that die: each request's cookie must name a session that the database still knows.

Flask's signed cookie alone would outlive log-out; so it carries a random token, and a row per session says whether
that token still opens anything. Log-out, reset, ban and "end this session" end the row, on every machine at once.
"""

import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security.utils import set_request_attr
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from board.accounts.devices import describe_device, network_of
from board.accounts.models import MemberSession, User, hash_token
from board.extensions import db
from board.storage import now

SESSION_TOKEN = "sid"  # noqa: S105 - the name of the cookie's field
SEEN_EVERY = timedelta(minutes=10)  # how often a session's last visit is written
BROWSER_SESSION = timedelta(hours=12)  # without "stay signed in"


def load_member(uniquifier: str) -> User | None:
    """Return the member whose live session this request carries, in one query."""
    row = db.session.scalar(
        select(MemberSession)
        .join(MemberSession.user)
        .options(contains_eager(MemberSession.user))
        .where(
            MemberSession.token_hash == hash_token(session.get(SESSION_TOKEN, "")),
            MemberSession.ended_at.is_(None),
            MemberSession.expires_at > now(),
            User.fs_uniquifier == uniquifier,
            User.active,
        )
    )
    if row is None:
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return row.user


def start_session(_app: Flask, user: User, **_more: Any) -> None:
    """Open a session row for the browser that just signed in; the old cookie's contents do not survive."""
    token = secrets.token_urlsafe(32)
    session[SESSION_TOKEN] = token
    lifetime = current_app.config["BOARD"].session_lifetime if session.permanent else BROWSER_SESSION
    db.session.add(
        MemberSession(
            token_hash=hash_token(token),
            user_id=user.id,
            expires_at=now() + lifetime,
            device=describe_device(request.headers.get("User-Agent", "")),
            network=network_of(request.remote_addr),
        )
    )
    db.session.commit()


def end_session(_app: Flask, **_more: Any) -> None:
    """End the row of the session that logs out, so that a copy of its cookie opens nothing."""
    token = session.pop(SESSION_TOKEN, "")
    session.permanent = False
    ending = update(MemberSession).where(MemberSession.token_hash == hash_token(token))
    db.session.execute(ending.values(ended_at=now()))
    db.session.commit()


def init_sessions(app: Flask) -> None:
    """Make Flask-Login ask the session table."""
    app.login_manager.user_loader(load_member)  # type: ignore[attr-defined]
    user_logged_in.connect(start_session, app)
    user_logged_out.connect(end_session, app)
