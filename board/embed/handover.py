"""Logging in for a frame in a window of Board's own, where passkeys, mailed links and kept log-ins work.

The frame's session holds a secret, the window's address only its digest. When the member has agreed in the window, it
gets a code: random, hashed here, used once, within a minute, for that site and for whoever holds the secret. The
window passes it to the frame that opened it, if that is Board's own; the frame sends it in a form. So a code that
leaks opens nothing, and a window that somebody else opened hands nothing to them. See docs/decisions/0031.
"""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from flask import Blueprint, Flask, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import delete, select
from werkzeug.wrappers import Response

from board.access import NotThere, Refused, load
from board.accounts.current import member
from board.accounts.limits import count_in_network
from board.accounts.models import User, hash_token
from board.accounts.signing_in import sign_in
from board.answers import next_path, private
from board.articles.models import Site
from board.embed.links import present_frame
from board.embed.models import Handover
from board.extensions import db
from board.languages import asked_language
from board.storage import now

embed = Blueprint("handover", __name__)

LIFETIME = timedelta(seconds=60)
WINDOW = "/log-in-window"
SECRET = "window_secret"  # noqa: S105 - the name of the session's field
TRIES = 60  # in a network and 15 minutes
CHALLENGE = re.compile(r"[0-9a-f]{64}").fullmatch
LEADS_THERE = frozenset({"handover", "security", "accounts"})
OPENER_MAY_STAY = "unsafe-none"


@embed.route(WINDOW, methods=["GET", "POST"])
def window() -> Response:
    """Ask the member whether to log in inside the frame too; hand the code over when they say so."""
    site, challenge = _asked_site(), request.args.get("challenge", "")
    if not CHALLENGE(challenge):
        raise NotThere
    here = url_for(".window", site=site.slug, challenge=challenge, language=asked_language() or None)
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=here), 303)
    code = ""
    if request.method == "POST":
        code = give_code(member(), site, challenge)
        db.session.commit()
    html = render_template("embed/window.html", site=site, code=code, here=here, user=member())
    return private(make_response(html))


@embed.post("/log-in-code")
def take() -> Response:
    """Log in inside the frame with the code that its window handed over."""
    site = present_frame()
    if site is None:
        raise NotThere
    count_in_network("handover", TRIES)
    user = use_code(request.form.get("code", ""), site, session.get(SECRET, ""))
    db.session.commit()
    if user is None:
        raise Refused(_("This log-in was used, is too old, or was meant for another page. Log in again."))
    sign_in(user, stay=True, via="window")
    return redirect(next_path(), 303)


def window_url() -> str:
    """Return the address of the window for the present frame, and keep its secret in the frame's session."""
    site = present_frame()
    if site is None:
        return ""
    session[SECRET] = session.get(SECRET) or secrets.token_urlsafe(32)
    return url_for(
        "handover.window", site=site.slug, challenge=challenge_of(session[SECRET]), language=asked_language() or None
    )


def challenge_of(secret: str) -> str:
    """Return what the window is told of the frame's secret."""
    return hashlib.sha256(f"log-in window {secret}".encode()).hexdigest()


def give_code(user: User, site: Site, challenge: str) -> str:
    """Return a code that lets the member in once, in the frame with the challenge's secret. The caller commits."""
    code = secrets.token_urlsafe(32)
    db.session.execute(delete(Handover).where(Handover.expires_at < now()))
    db.session.add(
        Handover(
            code_hash=hash_token(code),
            site_id=site.id,
            user_id=user.id,
            challenge=challenge,
            expires_at=now() + LIFETIME,
        )
    )
    return code


def use_code(code: str, site: Site, secret: str) -> User | None:
    """Use up the code; return whom it lets in, if it was made for this site's frame with this secret."""
    using = delete(Handover).where(Handover.code_hash == hash_token(code), Handover.expires_at > now())
    row = db.session.execute(
        using.returning(Handover.user_id, Handover.site_id, Handover.challenge).execution_options(
            synchronize_session=False
        )
    ).first()
    if row is None or row.site_id != site.id or not secret:
        return None
    if not hmac.compare_digest(row.challenge, challenge_of(secret)):
        return None
    return db.session.scalar(select(User).where(User.id == row.user_id, User.active))


def keep_opener(response: Response) -> Response:
    """Let the pages that lead to the window know who opened it; all others stay apart from whoever opens them."""
    if request.blueprint not in LEADS_THERE:
        return response
    if request.path == WINDOW or request.values.get("next", "").startswith(WINDOW):
        response.headers["Cross-Origin-Opener-Policy"] = OPENER_MAY_STAY
    return response


def _asked_site() -> Site:
    slug = request.args.get("site", "")
    return load(select(Site).where(Site.slug == slug.replace("\0", "")))


def init_handover(app: Flask) -> None:
    """Bind the window's routes."""
    app.register_blueprint(embed)
    app.after_request(keep_opener)
    app.jinja_env.globals.update(window_url=window_url)
