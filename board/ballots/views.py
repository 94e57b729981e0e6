"""A ballot's own page, and the vote."""

from dataclasses import replace

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.access import NotAllowed, NotThere, load
from board.answers import is_for_everybody, is_fragment, kept, next_path, private
from board.ballots.models import Ballot
from board.ballots.placing import BallotView, view_of
from board.ballots.terms import is_slug
from board.ballots.voters import give_device, voter_keys
from board.ballots.votes import AlreadyVoted, NotOpen, Outcome, Vote, cast_vote
from board.extensions import db

blueprint = Blueprint("ballots", __name__)

COOKIE_SENT = "sent"  # in the address to which a first vote is sent again
SAID = {
    Outcome.CAST.value: _l("Thank you, your vote is counted."),
    Outcome.CHANGED.value: _l("Your vote is changed."),
    Outcome.SAME.value: _l("This is your vote already. It counts once."),
}


@blueprint.get("/ballots/<slug>")
def show(slug: str) -> Response:
    """Show the ballot alone; `?option=` is chosen already, `?change=1` gives the form to who has voted."""
    view = view_of(
        load_ballot(slug),
        selected=request.args.get("option", type=int),
        is_changing="change" in request.args,
        back=next_path(""),
    )
    said = SAID.get(request.args.get("said", ""))
    return show_view(replace(view, message=str(said)) if said and view.vote else view)


@blueprint.get("/ballots/<slug>/votes")
def show_form(slug: str) -> Response:
    """Send a reader who comes here by a link to the ballot; only a form votes."""
    return redirect(url_for("ballots.show", slug=load_ballot(slug).slug), 303)


@blueprint.post("/ballots/<slug>/votes")
def vote(slug: str) -> Response:
    """Cast, change or repeat the vote of this request's person."""
    ballot = load_ballot(slug)
    option = ballot.option(request.form.get("option", 0, type=int))
    if option is None:
        return show_mistake(ballot, 422, error=_("Choose one of the options, then press the button again."))
    keys = voter_keys(ballot)
    if not keys:
        return ask_who(ballot, option.id)
    try:
        outcome = cast_vote(ballot, standing_key(ballot, keys), [option.id])
    except (NotOpen, AlreadyVoted) as refusal:
        db.session.rollback()
        return show_mistake(ballot, 409, message=why_not(ballot, refusal))
    db.session.commit()
    return show_outcome(ballot, outcome)


def load_ballot(slug: str) -> Ballot:
    """Return the published ballot. Raises NotThere."""
    if not is_slug(slug):
        raise NotThere
    return load(select(Ballot).where(Ballot.slug == slug, Ballot.state != "draft"))


def standing_key(ballot: Ballot, keys: list[str]) -> str:
    """Return the key under which the person has voted already, else the one to vote under."""
    query = select(Vote.voter_key).where(Vote.ballot_id == ballot.id, Vote.voter_key.in_(keys))
    voted = set(db.session.scalars(query))
    return next((key for key in keys if key in voted), keys[0])


def ask_who(ballot: Ballot, option_id: int) -> Response:
    """Ask for what the ballot has to know first; the choice is kept."""
    if ballot.who == "anyone":
        return send_again_with_device(ballot)
    if current_user.is_authenticated:
        raise NotAllowed(_("Confirm your e-mail address first. Then you can vote."))
    back = url_for("ballots.show", slug=ballot.slug, option=option_id, next=next_path("") or None)
    return go_to(url_for("security.login", next=back))


def send_again_with_device(ballot: Ballot) -> Response:
    """Give the browser a device's cookie and have it send the same form once more, by itself."""
    if request.args.get("cookie") == COOKIE_SENT:
        text = _(
            "Your browser keeps no cookies for this site, so the vote cannot be counted once. Allow them, or log in."
        )
        return show_mistake(ballot, 409, message=text)
    response = redirect(url_for("ballots.vote", slug=ballot.slug, cookie=COOKIE_SENT), 307)
    give_device(response)  # type: ignore[arg-type]
    return private(response)  # type: ignore[arg-type]


def why_not(ballot: Ballot, refusal: Exception) -> str:
    """Say why the vote was not taken."""
    if isinstance(refusal, AlreadyVoted):
        return str(_("You have voted already. This ballot takes one choice, and yours stands."))
    if ballot.has_closed:
        return str(_("Voting has closed. This vote was not counted."))
    return str(_("Voting has not opened yet. This vote was not counted."))


def show_outcome(ballot: Ballot, outcome: Outcome) -> Response:
    """Answer a vote: the ballot itself to the page's script, else the way to a page that shows the reader's vote."""
    back = next_path("")
    if is_fragment():
        return show_view(view_of(ballot, message=str(SAID[outcome.value]), back=back))
    if back:
        return redirect(f"{back.partition('#')[0]}#ballot-{ballot.slug}", 303)
    return redirect(url_for("ballots.show", slug=ballot.slug, said=outcome.value), 303)


def show_mistake(ballot: Ballot, status: int, **more: str) -> Response:
    """Show the ballot as it is, with what went wrong; what was chosen stays chosen."""
    selected = request.form.get("option", type=int)
    return show_view(view_of(ballot, selected=selected, is_refused=True, back=next_path(""), **more), status)


def show_view(view: BallotView, status: int = 200) -> Response:
    """Answer with the ballot, alone or as a page."""
    template = "ballots/_ballot.html" if is_fragment() else "ballots/ballot.html"
    response = make_response(render_template(template, view=view), status)
    return kept(response, is_public=request.method == "GET" and not view.is_personal and is_for_everybody())


def go_to(path: str) -> Response:
    """Send the browser to another page, from a form or from the page's script."""
    if not is_fragment():
        return redirect(path, 303)
    response = make_response("", 401)
    response.headers["HX-Redirect"] = path
    return private(response)
