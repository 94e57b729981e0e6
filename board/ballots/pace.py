"""Whether one option gets votes far faster than it usually does, while the others do not.

The tally knows how many votes each option has. Once every ten minutes the first vote notes it down; what was added
since the note before the last is the present pace, what was added since the opening the usual one. Nothing is counted
twice and no vote is looked at; a process looks at most every few seconds.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from board.ballots.choices import Choice, Counts
from board.ballots.models import Ballot
from board.ballots.tally import COUNTED, TURNOUT, counts_of
from board.extensions import Model, db
from board.statements import insert_once
from board.storage import now

WINDOW = timedelta(minutes=10)
TIMES_THE_USUAL = 10
TIMES_THE_OTHERS = 3
LEARNING = timedelta(hours=2)  # after the opening: until then nothing is usual
LOOK_SECONDS = 5.0
KEPT_LOOKS = 500

Mark = tuple[int, int]  # an option, and its mark in the choice


class Pace(Model):
    """What a ballot's tally was when a stretch of ten minutes began."""

    __tablename__ = "ballot_pace"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # which stretch, counted from 1970
    counts: Mapped[list[list[int]]] = mapped_column(JSON)  # option, mark, votes


def burst_in(ballot: Ballot, choice: Choice, floor: int) -> int | None:
    """Return the option of the choice that is in a burst, if one is; `floor`: votes below which nothing is a burst."""
    if not floor or ballot.opens_at is None or now() - ballot.opens_at < LEARNING:
        return None
    bursting = _bursting(ballot, floor)
    return next((option_id for option_id, mark in choice if (option_id, mark) in bursting), None)


def judge_pace(former: Counts, present: Counts, windows: float, floor: int) -> frozenset[Mark]:
    """Return which marks were given at least `floor` times since, and ten times as often as usual.

    The rest must not have risen likewise: a newsletter or a broadcast brings votes for all.

    `former`: the tally at the beginning, which was `windows` stretches after the opening.
    """
    total, voters = (counts[TURNOUT, COUNTED] for counts in (former, present))
    found = set()
    for mark, count in present.items():
        added = count - former[mark]
        rise = added / max(former[mark] / windows, 1)
        rise_of_others = (voters - total - added) / max((total - former[mark]) / windows, 1)
        is_burst = rise >= TIMES_THE_USUAL and rise >= TIMES_THE_OTHERS * rise_of_others
        if mark[0] != TURNOUT and added >= floor and is_burst:
            found.add(mark)
    return frozenset(found)


def _bursting(ballot: Ballot, floor: int) -> frozenset[Mark]:
    """Return what is in a burst, as of a few seconds ago."""
    looks: dict[int, tuple[float, frozenset[Mark]]] = current_app.extensions.setdefault("ballot_paces", {})
    looked_at, found = looks.get(ballot.id, (0.0, frozenset()))
    if looked_at and time.monotonic() - looked_at < LOOK_SECONDS:
        return found
    found = _look(ballot, floor)
    if len(looks) >= KEPT_LOOKS:
        looks.clear()
    looks[ballot.id] = (time.monotonic(), found)
    return found


def _look(ballot: Ballot, floor: int) -> frozenset[Mark]:
    slot = int(now().timestamp() // WINDOW.total_seconds())
    present = counts_of(ballot.id)
    insert_once(Pace, ballot_id=ballot.id, slot=slot, counts=[[*mark, count] for mark, count in present.items()])
    query = select(Pace.slot, Pace.counts).where(Pace.ballot_id == ballot.id, Pace.slot >= slot - 1)
    began, counts = db.session.execute(query.order_by(Pace.slot).limit(1)).one()
    opened = ballot.opens_at or datetime.fromtimestamp(0, UTC)
    windows = max((began * WINDOW.total_seconds() - opened.timestamp()) / WINDOW.total_seconds(), 1)
    return judge_pace(as_counts(counts), present, windows, floor)


def as_counts(rows: Iterable[list[int]]) -> Counts:
    """Return the tally that was noted down."""
    return Counts({(option_id, mark): count for option_id, mark, count in rows})
