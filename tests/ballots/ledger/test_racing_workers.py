"""Two workers in two processes seal one ballot: one chain, each vote in it once, and one result."""

from collections import Counter
from multiprocessing import get_context
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from board.articles.models import Site
from board.ballots.ledger.comparing import verify_own
from board.ballots.ledger.lines import RESULT
from board.ballots.ledger.publishing import published
from board.ballots.models import Ballot
from board.ballots.votes import VoteRecord
from board.extensions import db
from tests.ballots.conftest import make_ballot
from tests.ballots.ledger.conftest import close, ledger_of, parsed, vote
from tests.ballots.ledger.racing import seal_all

WORKERS = 2
VOTERS = 400
BATCH = 7  # so that the workers meet at some sixty entries


def test_two_workers_write_one_chain(app: Flask, database_url: str, tmp_path: Path, site: Site) -> None:
    ballot = make_ballot(site)
    for voter in range(VOTERS):
        vote(ballot, voter, voter % 3)
    close(ballot)
    work_at_once(database_url, [tmp_path / "one", tmp_path / "two"])
    kinds = Counter(seal.kind for seal, _parts in published(ballot.id))
    assert kinds == {"terms": 1, "seal": -(-VOTERS // BATCH), "result": 1}
    assert sealed_in(ballot) == VOTERS
    assert [each["counts"] for each in parsed(ledger_of(ballot)) if each["type"] == RESULT] == [
        [[option.id, 1, len(range(place, VOTERS, 3))] for place, option in enumerate(ballot.options)]
    ]
    report, faults = verify_own(ballot, lambda _line: None)
    assert (report.faults, faults) == ([], [])


def test_both_workers_keep_the_same_copy(app: Flask, database_url: str, tmp_path: Path, site: Site) -> None:
    ballot = make_ballot(site)
    for voter in range(50):
        vote(ballot, voter, voter % 3)
    close(ballot)
    work_at_once(database_url, [tmp_path, tmp_path])
    copy = (tmp_path / "ledgers" / f"{ballot.slug}.jsonl").read_bytes()
    assert copy.splitlines() == ledger_of(ballot)


def sealed_in(ballot: Ballot) -> int:
    """Count the different votes under the chain's seals."""
    handles = {line["handle"] for line in parsed(ledger_of(ballot)) if line["type"] == "vote"}
    seals = db.session.scalars(select(VoteRecord.seal).where(VoteRecord.ballot_id == ballot.id)).all()
    assert None not in seals
    return len(handles)


def work_at_once(database_url: str, directories: list[Path]) -> None:
    """Let a worker with each directory start at the same moment, and wait until all have done."""
    db.session.commit()
    spawn = get_context("spawn")
    start = spawn.Barrier(WORKERS)
    processes = []
    for directory in directories:
        directory.mkdir(exist_ok=True)
        processes.append(spawn.Process(target=seal_all, args=(database_url, directory, BATCH, start), daemon=True))
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * WORKERS
