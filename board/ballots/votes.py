"""Votes: one current row for each voter, a record of every choice ever made, and the tally, all in one transaction.

The primary key (ballot, voter) makes it one vote a voter. A change of mind replaces the row's choice, adds a record
and moves the count; nothing is ever deleted. A tally is kept in a few shards, so that a hot ballot is not one hot row;
it is summed on reading, and the votes are never counted again.
"""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from sqlalchemy import JSON, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from board.ballots.models import Ballot
from board.extensions import Model, db, insert_once
from board.storage import insert_for, now

SHARDS = 16  # PostgreSQL; SQLite has one writer at a time anyway, so one shard
MAX_VOTER_CHARACTERS = 80

Choice = list[int]  # option IDs; one of them where the method is "one"


class NotOpen(Exception):
    """Voting has not begun, or has ended."""


class AlreadyVoted(Exception):
    """The voter has chosen otherwise before, and this ballot lets nobody change their mind."""


class Outcome(Enum):
    """What a vote did."""

    CAST = "cast"
    CHANGED = "changed"
    SAME = "same"


class Vote(Model):
    """A voter's present choice. `voter_key` is "m:" member, "d:" device or "e:" address, the latter two hashed."""

    __tablename__ = "vote"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    voter_key: Mapped[str] = mapped_column(String(MAX_VOTER_CHARACTERS), primary_key=True)
    choice: Mapped[Choice] = mapped_column(JSON)
    cast_at: Mapped[datetime] = mapped_column(default=now)


class VoteRecord(Model):
    """Every choice ever made, in order; rows are only ever added."""

    __tablename__ = "vote_record"
    __table_args__ = (Index("ix_vote_record_ballot", "ballot_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    voter_key: Mapped[str] = mapped_column(String(MAX_VOTER_CHARACTERS))
    choice: Mapped[Choice] = mapped_column(JSON)
    cast_at: Mapped[datetime] = mapped_column(default=now)


class Tally(Model):
    """A part of one option's count; a shard alone may be below zero, their sum never is."""

    __tablename__ = "ballot_tally"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("ballot_option.id"), primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


def cast_vote(ballot: Ballot, voter_key: str, choice: Choice) -> Outcome:
    """Make this the voter's choice; the same choice again changes nothing. The caller commits.

    Raises NotOpen, and AlreadyVoted where the ballot lets nobody change their mind; then the caller rolls back.
    """
    moment = now()
    is_first = insert_once(Vote, ballot_id=ballot.id, voter_key=voter_key, choice=choice, cast_at=moment)
    if is_first:
        _hold_open(ballot)
        _record(ballot, voter_key, choice, moment)
        _count(ballot, Counter(choice))
        return Outcome.CAST
    vote = db.session.get_one(Vote, (ballot.id, voter_key), with_for_update=True, populate_existing=True)
    if vote.choice == choice:
        return Outcome.SAME
    _hold_open(ballot)
    if not ballot.can_change:
        raise AlreadyVoted
    moves = Counter(choice)
    moves.subtract(vote.choice)
    vote.choice, vote.cast_at = choice, moment
    _record(ballot, voter_key, choice, moment)
    _count(ballot, moves)
    return Outcome.CHANGED


def tallies(ballot_ids: Iterable[int]) -> dict[int, int]:
    """Return the count of each option of the ballots that has ever had a vote."""
    query = (
        select(Tally.option_id, func.sum(Tally.count))
        .where(Tally.ballot_id.in_(list(ballot_ids)))
        .group_by(Tally.option_id)
    )
    return {option_id: int(count) for option_id, count in db.session.execute(query)}


def _hold_open(ballot: Ballot) -> None:
    """Keep editors from closing the ballot until this vote is committed. Raises NotOpen if they came first.

    On SQLite the writer lock, taken by the insert before this, does the same.
    """
    db.session.refresh(ballot, ["state", "opens_at", "closes_at", "can_change"], with_for_update={"read": True})
    if not ballot.is_open:
        raise NotOpen


def _record(ballot: Ballot, voter_key: str, choice: Choice, moment: datetime) -> None:
    db.session.add(VoteRecord(ballot_id=ballot.id, voter_key=voter_key, choice=choice, cast_at=moment))


def _count(ballot: Ballot, moves: Counter[int]) -> None:
    """Add to the counts atomically, options in order, so that two changes of mind cannot wait for each other."""
    dialect = db.engine.dialect.name
    shard = random.randrange(SHARDS) if dialect == "postgresql" else 0  # noqa: S311 - spreads load, guards nothing
    table = Tally.__table__
    for option_id, step in sorted(moves.items()):
        if step:
            added = insert_for(dialect)(table).values(ballot_id=ballot.id, option_id=option_id, shard=shard, count=step)
            key = [table.c.ballot_id, table.c.option_id, table.c.shard]
            db.session.execute(
                added.on_conflict_do_update(index_elements=key, set_={"count": table.c.count + added.excluded.count})
            )
