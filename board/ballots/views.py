"""A ballot's own page, and the vote."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from board.access import NotAllowed
from board.accounts.addresses import AddressRefused, accept_address
from board.accounts.barred import refuse_barred
from board.accounts.limits import WINDOW_MINUTES, TooManyTries, count_in_network
from board.answers import is_for_everybody, is_fragment, kept, next_path, private
from board.ballots.casting import cast_choice
from board.ballots.choices import MARK_FIELDS, Choice, Counts, Marked, NotAChoice, read_marks
from board.ballots.codes import CodeOver, TooManyCodes, WrongCode, redeem, send_code
from board.ballots.models import Ballot
from board.ballots.origins import origin_of
from board.ballots.papers import load_ballot, load_paper
from board.ballots.placing import BallotView, view_of
from board.ballots.tally import counts_of
from board.ballots.tickets import NoTicket, issue_ticket
from board.ballots.voted import is_alike_for_all, voted_html
from board.ballots.voters import give_device, new_device, remember_address, standing_vote, voter_keys, vouch_for
from board.ballots.votes import AlreadyVoted, Cast, NotOpen, Overtaken, Rewritten, Vote
from board.ballots.waiting import keep_waiting
from board.ballots.wording import SAID, why_not
from board.ballots.write_ins import settled
from board.extensions import commit_and_keep, db

CODES_PER_NETWORK = 600  # in 15 minutes: more than a school asks for, fewer than it takes to be a nuisance by mail

blueprint = Blueprint("ballots", __name__)


@blueprint.get("/ballots/<slug>")
def show(slug: str) -> Response:
    """Show the ballot alone; `?option=` is chosen already, `?change=1` gives the form to who has voted."""
    ballot = load_ballot(slug)
    view = view_of(
        ballot,
        marked=marks_in(ballot, request.args),
        is_changing="change" in request.args,
        back=next_path(""),
    )
    said = SAID.get(request.args.get("said", ""))
    return show_view(replace(view, message=str(said)) if said and view.vote else view)


@blueprint.get("/ballots/<slug>/votes")
def show_form(slug: str) -> Response:
    """Send a reader who comes here by a link to the ballot; only a form votes."""
    return redirect(url_for("ballots.show", slug=load_ballot(slug).slug), 303)


@blueprint.get("/ballots/<slug>/ticket")
def ticket(slug: str) -> Response:
    """Tell the page's script on what to do the ballot's work; a browser without a device's cookie gets one. No vote."""
    ballot = load_ballot(slug)
    device, keys = "", voter_keys(ballot)
    if not keys:
        device, key = new_device()
        keys = [key]
    key, standing = keys[0], standing_vote(ballot)
    made = issue_ticket(ballot, standing.voter_key if standing else key, standing.receipt if standing else "")
    response = make_response({"ticket": made, "bits": ballot.work_bits})
    if device and ballot.who == "anyone":
        give_device(response, device)
    return private(response)


@blueprint.post("/ballots/<slug>/votes")
def vote(slug: str) -> Response:
    """Cast, change or repeat the vote of this request's person."""
    while True:
        try:
            return press(load_paper(slug))
        except Rewritten:  # by an editor, in this very moment
            db.session.rollback()


def press(ballot: Ballot) -> Response:
    """Take what the form says for a vote in the ballot, or ask for what is missing. Raises Rewritten."""
    refuse_barred(current_user, ballot.site_id)
    try:
        choice = ballot.choice_from(read_marks(ballot.method, request.form))
    except NotAChoice as refusal:
        kept = {"address": request.form.get("email", ""), "code_token": request.form.get("token", "")}
        return show_mistake(ballot, 422, error=str(refusal), **kept)
    keys = voter_keys(ballot)
    if not keys:
        return ask_who(ballot, choice)
    return cast(ballot, standing_key(ballot, keys), choice)


def cast(ballot: Ballot, voter_key: str, choice: Choice, *, by_code: bool = False) -> Response:
    """Cast the vote under the key, and answer. Raises Rewritten."""
    try:
        origin = origin_of(ballot, voter_key, by_code=by_code)
        done = cast_choice(ballot, voter_key, choice, request.form.get("write_in", ""), origin)
    except NoTicket:
        return send_again(ballot, voter_key)
    except NotAChoice as refusal:
        db.session.rollback()
        return show_mistake(ballot, 422, error=str(refusal))
    except (NotOpen, AlreadyVoted, Overtaken) as refusal:
        db.session.rollback()
        may_choose_again = isinstance(refusal, Overtaken)
        return show_mistake(ballot, 409, message=why_not(ballot, refusal), is_changing=may_choose_again)
    counts = counts_to_show(ballot)
    commit_and_keep()
    return show_outcome(ballot, choice, done, counts)


def counts_to_show(ballot: Ballot) -> Counts:
    """Return the numbers that the answer to a vote shows, read within its transaction."""
    return counts_of(ballot.id) if is_fragment() and ballot.shows_results(has_voted=True) else Counts()


def standing_key(ballot: Ballot, keys: list[str]) -> str:
    """Return the key under which the person has voted already, else the one to vote under."""
    if len(keys) == 1:
        return keys[0]
    query = select(Vote.voter_key).where(Vote.ballot_id == ballot.id, Vote.voter_key.in_(keys))
    voted = set(db.session.scalars(query))
    return next((key for key in keys if key in voted), keys[0])


