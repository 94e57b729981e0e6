"""What the tally alone cannot say, counted by the worker and kept: run-offs, votes by the hour, why votes stand apart.

A page only ever reads the kept row, so it costs the same with ten votes and with a million. Counting reads one
snapshot and blocks no voter.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, cast, func, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from board.ballots.choices import Choice
from board.ballots.counting import Ranking, Round, RunOff, folded, run_off
from board.ballots.models import Ballot, BallotOption
from board.ballots.tally import QUARANTINED, TURNOUT, VOIDED, Tally
from board.ballots.votes import Vote, VoteRecord
from board.extensions import Model, db
from board.statements import insert_once
from board.storage import now

COUNT_EVERY = timedelta(minutes=1)  # while voting is open
COUNT_AFTER_CLOSE_EVERY = timedelta(seconds=5)
SETTLED = timedelta(minutes=1)  # a record older than this has been committed, or never will be
COUNT_TIMEOUT_MS = 300_000  # PostgreSQL; pages have ten seconds, the worker has time


class BallotResult(Model):
    """What was counted last, and of which votes."""

    __tablename__ = "ballot_result"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(200), default="")  # of the votes that were counted: see `_marks`
    counted_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]  # when a worker last took it on
    rounds: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    winners: Mapped[list[int]] = mapped_column(JSON, default=list)
    doubts: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # [state, codes, votes] of what is not counted
    hours: Mapped[dict[str, int]] = mapped_column(
        JSON, default=dict
    )  # first votes in each hour, "2026-11-23 02" in UTC
    hours_to: Mapped[int] = mapped_column(default=0)  # the newest record among them

    @property
    def run_off(self) -> RunOff | None:
        """Return the rounds as they were counted."""
        if self.rounds is None:
            return None
        return RunOff(tuple(_as_round(each) for each in self.rounds), tuple(self.winners))


def count_results() -> int:
    """Count what has changed, a ballot at a time; return how many were counted. Commits."""
    counted = 0
    for ballot, mark, newest in list(_due()):
        if _take(ballot):
            _count(ballot, mark, newest)
            counted += 1
    db.session.rollback()
    return counted


def recount(ballot: Ballot) -> BallotResult:
    """Count this ballot now, whatever was counted before. Commits."""
    ((found, mark, newest),) = _marks(Ballot.id == ballot.id)
    insert_once(BallotResult, ballot_id=ballot.id, winners=[], doubts=[], hours={}, hours_to=0, mark="")
    db.session.commit()
    return _count(found, mark, newest)


def mark_of(ballot: Ballot) -> str:
    """Return the mark of the ballot's votes as they are now; a result with the same mark is up to date."""
    ((_ballot, mark, _newest),) = _marks(Ballot.id == ballot.id)
    return mark


def _due() -> Iterator[tuple[Ballot, str, int]]:
    """Give the ballots of which something is not counted yet."""
    kept = {row.ballot_id: (row.mark, row.hours_to) for row in db.session.execute(_KEPT)}
    for ballot, mark, newest in _marks(Ballot.state != "draft"):
        if newest and kept.get(ballot.id) != (mark, newest):
            yield ballot, mark, newest


_KEPT = select(BallotResult.ballot_id, BallotResult.mark, BallotResult.hours_to)


def _marks(which: Any) -> list[tuple[Ballot, str, int]]:
    """Return ballots, each with what its votes are known by, and its newest record.

    The newest record, the editors' changes, and how many votes stand apart: any change of the votes changes one.
    """
    newest = select(func.max(VoteRecord.id)).where(VoteRecord.ballot_id == Ballot.id).scalar_subquery()
    rows = db.session.execute(select(Ballot, newest).where(which)).unique().all()
    apart = {ballot.id: {QUARANTINED: 0, VOIDED: 0} for ballot, _newest in rows}
    turnout = select(Tally.ballot_id, Tally.mark, func.sum(Tally.count)).where(
        Tally.option_id == TURNOUT, Tally.mark.in_((QUARANTINED, VOIDED)), Tally.ballot_id.in_(apart)
    )
    for ballot_id, mark, count in db.session.execute(turnout.group_by(Tally.ballot_id, Tally.mark)):
        apart[ballot_id][mark] = int(count)
    return [
        (ballot, f"{newest} {ballot.version} {apart[ballot.id][QUARANTINED]} {apart[ballot.id][VOIDED]}", newest or 0)
        for ballot, newest in rows
    ]


def _take(ballot: Ballot) -> bool:
    """Take the ballot on, unless this or another worker did just now."""
    every = COUNT_AFTER_CLOSE_EVERY if ballot.has_closed else COUNT_EVERY
    moment = now()
    insert_once(BallotResult, ballot_id=ballot.id, winners=[], doubts=[], hours={}, hours_to=0, mark="")
    is_free = or_(BallotResult.taken_at.is_(None), BallotResult.taken_at <= moment - every)
    taking = update(BallotResult).where(BallotResult.ballot_id == ballot.id, is_free).values(taken_at=moment)
    taken = bool(db.session.execute(taking).rowcount)  # type: ignore[attr-defined]
    db.session.commit()
    return taken


