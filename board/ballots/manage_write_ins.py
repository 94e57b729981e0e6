"""`/manage/ballots/<slug>/write-ins`: what voters suggested, to be listed, merged or left out."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from board.access import load
from board.accounts.current import staff
from board.answers import private
from board.ballots import write_ins
from board.ballots.manage import load_ballot
from board.ballots.models import Ballot, BallotOption
from board.extensions import db

blueprint = Blueprint("manage_write_ins", __name__, url_prefix="/manage/ballots/<slug>/write-ins")

UNPROCESSABLE = 422


@blueprint.get("")
def waiting(slug: str) -> Response:
    """List the suggestions that wait, those with the most votes first."""
    return waiting_page(load_ballot(slug, staff("editor")))


@blueprint.post("/<int:option_id>/acceptance")
def accept(slug: str, option_id: int) -> BaseResponse:
    """List a suggestion among the options."""
    user = staff("editor")
    ballot = load_ballot(slug, user)
    option = load_write_in(ballot, option_id)
    write_ins.accept(ballot, option, by=user)
    return decided(ballot, _("“%(text)s” is an option now, with the votes it has.", text=option.text))


@blueprint.post("/<int:option_id>/refusal")
def refuse(slug: str, option_id: int) -> BaseResponse:
    """Leave a suggestion out."""
    user = staff("editor")
    ballot = load_ballot(slug, user)
    option = load_write_in(ballot, option_id)
    write_ins.refuse(ballot, option, by=user)
    return decided(ballot, _("“%(text)s” is left out.", text=option.text))


@blueprint.post("/<int:option_id>/merger")
def merge(slug: str, option_id: int) -> BaseResponse:
    """Count a suggestion's votes for a listed option."""
    user = staff("editor")
    ballot = load_ballot(slug, user)
    option = load_write_in(ballot, option_id)
    into = ballot.option(request.form.get("into", 0, type=int))
    if into is None:
        return waiting_page(ballot, faulty_id=option_id)
    write_ins.merge(ballot, option, into, by=user)
    return decided(ballot, _("“%(text)s” counts for “%(into)s” now.", text=option.text, into=into.text))


def load_write_in(ballot: Ballot, option_id: int) -> BallotOption:
    """Return the option, whatever became of it. Raises NotThere."""
    return load(select(BallotOption).where(BallotOption.id == option_id, BallotOption.ballot_id == ballot.id))


def waiting_page(ballot: Ballot, faulty_id: int = 0) -> Response:
    """Answer with the list; `faulty_id` is a suggestion for which no option was chosen."""
    found = write_ins.waiting(ballot)
    html = render_template("ballots/manage/write_ins.html", ballot=ballot, write_ins=found, faulty_id=faulty_id)
    return private(make_response(html, UNPROCESSABLE if faulty_id else 200))


def decided(ballot: Ballot, text: str) -> BaseResponse:
    """Commit, and show what else waits."""
    slug = ballot.slug
    db.session.commit()
    flash(text, "success")
    return redirect(url_for("manage_write_ins.waiting", slug=slug), 303)