def ask_who(ballot: Ballot, choice: Choice) -> Response:
    """Ask for what the ballot has to know first; the choice is kept."""
    if ballot.who == "anyone":
        return send_again(ballot)
    if current_user.is_authenticated:
        raise NotAllowed(_("Confirm your e-mail address first. Then you can vote."))
    if ballot.who == "email" and "again" in request.form:
        return show_mistake(ballot, 200, address=request.form.get("email", ""))
    if ballot.who == "email":
        return vote_by_code(ballot, choice) if "token" in request.form else ask_for_code(ballot)
    back = url_for("ballots.show", slug=ballot.slug, next=next_path("") or None, **marks_to_carry(ballot.method))
    response = go_to(url_for("security.login", next=back))
    keep_waiting(response, ballot, choice, request.form.get("write_in", ""))
    return response


def marks_to_carry(method: str) -> dict[str, Any]:
    """Return the fields of the form with its marks, for an address that shows the form filled in like this."""
    prefix = MARK_FIELDS.get(method, "option")
    names = [name for name in request.form if name == "write_in" or name.startswith(("option", prefix))]
    return {name: [value for value in request.form.getlist(name) if value] for name in names}


def ask_for_code(ballot: Ballot) -> Response:
    """Mail a code to the address in the form, and show the same form with a field for it."""
    typed = request.form.get("email", "").strip()
    if not ballot.is_open:
        return show_mistake(ballot, 409, message=why_not(ballot, NotOpen()))
    try:
        address = accept_address(typed)
        count_in_network("vote_code", CODES_PER_NETWORK)
        token = send_code(load_ballot(ballot.slug), address)
    except TooManyTries:
        return show_mistake(ballot, 429, address=typed, address_error=too_many_codes())
    except AddressRefused as refusal:
        return show_mistake(ballot, 422, address=typed, address_error=str(refusal))
    except TooManyCodes:
        db.session.commit()
        text = _("This address has had several mails from us just now. Try again in a few hours.")
        return show_mistake(ballot, 429, address=typed, address_error=text)
    db.session.commit()
    return show_mistake(ballot, 200, address=typed, code_token=token)


def too_many_codes() -> str:
    """Say that readers of this network have had their codes for now."""
    text = ngettext(
        "Readers of your network have had many codes just now. Wait %(num)d minute, then press the button again.",
        "Readers of your network have had many codes just now. Wait %(num)d minutes, then press the button again.",
        WINDOW_MINUTES,
    )
    return str(text)


def vote_by_code(ballot: Ballot, choice: Choice) -> Response:
    """Cast the vote of the address whose code is in the form. A repeated press counts once."""
    token, typed = request.form["token"], request.form.get("email", "")
    try:
        voter_key, is_first, doubts = redeem(ballot, token, request.form.get("code", ""))
    except WrongCode:
        db.session.commit()
        text = _("That is not the code in the mail. Check the six digits and try again.")
        return show_mistake(ballot, 422, address=typed, code_token=token, code_error=text)
    except CodeOver:
        db.session.rollback()
        text = _("This code is used up or too old. Press the button for a new one.")
        return show_mistake(ballot, 422, address=typed, address_error=text)
    if not is_first and not is_standing(ballot, voter_key, choice):
        db.session.rollback()
        text = _("This code is used up or too old. Press the button for a new one.")
        return show_mistake(ballot, 422, address=typed, address_error=text)
    vouch_for(voter_key, doubts)
    response = cast(ballot, voter_key, choice, by_code=True)
    remember_address(response, voter_key, doubts)
    return response


def is_standing(ballot: Ballot, voter_key: str, choice: Choice) -> bool:
    """Tell whether the voter's vote is this choice already, so that casting it again changes nothing."""
    standing = db.session.get(Vote, (ballot.id, voter_key))
    try:
        final = settled(ballot, choice, request.form.get("write_in", ""))
    except NotAChoice:
        return False
    return standing is not None and standing.choice == final


def send_again(ballot: Ballot, voter_key: str = "") -> Response:
    """Give the browser a ticket, and a device's cookie if it has none, and have it send the same form by itself."""
    if "ticket" in request.args:
        text = _("The form for this vote is too old. Choose again and press the button.")
        if not voter_key:
            text = _("Your browser keeps no cookies for this site, so it cannot vote. Allow them, or log in.")
        return show_mistake(ballot, 409, message=text)
    device, standing = "", None
    if voter_key:
        standing = db.session.get(Vote, (ballot.id, voter_key))
    else:
        device, voter_key = new_device()
    ticket = issue_ticket(ballot, voter_key, standing.receipt if standing else "")
    response = make_response(redirect(url_for("ballots.vote", slug=ballot.slug, ticket=ticket), 307))
    if device:
        give_device(response, device)
    return private(response)


def show_outcome(ballot: Ballot, choice: Choice, done: Cast, counts: Counts) -> Response:
    """Answer a vote: the ballot itself to the page's script, else the way to a page that shows the reader's vote."""
    back = next_path("")
    if is_fragment() and is_alike_for_all(ballot) and (html := voted_html(ballot, choice, done, counts, back)):
        return private(make_response(html))
    if is_fragment():
        return show_view(view_of(load_ballot(ballot.slug), message=str(SAID[done.outcome.value]), back=back))
    if back:
        return redirect(f"{back.partition('#')[0]}#ballot-{ballot.slug}", 303)
    return redirect(url_for("ballots.show", slug=ballot.slug, said=done.outcome.value), 303)


def show_mistake(ballot: Ballot, status: int, **more: Any) -> Response:
    """Show the ballot as it is, with what is wrong or missing; what was chosen stays chosen."""
    marked = marks_in(ballot, request.form)
    return show_view(
        view_of(load_ballot(ballot.slug), marked=marked, is_refused=True, back=next_path(""), **more), status
    )


def marks_in(ballot: Ballot, fields: "MultiDict[str, str]") -> Marked:
    """Return the marks that the form is to show, whether or not they are a choice."""
    try:
        return read_marks(ballot.method, fields)
    except NotAChoice:
        return Marked()


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
