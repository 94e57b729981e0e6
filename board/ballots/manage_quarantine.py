"""`/manage/ballots/…/quarantine`: the votes that wait for an editor, and what to do with them."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from board.access import load
from board.accounts.current import staff
from board.answers import private
from board.ballots.manage import load_ballot
from board.ballots.origins import has_unknown_proxy
from board.ballots.quarantine import Decision, decide, decisions_on, undo
from board.ballots.quarantine_groups import GROUPS_SHOWN, by_reason, groups_in
from board.ballots.tally import QUARANTINED, TURNOUT, counts_of

blueprint = Blueprint("manage_quarantine", __name__, url_prefix="/manage/ballots/<slug>/quarantine")


@blueprint.get("")
def quarantine(slug: str) -> Response:
    """Show the groups that wait, and the latest decisions."""
    ballot = load_ballot(slug, staff("editor"))
    groups = groups_in(ballot)
    html = render_template(
        "ballots/manage/quarantine.html",
        ballot=ballot,
        reasons=by_reason(groups),
        waiting=counts_of(ballot.id)[TURNOUT, QUARANTINED],
        is_cut=len(groups) == GROUPS_SHOWN,
        decisions=decisions_on(ballot),
        has_unknown_proxy=has_unknown_proxy(),
    )
    return private(make_response(html))


@blueprint.post("/decisions")
def decision(slug: str) -> BaseResponse:
    """Count or void the votes of a group."""
    user = staff("editor")
    ballot = load_ballot(slug, user)
    fields = (request.form.get(name, "").replace("\0", "").strip() for name in ("group", "verdict", "note"))
    group, verdict, note = fields
    made = decide(ballot, group, verdict, note=note, by=user)
    if made.verdict == "counted":
        text = ngettext("%(num)s vote counts now.", "%(num)s votes count now.", made.votes)
    else:
        text = ngettext("%(num)s vote is void now.", "%(num)s votes are void now.", made.votes)
    flash(text, "success")
    return redirect(url_for("manage_quarantine.quarantine", slug=slug), 303)


@blueprint.post("/decisions/<int:decision_id>/reversal")
def reversal(slug: str, decision_id: int) -> BaseResponse:
    """Take a decision back: its votes wait again."""
    user = staff("editor")
    ballot = load_ballot(slug, user)
    made = load(select(Decision).where(Decision.id == decision_id, Decision.ballot_id == ballot.id))
    undo(ballot, made, by=user)
    flash(_("Undone. The votes wait again."), "success")
    return redirect(url_for("manage_quarantine.quarantine", slug=slug), 303)
