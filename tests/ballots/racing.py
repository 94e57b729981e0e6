"""One of several processes that vote for the same voters at the same time; started by test_concurrent_votes."""

from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

from board import create_app
from board.extensions import db
from tests.conftest import OWN_ORIGIN, _settings


@dataclass(frozen=True)
class Voter:
    """What one browser holds, and the option of which ballot it presses."""

    path: str
    cookie: str
    value: str
    token: str
    option_id: int
    address: str = "127.0.0.1"
    may_be_overtaken: bool = False  # by another press of the same browser


def vote_for_all(database_url: str, directory: Path, voters: list[Voter], start: Barrier) -> None:
    """Press every voter's button once, all processes in the same order; fail on an answer that is not a vote."""
    app = create_app(_settings(database_url, directory))
    faults: list[int] = []

    start.wait(60)
    for voter in voters:
        browser = app.test_client()
        browser.set_cookie(voter.cookie, voter.value)
        form = {"option": voter.option_id, "csrf_token": voter.token}
        peer = {"REMOTE_ADDR": voter.address}
        answer = browser.post(voter.path, data=form, headers={"Origin": OWN_ORIGIN}, environ_base=peer)
        if answer.status_code == 307:
            path = answer.headers["Location"]
            answer = browser.post(path, data=form, headers={"Origin": OWN_ORIGIN}, environ_base=peer)
        if answer.status_code != 303 and not (answer.status_code == 409 and voter.may_be_overtaken):
            faults.append(answer.status_code)
    with app.app_context():
        db.engine.dispose()
    if faults:
        raise SystemExit(f"answers: {faults[:10]}")
