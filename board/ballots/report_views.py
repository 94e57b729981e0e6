"""The sponsor's report, at its secret link and for editors; and where browsers tell what was seen and pressed."""

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from board.access import NotThere, load
from board.accounts.current import staff
from board.answers import private
from board.ballots.audience import KINDS
from board.ballots.manage import load_ballot, saved
from board.ballots.models import Ballot
from board.ballots.report import address_of, has_link, make_link, opens, report_of, withdraw_links
from board.ballots.terms import is_slug
from board.csrf import ForeignOrigin, is_from_own_page
from board.extensions import csrf, db

blueprint = Blueprint("ballot_report", __name__)

MAX_KEY_CHARACTERS = 64
MAX_PATH_CHARACTERS = 1000
NEW_LINK = "new_report_link"


@blueprint.post("/ballots/<slug>/audience")
@csrf.exempt  # type: ignore[untyped-decorator]  # it says nothing about a person and does nothing for one; the origin is checked
def audience(slug: str) -> Response:
    """Take from a page's script that the ballot was seen, or a sponsor's link pressed."""
    kind, place = request.form.get("kind", ""), request.form.get("place", "")
    if not is_from_own_page():
        raise ForeignOrigin
    if kind not in KINDS or not is_slug(slug):
        return private(Response(status=400))
    ballot_id = db.session.scalar(select(Ballot.id).where(Ballot.slug == slug, Ballot.state != "draft"))
    if ballot_id is None:
        raise NotThere
    current_app.extensions["audience"].note(ballot_id, place[:MAX_PATH_CHARACTERS], kind)
    return private(Response(status=204))


@blueprint.get("/ballots/<slug>/report/<key>")
def sponsors(slug: str, key: str) -> Response:
    """Show the report to whoever holds its link."""
    ballot = load(select(Ballot).where(Ballot.slug == slug, Ballot.state != "draft")) if is_slug(slug) else None
    if ballot is None or len(key) > MAX_KEY_CHARACTERS or not opens(ballot, key):
        raise NotThere
    response = private(make_response(render_template("ballots/report/sponsor.html", report=report_of(ballot))))
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return response


@blueprint.get("/manage/ballots/<slug>/report")
def editors(slug: str) -> Response:
    """Show an editor what the sponsor sees, and whether there is a link to it; a new one this once."""
    ballot = load_ballot(slug, staff("editor"))
    made_for, address = session.pop(NEW_LINK, ("", ""))
    html = render_template(
        "ballots/manage/report.html",
        report=report_of(ballot),
        ballot=ballot,
        new_link=address if made_for == slug else "",
        has_link=has_link(ballot),
    )
    return private(make_response(html))


@blueprint.post("/manage/ballots/<slug>/report/link")
def link(slug: str) -> BaseResponse:
    """Make a new link for the sponsor, and go to the page that shows it once."""
    user = staff("editor")
    ballot = load_ballot(slug, user)
    key = make_link(ballot, by=user)
    db.session.commit()
    session[NEW_LINK] = (slug, address_of(ballot, key))  # in this editor's cookie; the database has only the hash
    return redirect(url_for("ballot_report.editors", slug=slug), 303)


@blueprint.post("/manage/ballots/<slug>/report/link/withdrawal")
def withdraw(slug: str) -> BaseResponse:
    """Let the sponsor's link work no more."""
    user = staff("editor")
    ballot = load_ballot(slug, user)
    withdraw_links(ballot, by=user)
    return saved(ballot, _("The link to the sponsor’s report no longer works."))
