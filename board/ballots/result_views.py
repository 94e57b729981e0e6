"""`/ballots/<slug>/results` and what belongs to it: CSV, JSON, the share picture, the integrity report.

A hidden ballot's answers hold no number that depends on a vote, whoever asks in whatever form. Only how many voted, and
what became of their votes, is public after the close even where an editor has not shown the result yet.
"""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from board.access import NotThere
from board.accounts.current import staff
from board.answers import is_for_everybody, kept, private
from board.ballots.drawable import can_be_drawn
from board.ballots.exports import as_csv, as_json, described
from board.ballots.integrity import FEWEST, integrity_of
from board.ballots.manage import load_ballot as load_any_ballot
from board.ballots.models import Ballot
from board.ballots.papers import load_ballot
from board.ballots.placing import BallotView
from board.ballots.results import result_of, show_results
from board.ballots.showing import moment_label, page_of
from board.ballots.voters import is_known_reader, standing_vote
from board.extensions import db

blueprint = Blueprint("ballot_results", __name__)

FORBIDDEN = 403


@blueprint.get("/ballots/<slug>/results")
def results(slug: str) -> Response:
    """Show the result with its charts, or say when it will be shown."""
    ballot = load_ballot(slug)
    view = view_for_reader(ballot)
    page = page_of(result_of(ballot)) if view.shows_results else None
    html = render_template("ballots/results.html", ballot=ballot, view=view, page=page)
    return for_all_or_one(make_response(html))


@blueprint.get("/ballots/<slug>/results.csv")
def results_csv(slug: str) -> Response:
    """Give the result as a table."""
    ballot = load_ballot(slug)
    if not may_see(ballot):
        return private(Response(f"{when_shown(ballot)}\n", FORBIDDEN, mimetype="text/plain"))
    response = Response(as_csv(result_of(ballot)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{ballot.slug}.csv"'
    return for_all_or_one(response)


@blueprint.get("/ballots/<slug>/results.json")
def results_json(slug: str) -> Response:
    """Give the result to programs."""
    return answer_json(load_ballot(slug))


@blueprint.get("/ballots/<slug>/integrity")
def integrity(slug: str) -> Response:
    """Tell, after the close, what was cast, changed, set aside and voided, and why."""
    ballot = load_ballot(slug)
    report = integrity_of(result_of(ballot)) if ballot.has_closed else None
    view = view_for_reader(ballot)
    html = render_template("ballots/integrity.html", ballot=ballot, view=view, report=report, fewest=FEWEST)
    return for_all_or_one(make_response(html))


@blueprint.get("/ballots/<slug>/share.png")
def share_picture(slug: str) -> Response:
    """Give the picture that stands beside a link to the ballot; the same for everybody. 404 where no font has it."""
    ballot = load_ballot(slug)
    from board.ballots.share_picture import draw

    if not can_be_drawn(ballot):
        raise NotThere
    shown = result_of(ballot) if ballot.shows_results(has_voted=False) else None
    return for_all_or_one(Response(draw(ballot, shown), mimetype="image/png"))


@blueprint.post("/manage/ballots/<slug>/results")
def show(slug: str) -> BaseResponse:
    """Show the results that an editor has kept back. Repeating it changes nothing."""
    user = staff("editor")
    ballot = load_any_ballot(slug, user)
    show_results(ballot, by=user)
    db.session.commit()
    flash(_("Everybody sees the results now."), "success")
    return redirect(url_for("manage_ballots.ballot", slug=ballot.slug), 303)


def answer_json(ballot: Ballot) -> Response:
    """Answer with the result, or with what is known of the ballot and when the result is shown."""
    if may_see(ballot):
        response = for_all_or_one(jsonify(as_json(result_of(ballot))))
    else:
        response = private(jsonify(described(ballot) | {"error": when_shown(ballot)}))
        response.status_code = FORBIDDEN
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def may_see(ballot: Ballot) -> bool:
    """Tell whether this request's person may see the numbers."""
    return view_for_reader(ballot).shows_results


def view_for_reader(ballot: Ballot) -> BallotView:
    """Return the ballot with this request's person's vote, without its numbers."""
    return BallotView(ballot, vote=standing_vote(ballot) if is_known_reader() else None)


def when_shown(ballot: Ballot) -> str:
    """Say when the results are shown."""
    if ballot.results == "by-hand":
        return str(_("The results are not shown yet. The editors show them after voting has closed."))
    if ballot.results == "after-vote":
        return str(_("Vote first. Then you see the results; everybody sees them when voting has closed."))
    return str(_("The results are shown when voting has closed."))


def for_all_or_one(response: Response) -> Response:
    """Let the answer be kept for everybody, unless it was made for a reader we know."""
    return kept(response, is_public=is_for_everybody() and not is_known_reader())


def context() -> dict[str, Any]:
    """Give templates the words and labels of results."""
    return {"when_shown": when_shown, "moment_label": moment_label, "has_share_picture": can_be_drawn}


blueprint.app_context_processor(context)