def _count(ballot: Ballot, mark: str, newest: int) -> BallotResult:
    """Count, then keep what was found. The mark is older than the votes read here, so nothing is taken for counted."""
    kept = db.session.get_one(BallotResult, ballot.id, populate_existing=True)
    moment, values = now(), {}
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"SET LOCAL statement_timeout = {COUNT_TIMEOUT_MS}"))
    if kept.mark != mark:
        values = _counted(ballot) | {"mark": mark, "counted_at": moment, "doubts": _doubts(ballot.id)}
    hours, hours_to = _hours(ballot.id, kept, newest, moment)
    db.session.rollback()
    storing = update(BallotResult).where(BallotResult.ballot_id == ballot.id)
    db.session.execute(storing.values(**values, hours=hours, hours_to=hours_to))
    db.session.commit()
    return db.session.get_one(BallotResult, ballot.id, populate_existing=True)


def _counted(ballot: Ballot) -> dict[str, Any]:
    """Return the run-off, where the options are ranked."""
    if ballot.method != "ranked":
        return {}
    into = _counted_as(ballot.id)
    rankings: Counter[Ranking] = Counter()
    for choice, votes in _choices(ballot.id):
        rankings[folded((option_id for option_id, _rank in choice), into)] += votes
    counted = run_off(rankings, set(into.values()), ballot.slug)
    return {"rounds": [asdict(each) for each in counted.rounds], "winners": list(counted.winners)}


def _counted_as(ballot_id: int) -> dict[int, int]:
    """Return as what each option is counted: itself, or what a write-in was merged into. What is refused is not."""
    columns = (BallotOption.id, BallotOption.state, BallotOption.merged_into_id)
    rows = db.session.execute(select(*columns).where(BallotOption.ballot_id == ballot_id)).all()
    listed = {option_id for option_id, state, _into in rows if state == "listed"}
    merged = {option_id: into for option_id, state, into in rows if state == "merged" and into in listed}
    return {option_id: option_id for option_id in listed} | merged


def _choices(ballot_id: int) -> Iterator[tuple[Choice, int]]:
    """Give each different choice among the counted votes, and how many made it. JSON itself cannot be grouped."""
    written = cast(Vote.choice, Text)
    query = select(written, func.count()).where(Vote.ballot_id == ballot_id, Vote.state == "counted").group_by(written)
    for choice, votes in db.session.execute(query, execution_options={"yield_per": 5000}):
        yield json.loads(choice), votes


def _doubts(ballot_id: int) -> list[list[Any]]:
    """Return why votes stand apart: [state, codes, votes]."""
    written = cast(Vote.doubts, Text)
    query = select(Vote.state, written, func.count()).where(
        Vote.ballot_id == ballot_id, Vote.suspicion != "", Vote.state != "counted"
    )
    found: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for state, codes, votes in db.session.execute(query.group_by(Vote.state, written)):
        found[state, tuple(sorted(json.loads(codes)))] += votes
    return [[state, list(codes), votes] for (state, codes), votes in sorted(found.items())]


def _hours(ballot_id: int, kept: BallotResult, newest: int, moment: datetime) -> tuple[dict[str, int], int]:
    """Return the votes by the hour, with the records added that have settled since, and the newest among them."""
    hour = func.substr(cast(VoteRecord.cast_at, Text), 1, 13)  # both databases write "2026-11-23 02:24…", in UTC
    new = (VoteRecord.ballot_id == ballot_id, VoteRecord.id > kept.hours_to, VoteRecord.id <= newest)
    unsettled = select(func.min(VoteRecord.id)).where(*new, VoteRecord.cast_at > moment - SETTLED)
    first_unsettled = db.session.scalar(unsettled) or newest + 1
    first_votes = func.count().filter(VoteRecord.replaces.is_(None))
    rows = db.session.execute(
        select(hour, first_votes, func.max(VoteRecord.id)).where(*new, VoteRecord.id < first_unsettled).group_by(hour)
    ).all()
    hours = Counter(kept.hours)
    hours.update({each: votes for each, votes, _newest in rows if votes})
    return dict(sorted(hours.items())), max([kept.hours_to, *(newest for _hour, _votes, newest in rows)])


def _as_round(kept: dict[str, Any]) -> Round:
    """Return the round that JSON kept, whose keys are texts."""
    return Round(
        counts={int(option_id): count for option_id, count in kept["counts"].items()},
        exhausted=kept["exhausted"],
        out=tuple(kept["out"]),
        transfers=tuple((gone, to, n) for gone, to, n in kept["transfers"]),
        tie=kept["tie"],
    )
