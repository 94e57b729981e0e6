"""A ballot's result for programs; the same as beside its page."""

from flask import Blueprint, Response

from board.ballots.papers import load_ballot
from board.ballots.result_views import answer_json

api = Blueprint("api_ballots", __name__, url_prefix="/api/v1/ballots")


@api.get("/<slug>/results")
def results(slug: str) -> Response:
    """Return the result as far as this reader may see it; 403 and why while it is hidden."""
    return answer_json(load_ballot(slug))
