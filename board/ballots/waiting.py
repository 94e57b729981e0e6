"""A choice made before logging in: it waits in this browser and is cast by the log-in that it asked for.

The cookie is signed and short-lived. It is only used by a log-in that leads back to the ballot, whose page names the
choice; and after some minutes it is only shown again, filled in, so that whoever logs in later at a page that somebody
else left open casts nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, after_this_request, current_app, flash, request
from flask_babel import gettext as _
from itsdangerous import BadSignature
from sqlalchemy import select
from werkzeug.wrappers import Response

from board.accounts.barred import why_barred
from board.accounts.models import User
from board.answers import next_path
from board.ballots.casting import cast_choice
from board.ballots.choices import WRITE_IN, Choice, Marked, NotAChoice
from board.ballots.models import MAX_OPTION_CHARACTERS, Ballot
from board.ballots.origins import origin_of
from board.ballots.voters import voter_keys
from board.ballots.votes import AlreadyVoted, NotOpen, Rewritten
from board.ballots.wording import SAID, why_not
from board.extensions import db
from board.signing import serializer_for
from board.storage import now

COOKIE = "waiting_vote"  # not one of those that make a page personal: no page shows it
SECONDS = 30 * 60
SITTING_SECONDS = 5 * 60  # later it may be another person


@dataclass(frozen=True)
class Waiting:
    """A choice that waits for a log-in; `is_late`: for so long that it may be another person's."""

    ballot: Ballot
    choice: Choice
    write_in: str
    is_late: bool


def keep_waiting(response: Response, ballot: Ballot, choice: Choice, write_in: str) -> None:
    """Keep the choice in this browser until its voter has logged in."""
    response.set_cookie(
        COOKIE,
        serializer_for(COOKIE).dumps([ballot.slug, choice, write_in[:MAX_OPTION_CHARACTERS]]),
        max_age=SECONDS,
        secure=current_app.config["BOARD"].is_https,
        httponly=True,
        samesite="Lax",
    )


def cast_waiting(_app: Flask, user: User, **_more: Any) -> None:
    """Cast what waits for the member who has just logged in, and say what came of it."""
    if COOKIE not in request.cookies:
        return
    after_this_request(_forget)
    waits = _waiting()
    keys = voter_keys(waits.ballot) if waits else []
    if not (waits and keys):
        return
    if user.is_barred(waits.ballot.site_id):
        flash(why_barred(user, waits.ballot.site_id), "error")
        return
    if waits.is_late:
        flash(_("Your choice is filled in. Look at it, then press the button to vote."), "info")
        return
    text, is_cast = _cast(waits.ballot, keys[0], waits.choice, waits.write_in)
    flash(text, "success" if is_cast else "error")


def waiting_choice() -> str:
    """Return what a log-in from this page would cast, in words; empty if nothing."""
    waits = _waiting() if COOKIE in request.cookies else None
    if waits is None or waits.is_late or not waits.ballot.is_open:
        return ""
    texts = {option.id: option.text for option in waits.ballot.options} | {WRITE_IN: waits.write_in}
    return ", ".join(texts[option_id] for option_id, _mark in waits.choice if option_id in texts)


def _cast(ballot: Ballot, voter_key: str, choice: Choice, write_in: str) -> tuple[str, bool]:
    """Cast the choice, checked again; return what to say, and whether it is cast."""
    try:
        checked = ballot.choice_from(Marked([(option_id, mark) for option_id, mark in choice], write_in))
        done = cast_choice(ballot, voter_key, checked, write_in, origin_of(ballot, voter_key))
    except (NotOpen, AlreadyVoted, NotAChoice) as refusal:
        db.session.rollback()
        return why_not(ballot, refusal), False
    except Rewritten:
        db.session.rollback()  # then the ballot is read again
        return _cast(ballot, voter_key, choice, write_in)
    db.session.commit()
    return str(SAID[done.outcome.value]), True


def _waiting() -> Waiting | None:
    """Return what waits in this browser, if this log-in leads back to its ballot."""
    try:
        (slug, choice, write_in), since = serializer_for(COOKIE).loads(
            request.cookies[COOKIE], max_age=SECONDS, return_timestamp=True
        )
    except BadSignature:
        return None
    if next_path("").partition("?")[0] != f"/ballots/{slug}":
        return None
    ballot = db.session.scalar(select(Ballot).where(Ballot.slug == slug, Ballot.state != "draft"))
    is_late = now() - since > timedelta(seconds=SITTING_SECONDS)
    return Waiting(ballot, choice, write_in, is_late) if ballot else None


def _forget(response: Response) -> Response:
    response.delete_cookie(COOKIE)
    return response
