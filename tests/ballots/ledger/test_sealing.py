"""The chain grows minute by minute, is never rewritten, and never forks."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from board.articles.models import Site
from board.ballots.ledger import sealing
from board.ballots.ledger.chain import Overtaken, append, head_of, sealed_records, seals_of
from board.ballots.ledger.lines import SEAL
from board.ballots.ledger.models import Seal, Standings
from board.ballots.ledger.sealing import seal_ballot, seal_due
from board.ballots.models import Ballot
from board.ballots.votes import VoteRecord
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import make_ballot
from tests.ballots.ledger.conftest import add_records, close, seal, vote


def kinds(ballot: Ballot) -> list[str]:
    """Return the kinds of the chain's entries."""
    return [each.kind for each in seals_of(ballot.id)]


def unsealed(ballot: Ballot) -> int:
    """Count the records that wait."""
    waits = select(func.count()).where(VoteRecord.ballot_id == ballot.id, VoteRecord.seal.is_(None))
    return db.session.scalar(waits) or 0


def test_chain_begins_when_voting_opens(app: Flask, site: Site) -> None:
    to_come = make_ballot(site, "to-come", opens_at=now() + timedelta(hours=1))
    draft = make_ballot(site, "draft", state="draft")
    opened = make_ballot(site, "opened")
    assert seal() == 1
    assert [kinds(each) for each in (to_come, draft, opened)] == [[], [], ["terms"]]
    assert seal() == 0


def test_votes_of_a_minute_are_sealed_when_it_is_over(ballot: Ballot) -> None:
    with time_machine.travel("2026-11-23 12:00:30Z", tick=False) as clock:
        ballot.opens_at = now()
        db.session.commit()
        vote(ballot, 1, 0)
        seal()
        assert kinds(ballot) == ["terms"]
        clock.shift(29)
        vote(ballot, 2, 1)
        clock.shift(3)
        vote(ballot, 3, 1)
        seal()
        assert kinds(ballot) == ["terms", "seal"]
        assert unsealed(ballot) == 1
        assert len(sealed_records(ballot.id, 1)) == 2


def test_all_is_sealed_at_the_close(ballot: Ballot) -> None:
    for voter in range(3):
        vote(ballot, voter, voter)
    close(ballot)
    seal()
    assert unsealed(ballot) == 0


def test_large_pile_is_sealed_in_batches_and_passes(ballot: Ballot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SEAL_VOTES", 10)
    add_records(ballot, 35)
    assert seal_ballot(ballot.id, batches=2) == 3
    assert unsealed(ballot) == 15
    assert seal() == 2
    totals = [(each.votes, each.total) for each in seals_of(ballot.id)]
    assert totals == [(0, 0), (10, 10), (10, 20), (10, 30), (5, 35)]


def test_record_that_commits_late_gets_into_the_next_seal(ballot: Ballot) -> None:
    add_records(ballot, 3, id=None)
    seal()
    db.session.execute(text("UPDATE vote_record SET cast_at = cast_at"))
    add_records_at = {"id": -5, "receipt": "f" * 32}
    add_records(ballot, 1, **add_records_at)
    seal()
    assert kinds(ballot) == ["terms", "seal", "seal"]


@pytest.mark.parametrize("change", [{"choice": [[99, 1]]}, {"receipt": "0" * 32}, {"replaces": "0" * 32}, {"seal": 7}])
def test_database_refuses_to_change_a_sealed_record(ballot: Ballot, change: dict[str, object]) -> None:
    add_records(ballot, 2)
    seal()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(update(VoteRecord).values(**change))


def test_record_may_still_lose_its_voter(ballot: Ballot) -> None:
    add_records(ballot, 2)
    seal()
    db.session.execute(update(VoteRecord).values(voter_key="gone"))


@pytest.mark.parametrize("table", [VoteRecord, Seal, Standings])
def test_database_refuses_to_delete(ballot: Ballot, table: type) -> None:
    add_records(ballot, 2)
    seal()
    db.session.add(Standings(ballot_id=ballot.id, result=9, seal=1, by_handle={}))
    db.session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(delete(table))


@pytest.mark.parametrize("values", [{"hash": "0" * 64}, {"line": "{}"}, {"votes": 0}])
def test_database_refuses_to_change_an_entry(ballot: Ballot, values: dict[str, object]) -> None:
    seal()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(update(Seal).values(**values))


def test_second_worker_finds_the_number_taken(ballot: Ballot) -> None:
    add_records(ballot, 2)
    seal_ballot(ballot.id, batches=0)
    before = head_of(ballot.id)
    seal()
    with pytest.raises(Overtaken):
        append(ballot, before, SEAL, {"root": "", "votes": 0, "total": 0})


def test_death_between_two_batches_leaves_nothing_half_done(ballot: Ballot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SEAL_VOTES", 2)
    add_records(ballot, 5)

    def die(_seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr("time.sleep", die)
        with pytest.raises(KeyboardInterrupt):
            seal_due()
    db.session.rollback()
    assert [each.votes for each in seals_of(ballot.id)] == [0, 2]
    seal()
    assert [each.votes for each in seals_of(ballot.id)] == [0, 2, 2, 1]
