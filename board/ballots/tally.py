"""The tally: how often each option has each mark, and how many voters there are.

It is kept in a few shards, so that a hot ballot is not one hot row; it is summed on reading, and the votes are never
counted again.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Executable, ForeignKey, Select, bindparam, func, select, union_all
from sqlalchemy.orm import Mapped, mapped_column

from board.ballots.choices import CHOSEN, Choice, Counts
from board.extensions import Model, db, table_of
from board.statements import Prepared, prepared
from board.storage import insert_for

SHARDS = 16  # PostgreSQL; SQLite has one writer at a time anyway, so one shard
TURNOUT = 0  # the "option" whose marks count voters by the state of their vote, and changes of mind
COUNTED, QUARANTINED, VOIDED, CHANGES = range(4)
TURNOUT_MARKS = {"counted": COUNTED, "quarantined": QUARANTINED, "voided": VOIDED}


class Tally(Model):
    """A part of the count of one option's mark; a shard alone may be below zero, their sum never is.

    The option `TURNOUT` counts voters instead.
    """

    __tablename__ = "ballot_tally"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    option_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[int] = mapped_column(primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


def weights(choice: Choice, state: str) -> Counts:
    """Return what a vote in the state adds to the tally: itself to the turnout and, if it counts, its marks."""
    counts: Counts = Counter({(TURNOUT, TURNOUT_MARKS[state]): 1})
    if state == "counted":
        counts.update((option_id, mark) for option_id, mark in choice)
    return counts


def move_counts(ballot_id: int, moves: Counts) -> None:
    """Add to the counts atomically, in order, so that two changes of mind cannot wait for each other."""
    dialect = db.engine.dialect.name
    shard = random.randrange(SHARDS) if dialect == "postgresql" else 0  # noqa: S311 - spreads load, guards nothing
    rows = [
        {"ballot_id": ballot_id, "option_id": option_id, "mark": mark, "shard": shard, "count": step}
        for (option_id, mark), step in sorted(moves.items())
        if step
    ]
    if rows:
        values = {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}
        _moving(len(rows)).run(**values)


def counts_of(ballot_id: int) -> Counts:
    """Return the ballot's whole tally: how often each option has each mark, and the turnout."""
    return Counter({(option_id, mark): int(count) for option_id, mark, count in _summing.all(ballot=ballot_id)})


def counts_by_ballot(ballot_ids: Iterable[int]) -> dict[int, Counts]:
    """Return the whole tally of each of the ballots, in one query."""
    query = select(Tally.ballot_id, Tally.option_id, Tally.mark, func.sum(Tally.count))
    query = query.where(Tally.ballot_id.in_(list(ballot_ids)))
    found: dict[int, Counts] = defaultdict(Counter)
    for ballot_id, option_id, mark, count in db.session.execute(
        query.group_by(Tally.ballot_id, Tally.option_id, Tally.mark)
    ):
        found[ballot_id][option_id, mark] = int(count)
    return found


def tallies(ballot_ids: Iterable[int]) -> dict[int, int]:
    """Return for each option of the ballots how many chose it, or ranked it first; none where none did."""
    query = (
        select(Tally.option_id, func.sum(Tally.count))
        .where(Tally.ballot_id.in_(list(ballot_ids)), Tally.option_id != TURNOUT, Tally.mark == CHOSEN)
        .group_by(Tally.option_id)
    )
    return {option_id: int(count) for option_id, count in db.session.execute(query)}


@prepared
def _summing(_dialect: str) -> Select[Any]:
    table = table_of(Tally).c
    query = select(table.option_id, table.mark, func.sum(table["count"])).where(table.ballot_id == bindparam("ballot"))
    return query.group_by(table.option_id, table.mark)


@cache
def _moving(rows: int) -> Prepared:
    """Return the statement that adds a step to each of so many counts."""

    def build(dialect: str) -> Executable:
        table = Tally.__table__.c
        key = [table[name] for name in ("ballot_id", "option_id", "mark", "shard")]
        added = (*key, table["count"])
        steps = [select(*(bindparam(f"{column.key}_{n}", type_=column.type) for column in added)) for n in range(rows)]
        adding = insert_for(dialect)(table_of(Tally)).from_select(added, union_all(*steps))
        moving: Executable = adding.on_conflict_do_update(
            index_elements=key, set_={"count": table["count"] + adding.excluded["count"]}
        )
        return moving

    return Prepared(build)
