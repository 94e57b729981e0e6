"""Press a ballot's button as a browser at some address does, and look what the database made of it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from board.ballots.models import Ballot
from board.ballots.votes import Vote
from board.extensions import db
from tests.ballots.conftest import FRAGMENT
from tests.conftest import Browser

NewReader = Callable[[], Browser]
READER = "203.0.113.7"


def press(browser: Browser, ballot: Ballot, position: int = 0, *, peer: str = READER, **fields: Any) -> Any:
    """Press the button and follow the 307 as browsers do; the request comes from the address."""
    form = {"option": ballot.options[position].id, **fields.pop("form", {})}
    more = {"environ_base": {"REMOTE_ADDR": peer}, "headers": {**FRAGMENT, **fields.pop("headers", {})}}
    answer = browser.post(f"/ballots/{ballot.slug}/votes", form, **more)
    return browser.post(answer.headers["Location"], form, **more) if answer.status_code == 307 else answer


def ask_again(browser: Browser, ballot: Ballot, position: int = 0) -> tuple[str, dict[str, Any]]:
    """Press once; return where the form is to be sent again, and the form."""
    form = {"option": ballot.options[position].id}
    answer = browser.post(f"/ballots/{ballot.slug}/votes", form)
    assert answer.status_code == 307
    return answer.headers["Location"], form


def states(ballot: Ballot) -> list[str]:
    """Return the states of the votes as they came."""
    query = select(Vote.state).where(Vote.ballot_id == ballot.id).order_by(Vote.cast_at)
    return list(db.session.scalars(query))


def doubts(ballot: Ballot) -> list[list[str]]:
    """Return the doubts about the votes as they came."""
    query = select(Vote.doubts).where(Vote.ballot_id == ballot.id).order_by(Vote.cast_at)
    return list(db.session.scalars(query))
