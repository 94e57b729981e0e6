"""The feed of what waits too long, and the pages where its secret address is made, made anew and withdrawn."""

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, session, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.access import NotThere, load
from board.accounts.current import staff
from board.accounts.limits import count_in_network
from board.accounts.models import User
from board.accounts.reach import reach
from board.answers import private
from board.articles.models import Site
from board.extensions import db
from board.moderation.overdue_feed import atom_feed, find_feed, has_feed, make_feed, withdraw_feed
from board.moderation.views import blueprint

NEW_ADDRESS = "new_overdue_feed"
PER_NETWORK = 120  # looks in 15 minutes: a newsroom's feed readers behind one address, not a search for keys


@blueprint.get("/moderation/waiting/<key>.atom")
def overdue_feed(key: str) -> Response:
    """Give the feed to whoever holds its address; every other address is as if there were nothing."""
    count_in_network("overdue_feed", PER_NETWORK)
    db.session.commit()
    feed = find_feed(key)
    written = atom_feed(feed) if feed else None
    if written is None:
        raise NotThere
    answer = private(FlaskResponse(written, mimetype="application/atom+xml"))
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return answer


@blueprint.get("/moderation/feed")
def own_feed() -> Response:
    """Show a moderator whether there is a feed of their sites; its new address this once."""
    user = staff("moderator")
    return private(make_response(render_template("moderation/own_feed.html", feed=feed_of(user))))


@blueprint.post("/moderation/feed")
def make_own_feed() -> Response:
    """Make the moderator's feed, or a new address for it."""
    user = staff("moderator")
    return _made(user, user, url_for(".own_feed"))


@blueprint.post("/moderation/feed/withdrawal")
def withdraw_own_feed() -> Response:
    """Let the address of the moderator's feed work no more."""
    user = staff("moderator")
    return _withdrawn(user, user, url_for(".own_feed"))


@blueprint.post("/manage/sites/<int:number>/notices/feed")
def make_site_feed(number: int) -> Response:
    """Make the site's feed, or a new address for it."""
    editor = staff("editor")
    return _made(load_site(number, editor), editor, url_for(".overdue", number=number))


@blueprint.post("/manage/sites/<int:number>/notices/feed/withdrawal")
def withdraw_site_feed(number: int) -> Response:
    """Let the address of the site's feed work no more."""
    editor = staff("editor")
    return _withdrawn(load_site(number, editor), editor, url_for(".overdue", number=number))


def load_site(number: int, editor: User) -> Site:
    """Return the site if it is within the editor's reach. Raises NotThere."""
    return load(select(Site).where(Site.id == number, reach(editor, "editor").covers(Site.id)))


def feed_of(owner: Site | User) -> dict[str, object]:
    """Return what a page shows of the owner's feed: whether there is one, and its address once after it was made."""
    made_for, address = session.get(NEW_ADDRESS, ("", ""))
    if made_for != _name(owner):
        return {"exists": has_feed(owner), "address": ""}
    del session[NEW_ADDRESS]
    return {"exists": has_feed(owner), "address": address}


def _made(owner: Site | User, by: User, back: str) -> Response:
    address = make_feed(owner, by)
    db.session.commit()
    session[NEW_ADDRESS] = (_name(owner), address)  # in this person's cookie; the database has only the hash
    return redirect(back, 303)


def _withdrawn(owner: Site | User, by: User, back: str) -> Response:
    if withdraw_feed(owner, by):
        flash(_("The feed’s address no longer works."), "success")
    db.session.commit()
    return redirect(back, 303)


def _name(owner: Site | User) -> str:
    return f"{owner.__tablename__} {owner.id}"
