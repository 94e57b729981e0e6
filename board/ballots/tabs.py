"""From a frame on a publisher's page into a tab of Board's own, as the browser that voted in the frame.

A frame's cookies are partitioned, so to the tab its browser would be another device, which could vote again. So what
leads out of a ballot voted in is a form with a signed ticket, and the tab takes over the names that the device has in
the frame, beside its own. The ticket is for one ballot and an hour, stands in an answer for this voter alone and never
in an address; and the form is taken from Board's own pages only, so that nobody can bring others into a tab that
votes, and is shown receipts, as another browser. A tab that takes over more names has fewer
votes, not more, up to the few that a cookie holds; beyond that it is as if its cookies had been cleared.
See docs/decisions/0007.
"""

from datetime import timedelta

from flask import Blueprint, current_app, g, make_response, redirect, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from board.answers import private
from board.ballots.models import Ballot
from board.ballots.papers import load_ballot
from board.ballots.voters import device_names, join_device
from board.csrf import ForeignOrigin, is_from_own_page
from board.extensions import csrf

TICKET_LASTS = timedelta(hours=1)  # a frame stays open while one reads; then its links lead to the tab as it is

blueprint = Blueprint("ballot_tabs", __name__)


@blueprint.post("/ballots/<slug>/tab")
@csrf.exempt  # type: ignore[untyped-decorator]  # a frame has no token of the tab's session; the origin is checked
def enter(slug: str) -> Response:
    """Lead to the ballot's results or ledger, as the device that the ticket was made out for."""
    if not is_from_own_page():
        raise ForeignOrigin
    ballot = load_ballot(slug)
    to_ledger = request.form.get("to") == "ledger"
    path = url_for("ballots_ledger.show", slug=ballot.slug, _anchor="receipt") if to_ledger else ""
    response = make_response(redirect(path or url_for("ballot_results.results", slug=ballot.slug), 303))
    if names := _names_in(request.form.get("ticket", ""), ballot):
        join_device(response, names)
    return private(response)


def tab_ticket(ballot: Ballot) -> str:
    """Return the ticket of the device that asks from inside a frame; empty anywhere else, and without its cookie."""
    if "frame" not in g or ballot.who != "anyone" or not (names := device_names()):
        return ""
    return str(_signer(ballot).dumps(" ".join(names)))


def _names_in(ticket: str, ballot: Ballot) -> list[str]:
    """Return the names in the ticket; none if it is not one of the ballot's, or is too old."""
    try:
        return str(_signer(ballot).loads(ticket, max_age=int(TICKET_LASTS.total_seconds()))).split()
    except BadData:
        return []


def _signer(ballot: Ballot) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"ballot tab {ballot.id}")
