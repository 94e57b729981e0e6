"""Four processes press the same 200 voters' buttons at once: 200 votes, by members and by devices.

`BOARD_TEST_VOTERS=2000 BOARD_TEST_PRESSES=8` makes it 2,000 voters with 8 tries each.
"""

import os
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from flask import Flask, Response
from sqlalchemy import func, select

from board.articles.models import Site
from board.ballots.models import Ballot
from board.ballots.voters import DEVICE_COOKIE, give_device
from board.ballots.votes import Vote, VoteRecord
from board.extensions import db
from tests.ballots.conftest import counts, make_ballot
from tests.ballots.racing import Voter, vote_for_all
from tests.conftest import Browser
from tests.factories import make_member

PROCESSES = 4
VOTERS = int(os.environ.get("BOARD_TEST_VOTERS", "200")) // 2  # of each kind
PRESSES = int(os.environ.get("BOARD_TEST_PRESSES", "4"))  # of each voter; for 2,000 × 8 set these to 2000 and 8


def test_everybody_who_presses_many_times_votes_once(app: Flask, database_url: str, tmp_path: Path, site: Site) -> None:
    for_anyone, for_members, changing = (make_ballot(site, slug) for slug in ("anyone", "members", "changing"))
    for_members.who = "member"
    db.session.commit()
    voters = [*devices(app, for_anyone), *members(app, for_members), *one_that_changes(app, changing)]
    race(database_url, tmp_path, voters)
    assert counts(for_anyone) == counts(for_members) == [VOTERS // 2, VOTERS // 2, 0]
    assert sum(counts(changing)) == 1
    assert min(counts(changing)) == 0
    assert rows(Vote) == 2 * VOTERS + 1
    assert db.session.scalar(select(func.count()).where(VoteRecord.ballot_id != changing.id)) == 2 * VOTERS


def devices(app: Flask, ballot: Ballot) -> list[Voter]:
    """Return readers without an account, half for each of two options."""
    voters = (a_voter(app, ballot, n % 2, DEVICE_COOKIE, a_device()) for n in range(VOTERS))
    return [replace(voter, address=address_of(n)) for n, voter in enumerate(voters)]


def members(app: Flask, ballot: Ballot) -> list[Voter]:
    """Return signed-in members, half for each of two options."""
    voters = []
    for n in range(VOTERS):
        browser = Browser(app).sign_in(make_member(f"Voter {n}", f"voter{n}@example.com"))
        cookie = browser.http.get_cookie("board")
        assert cookie is not None
        voter = a_voter(app, ballot, n % 2, "board", cookie.value)
        voters.append(replace(voter, token=browser.token(), address=address_of(n)))
    return voters


def one_that_changes(app: Flask, ballot: Ballot) -> list[Voter]:
    """Return one device that presses one option after the other."""
    device = a_device()
    presses = (a_voter(app, ballot, n % 3, DEVICE_COOKIE, device) for n in range(30))
    return [replace(press, may_be_overtaken=True) for press in presses]


def address_of(number: int) -> str:
    """Return an address in a network of its own."""
    return f"10.{number // 250}.{number % 250}.1"


def a_voter(app: Flask, ballot: Ballot, position: int, cookie: str, value: str) -> Voter:
    """Return what one process needs to press an option's button."""
    path, token = f"/ballots/{ballot.slug}/votes", Browser(app).token()
    return Voter(path, cookie, value, token, ballot.options[position].id)


def race(database_url: str, directory: Path, voters: list[Voter]) -> None:
    """Let all processes start together, and wait until they have voted for everybody."""
    spawn = get_context("spawn")
    start = spawn.Barrier(PROCESSES)
    db.session.commit()
    voters = [voter for voter in voters for _ in range(PRESSES // PROCESSES)]
    processes = [
        spawn.Process(target=vote_for_all, args=(database_url, directory, voters, start), daemon=True)
        for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120 + len(voters))
    assert [process.exitcode for process in processes] == [0] * PROCESSES


def a_device() -> str:
    """Return a new device's signed cookie."""
    from flask import current_app

    response = Response()
    with current_app.test_request_context():
        give_device(response)
    return response.headers["Set-Cookie"].split("=", 1)[1].split(";")[0]


def rows(model: type[Vote] | type[VoteRecord]) -> int:
    """Count a table's rows."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0
