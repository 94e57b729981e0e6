"""A publisher's own accounts sign readers in, inside its frames: routes for the frame's script."""

from flask import Blueprint, Flask, jsonify, make_response, request, session
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from board.access import NotThere
from board.accounts.kept import keeps
from board.accounts.signing_in import sign_in
from board.answers import private
from board.articles.models import Site
from board.embed.claims import Claims, TokenRefused
from board.embed.identities import forget_identities, identities_of, member_of
from board.embed.links import present_frame
from board.extensions import db

embed = Blueprint("single_sign_on", __name__)

SIGNED_IN_AS = "sso"  # in the session: site and subject, if a publisher's token opened it
REFUSED = 422


@embed.post("/single-sign-on")
def take() -> Response:
    """Sign in whom the publisher's token names, unless they are already, or somebody logged in here by themselves."""
    from board.embed.tokens import read_token, use_up

    site = _framing_site()
    try:
        claims = read_token(site, request.form.get("token", ""))
        if not is_needed(site, claims):
            return answer(member=True, is_new=False)
        use_up(site, claims)
        user = member_of(site, claims)
    except TokenRefused as refusal:
        db.session.rollback()
        return answer(REFUSED, error=str(refusal), code=refusal.code, told=refusal.told)
    db.session.commit()
    sign_in(user, stay=False, via="single sign-on")
    session[SIGNED_IN_AS] = [site.id, claims.subject]
    return answer(member=True, is_new=True)


@embed.post("/single-sign-on/end")
def end() -> Response:
    """Sign out whom the publisher's token signed in, because the publisher says that nobody is signed in there."""
    site = _framing_site()
    if current_user.is_authenticated and session.get(SIGNED_IN_AS, [0])[0] == site.id:
        logout_user()
        session.clear()
    return answer(member=bool(current_user.is_authenticated))


def is_needed(site: Site, claims: Claims) -> bool:
    """Tell whether the token changes anything: not for who is signed in by it, nor for who logged in otherwise."""
    if not current_user.is_authenticated:
        return True
    present = session.get(SIGNED_IN_AS)
    return present is not None and present != [site.id, claims.subject]


def answer(status: int = 200, **said: object) -> Response:
    """Answer the frame's script."""
    return private(make_response(jsonify(**said), status))


def _framing_site() -> Site:
    site = present_frame()
    if site is None:
        raise NotThere
    return site


def init_single_sign_on(app: Flask) -> None:
    """Bind the routes, and say what is kept of a member."""
    app.register_blueprint(embed)
    keeps("single_sign_on", export=identities_of, erase=forget_identities)
