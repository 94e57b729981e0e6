"""The ledger's page for people, its file for machines, the check of a receipt, and the page that verifies offline."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request, stream_with_context
from flask_babel import gettext as _
from sqlalchemy import select

from board.access import NotThere
from board.answers import is_for_everybody, is_fragment, kept, private
from board.ballots.ledger import copies
from board.ballots.ledger.chain import head_of
from board.ballots.ledger.lines import RESULT
from board.ballots.ledger.models import Seal
from board.ballots.ledger.offline import offline_page, offline_policy
from board.ballots.ledger.publishing import published
from board.ballots.ledger.receipts import find, tidy_receipt
from board.ballots.models import Ballot
from board.ballots.papers import load_ballot
from board.extensions import db

blueprint = Blueprint("ballots_ledger", __name__)

SHOWN_ENTRIES = 10
JSON_LINES = "application/jsonl; charset=utf-8"
# A seal comes once a minute; whoever needs the newest asks with the ETag they have.
KEPT_FOR_A_MINUTE = "public, max-age=0, s-maxage=60, stale-while-revalidate=600"


@blueprint.get("/ballots/<slug>/ledger")
def show(slug: str) -> Response:
    """Show what the ledger is, its latest entries, and the form that checks a receipt."""
    response = make_response(show_ledger(load_ballot(slug)))
    return kept(response, is_public=is_for_everybody())


@blueprint.get("/ballots/<slug>/ledger.jsonl")
def lines(slug: str) -> Response:
    """Give out the whole ledger, one record a line. Can be asked for conditionally, and in parts."""
    ballot = load_ballot(slug)
    head = head_of(ballot.id)
    if head is None:
        raise NotThere
    try:
        response = _from_copy(ballot)
    except OSError:  # nowhere to keep a copy: the same bytes, made for this reader
        made = (part for _seal, parts in published(ballot.id) for part in parts)
        response = Response(stream_with_context(made), mimetype=JSON_LINES)
        response.set_etag(head.hash)
    response.headers["Cache-Control"] = KEPT_FOR_A_MINUTE
    response.headers["Content-Disposition"] = f'attachment; filename="{ballot.slug}.jsonl"'
    return response


@blueprint.post("/ballots/<slug>/ledger/receipts")
def check(slug: str) -> Response:
    """Show where the vote with the receipt is; `proof` gives the proof as a file."""
    ballot, typed = load_ballot(slug), request.form.get("receipt", "").strip()
    receipt = tidy_receipt(typed)
    found = find(ballot, receipt) if receipt else None
    if found and "proof" in request.form:
        return private(_as_file(f"{ballot.slug}-proof.json", json.dumps(found.proof, indent=2), "application/json"))
    error = "" if found else _why_not_found(receipt)
    parts = {"typed": typed, "found": found, "error": error}
    if is_fragment():
        return private(make_response(render_template("ballots/ledger/_receipt.html", ballot=ballot, **parts)))
    return private(make_response(show_ledger(ballot, **parts), 200 if found else 422))


@blueprint.get("/ballots/<slug>/verify")
def verify(slug: str) -> Response:
    """Give out the page that verifies a ledger by itself, here or saved and opened offline."""
    load_ballot(slug)
    page = offline_page()
    response = make_response(page)
    response.headers["Content-Security-Policy"] = offline_policy(page)
    return kept(response, is_public=is_for_everybody())


def show_ledger(ballot: Ballot, **receipt: Any) -> str:
    """Render the page."""
    query = select(Seal).where(Seal.ballot_id == ballot.id).order_by(Seal.number.desc()).limit(SHOWN_ENTRIES)
    latest = list(db.session.scalars(query))
    result = head_of(ballot.id, (RESULT,))
    return render_template(
        "ballots/ledger/ledger.html", ballot=ballot, latest=latest, result=result, **{"typed": "", **receipt}
    )


def _why_not_found(receipt: str) -> str:
    if not receipt:
        return str(
            _("A receipt is 32 letters and digits, from 0 to 9 and a to f. Copy it from the page after your vote.")
        )
    return str(_("No vote in this ballot has this receipt. Check each letter, and that it is this ballot’s."))


def _from_copy(ballot: Ballot) -> Response:
    """Return the bytes from this machine's copy. Raises OSError."""
    file, copy = copies.up_to_date(ballot)
    db.session.rollback()  # a slow reader must hold no connection
    response = Response(copies.read(file, 0, copy.size), mimetype=JSON_LINES)
    response.content_length = copy.size
    response.set_etag(copy.hash)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=copy.size)
    return response


def _as_file(name: str, text: str, mimetype: str) -> Response:
    response = current_app.response_class(text, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
