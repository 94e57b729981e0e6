"""The ledger's page for people, its file for machines, and the check of a receipt."""

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from board.answers import is_for_everybody, kept
from board.ballots.ledger.chain import head_of
from board.ballots.views import load_ballot

blueprint = Blueprint("ballots_ledger", __name__)


@blueprint.get("/ballots/<slug>/ledger")
def show(slug: str) -> Response:
    """Show what the ledger is, its latest seals, and the form that checks a receipt."""
    ballot = load_ballot(slug)
    response = make_response(render_template("ballots/ledger/ledger.html", ballot=ballot, head=head_of(ballot.id)))
    return kept(response, is_public=is_for_everybody())
