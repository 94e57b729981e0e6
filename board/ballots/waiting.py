"""A choice made before logging in: it waits in this browser and is cast by the log-in that it asked for.

The cookie is signed and short-lived. It is only used by a log-in that leads back to the ballot, so that whoever logs in
later on a shared computer casts nothing that somebody else has chosen.
"""

from typing import Any

from flask import Flask, after_this_request, current_app, flash, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.answers import next_path
from board.ballots.casting import cast_choice
from board.ballots.choices import Choice, Marked, NotAChoice
from board.ballots.models import MAX_OPTION_CHARACTERS, Ballot
from board.ballots.origins import origin_of
from board.ballots.voters import voter_keys
from board.ballots.votes import AlreadyVoted, NotOpen
from board.ballots.wording import SAID, why_not
from board.extensions import db

COOKIE = "waiting_vote"  # not one of those that make a page personal: no page shows it
SECONDS = 30 * 60


def keep_waiting(response: Response, ballot: Ballot, choice: Choice, write_in: str) -> None:
    """Keep the choice in this browser until its voter has logged in."""
    response.set_cookie(
        COOKIE,
        _signer().dumps([ballot.slug, choice, write_in[:MAX_OPTION_CHARACTERS]]),
        max_age=SECONDS,
        secure=current_app.config["BOARD"].is_https,
        httponly=True,
        samesite="Lax",
    )


def cast_waiting(_app: Flask, **_more: Any) -> None:
    """Cast what waits for the member who has just logged in, and say what came of it."""
    if COOKIE not in request.cookies:
        return
    after_this_request(_forget)
    slug, choice, write_in = _read()
    is_asked_for = next_path("").partition("?")[0] == f"/ballots/{slug}"
    ballot = (
        db.session.scalar(select(Ballot).where(Ballot.slug == slug, Ballot.state != "draft")) if is_asked_for else None
    )
    keys = voter_keys(ballot) if ballot else []
    if ballot and keys:
        text, is_cast = _cast(ballot, keys[0], choice, write_in)
        flash(text, "success" if is_cast else "error")


def _cast(ballot: Ballot, voter_key: str, choice: Choice, write_in: str) -> tuple[str, bool]:
    """Cast the choice, checked again; return what to say, and whether it is cast."""
    try:
        checked = ballot.choice_from(Marked([(option_id, mark) for option_id, mark in choice], write_in))
        done = cast_choice(ballot, voter_key, checked, write_in, origin_of(ballot, voter_key))
    except (NotOpen, AlreadyVoted, NotAChoice) as refusal:
        db.session.rollback()
        return why_not(ballot, refusal), False
    db.session.commit()
    return str(SAID[done.outcome.value]), True


def _read() -> tuple[str, Choice, str]:
    """Return the ballot's address, the choice and the write-in that wait; empty ones if none does."""
    try:
        slug, choice, write_in = _signer().loads(request.cookies[COOKIE], max_age=SECONDS)
    except BadSignature:
        return "", [], ""
    return slug, choice, write_in


def _forget(response: Response) -> Response:
    response.delete_cookie(COOKIE)
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=COOKIE)
