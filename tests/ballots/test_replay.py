"""Real votes, replayed through HTTP with tickets and budgets in force, give exactly the file's tallies.

The votes are those of 339 people on 54 statements, where that file is on this machine (`BOARD_TEST_DATA`, or
`../shared/data`); else some made up in its format.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from board import create_app
from board.ballots.ledger.verifying import verify
from board.ballots.models import Ballot
from board.ballots.votes import Vote, VoteRecord
from board.config import load_settings
from board.extensions import db
from board.operations.schema import ensure_schema
from tests.ballots.conftest import make_ballot
from tests.ballots.replaying import ANSWERS, HOST, Booth, Press, choices_made, rows, tallies_of
from tests.factories import make_site
from tests.operations.serving import serving, wait_until_ready
from tests.ports import free_port

SEALED_SECONDS = 180
REPLAY = "replay"  # name of the PostgreSQL database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a new database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'board.db'}"
    server = request.getfixturevalue("postgresql_server")
    server.psql(f"DROP DATABASE IF EXISTS {REPLAY}")
    server.psql(f"CREATE DATABASE {REPLAY}")
    return str(server.get_uri(REPLAY))


@pytest.fixture
def beside(database: str, tmp_path: Path) -> Iterator[Flask]:
    """Return an application on the server's database, with its tables."""
    app = create_app(load_settings(instance_path=tmp_path, database_url=database, log_level="error"))
    with app.app_context():
        ensure_schema()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_replayed_votes_give_the_files_tallies(beside: Flask, database: str, tmp_path: Path) -> None:
    presses, port = rows(), free_port()
    options = {statement: a_ballot(statement) for statement in tallies_of(presses)}
    settings = {"BOARD_DATABASE_URL": database, "BOARD_TRUSTED_PROXIES": "1"}
    with serving(tmp_path, port, BOARD_PUBLIC_URL=f"http://{HOST}:{port}", **settings) as process:
        wait_until_ready(port, process)
        booth = Booth(port)
        faults = Counter(
            booth.press(press, slug(press.statement), options[press.statement][press.answer]) for press in presses
        )
        assert faults == {303: len(presses)}
        assert shown(booth, presses) == tallies_of(presses)
        db.session.rollback()  # to see what the server wrote
        assert db.session.scalar(select(func.count()).select_from(VoteRecord)) == choices_made(presses)
        assert set(db.session.scalars(select(Vote.state))) == {"counted"}
        assert sealed(booth, presses, options) == tallies_of(presses)
        booth.close()


def a_ballot(statement: str) -> dict[str, int]:
    """Make an open ballot on the statement; return its options."""
    made = make_ballot(make_site(), slug(statement), results="always", question=f"Statement {statement}")
    for option, text in zip(made.options, ANSWERS.values(), strict=True):
        option.text = text
    db.session.commit()
    return {option.text: option.id for option in made.options}


def slug(statement: str) -> str:
    """Return the address of the statement's ballot."""
    return f"statement-{statement}"


def shown(booth: Booth, presses: list[Press]) -> dict[str, Counter[str]]:
    """Return the tallies that programs are shown while voting is open."""
    found = {}
    for statement in tallies_of(presses):
        result = json.loads(booth.get(f"/api/v1/ballots/{slug(statement)}/results"))
        found[statement] = Counter({option["text"]: option["votes"] for option in result["options"]})
    return found


def sealed(booth: Booth, presses: list[Press], options: dict[str, dict[str, int]]) -> dict[str, Counter[str]]:
    """Close all ballots, wait for the server's worker, and return what the verified ledgers say."""
    for ballot in db.session.scalars(select(Ballot)).unique():
        ballot.lock()
        ballot.close()
        db.session.commit()
    found = {}
    deadline = time.monotonic() + SEALED_SECONDS
    for statement in tallies_of(presses):
        names = {number: text for text, number in options[statement].items()}
        while (report := verify(booth.get(f"/ballots/{slug(statement)}/ledger.jsonl").splitlines())).result is None:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert report.faults == []
        found[statement] = Counter({names[option]: votes for option, _mark, votes in report.result["counts"]})
    return found
