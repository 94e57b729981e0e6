"""Sessions that die: each request's cookie must name a session that the database still knows.

Flask's signed cookie alone would outlive log-out; so it carries a random token, and a row per session says whether
that token still opens anything. Log-out, reset, ban and "end this session" end the row, on every machine at once.
"""

import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security.utils import set_request_attr
from sqlalchemy import Select, bindparam, select, update

from board.accounts.devices import describe_device, network_of
from board.accounts.models import MemberSession, User, hash_token
from board.answers import stop_overlay
from board.extensions import as_loaded, db
from board.statements import prepared
from board.storage import now

SESSION_TOKEN = "sid"  # noqa: S105 - the name of the cookie's field
SEEN_EVERY = timedelta(minutes=10)  # how often a session's last visit is written
KEPT_AT_SIGN_IN = frozenset({"_user_id", "_id", "_fresh", "_flashes"})
BROWSER_SESSION = timedelta(hours=12)  # without "stay signed in"

# What most requests ask of a member; the rest is loaded when it is asked for.
MEMBER_COLUMNS = (
    *("id", "email", "display_name", "role", "active", "confirmed_at", "is_placeholder"),
    *("fs_uniquifier", "tf_primary_method", "has_site_roles", "restrictions", "muted_ids", "title"),
)


def load_member(uniquifier: str) -> User | None:
    """Return the member whose live session this request carries, in one query."""
    present = now()
    values = {"token": hash_token(session.get(SESSION_TOKEN, "")), "uniquifier": uniquifier, "now": present}
    row = _member_query.first(**values)
    if row is None:
        return None
    *columns, token_hash, seen_at = row
    if present - seen_at > SEEN_EVERY:
        g.seen_again = token_hash
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return as_loaded(User, dict(zip(MEMBER_COLUMNS, columns, strict=True)))


@prepared
def _member_query(_dialect: str) -> Select[Any]:
    """Ask for the member and the session; every signed-in request does."""
    member, opened = User.__table__.c, MemberSession.__table__.c
    return (
        select(*(member[name] for name in MEMBER_COLUMNS), opened.token_hash, opened.seen_at)
        .join_from(MemberSession.__table__, User.__table__, opened.user_id == member.id)
        .where(
            opened.token_hash == bindparam("token"),
            opened.ended_at.is_(None),
            opened.expires_at > bindparam("now"),
            member.fs_uniquifier == bindparam("uniquifier"),
            member.active,
        )
    )


def start_session(_app: Flask, user: User, **_more: Any) -> None:
    """Open a session row for the browser that just signed in; the old cookie's contents do not survive."""
    after_this_request(stop_overlay)
    stays = session.pop("_remember", "") == "set"  # before Flask-Login makes a second, undying cookie of it
    _end_row(session.get(SESSION_TOKEN, ""))
    for name in set(session) - KEPT_AT_SIGN_IN:
        del session[name]
    token = secrets.token_urlsafe(32)
    session[SESSION_TOKEN] = token
    session.permanent = stays
    db.session.add(
        MemberSession(
            token_hash=hash_token(token),
            user_id=user.id,
            expires_at=now() + _lifetime(),
            device=describe_device(request.headers.get("User-Agent", "")),
            network=network_of(request.remote_addr),
        )
    )
    db.session.commit()


def end_session(_app: Flask, **_more: Any) -> None:
    """End the row of the session that logs out, so that a copy of its cookie opens nothing."""
    after_this_request(stop_overlay)
    _end_row(session.pop(SESSION_TOKEN, ""))
    session.permanent = False
    db.session.commit()


def note_visit(response: Response) -> Response:
    """Write down, at most every ten minutes, that the session was used; it lasts from its last visit."""
    if token_hash := g.pop("seen_again", ""):
        db.session.rollback()
        seeing = update(MemberSession).where(MemberSession.token_hash == token_hash)
        db.session.execute(seeing.values(seen_at=now(), expires_at=now() + _lifetime()))
        db.session.commit()
        session.modified = session.modified or session.permanent  # sends the cookie again, with a later end
    return response


def _end_row(token: str) -> None:
    ending = update(MemberSession).where(MemberSession.token_hash == hash_token(token))
    db.session.execute(ending.where(MemberSession.ended_at.is_(None)).values(ended_at=now()))


def _lifetime() -> timedelta:
    lifetime: timedelta = current_app.config["BOARD"].session_lifetime
    return lifetime if session.permanent else BROWSER_SESSION


def init_sessions(app: Flask) -> None:
    """Make Flask-Login ask the session table."""
    app.login_manager.user_loader(load_member)  # type: ignore[attr-defined]
    app.login_manager.request_loader(None)  # type: ignore[attr-defined] # no tokens in headers or addresses
    app.after_request(note_visit)
    user_logged_in.connect(start_session, app)
    user_logged_out.connect(end_session, app)
