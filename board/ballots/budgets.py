"""How many votes one network may cast in a ballot before the next ones wait for an editor.

Counted in the database, in the vote's own transaction: right with any number of processes, and a vote that is rolled
back spends nothing. Networks are kept hashed with the ballot's ID, so that they cannot be followed from one ballot to
another; see `voters.py` for the address itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Executable,
    ForeignKey,
    Index,
    String,
    bindparam,
    case,
    delete,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column

from board.extensions import Model, db, table_of
from board.statements import Prepared
from board.storage import insert_for, now

MAX_NAME_CHARACTERS = 100


class VoteBudget(Model):
    """What one network has spent of one budget in one window of time."""

    __tablename__ = "vote_budget"
    __table_args__ = (Index("ix_vote_budget_over_at", "over_at"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME_CHARACTERS), primary_key=True)  # the budget's, and whose it is
    count: Mapped[int]
    over_at: Mapped[datetime | None]  # when the window has passed; None: it lasts as long as the ballot


@dataclass(frozen=True)
class Budget:
    """So many votes from one network in one window of time, or (`window` None) in all."""

    code: str
    network: str
    limit: int
    window: timedelta | None = None

    @property
    def name(self) -> str:
        """Return the name of the row that counts."""
        return f"{self.code} {self._slot} {self.network}"

    @property
    def over_at(self) -> datetime | None:
        """Return when the present window has passed."""
        if self.window is None:
            return None
        return datetime.fromtimestamp((self._slot + 1) * self.window.total_seconds(), UTC)

    @property
    def _slot(self) -> int:
        """Return which window this is, counted from 1970."""
        return int(now().timestamp() // self.window.total_seconds()) if self.window else 0


def overdrawn(ballot_id: int, budgets: Sequence[Budget]) -> frozenset[str]:
    """Spend one vote of each budget; return the codes of those that had none left. Then nothing is spent.

    Of two votes at once the second waits for the first's count. Those beyond the limit only read, so a flood of votes
    from one network does not queue for one row.
    """
    if not budgets:
        return frozenset()
    ordered = sorted(budgets, key=lambda budget: budget.name)  # so that two votes cannot wait for each other
    is_hopeless = any(not budget.limit for budget in budgets)
    counts = (not is_hopeless and _spend(ballot_id, ordered)) or _look(ballot_id, ordered)
    return frozenset(budget.code for budget in ordered if counts.get(budget.name, 1) > budget.limit)


def purge_budgets() -> int:
    """Delete the counts of windows that have passed; return how many rows that were."""
    gone = delete(VoteBudget).where(VoteBudget.over_at < now())
    return int(db.session.execute(gone).rowcount)  # type: ignore[attr-defined]


def _spend(ballot_id: int, budgets: Sequence[Budget]) -> dict[str, int]:
    """Add one to the count of each, and return the counts; none if one of them is at its limit."""
    values: dict[str, Any] = {"ballot": ballot_id}
    for number, budget in enumerate(budgets):
        values |= {f"name_{number}": budget.name, f"limit_{number}": budget.limit, f"over_at_{number}": budget.over_at}
    return dict(_spending(len(budgets)).all(**values))


def _look(ballot_id: int, budgets: Sequence[Budget]) -> dict[str, int]:
    """Return what the counts would be if one more vote was spent."""
    names = {f"name_{number}": budget.name for number, budget in enumerate(budgets)}
    return {name: count + 1 for name, count in _asking(len(budgets)).all(ballot=ballot_id, **names)}


@cache
def _asking(budgets: int) -> Prepared:
    budget = table_of(VoteBudget).c
    names = [bindparam(f"name_{number}", type_=budget.name.type) for number in range(budgets)]
    asked = select(budget.name, budget["count"])
    return Prepared(lambda _dialect: asked.where(budget.ballot_id == bindparam("ballot"), budget.name.in_(names)))


@cache
def _spending(budgets: int) -> Prepared:
    """Build the statement once for so many budgets; rows from selects, because SQLAlchemy keeps no list of values."""
    table = table_of(VoteBudget)
    columns = table.c
    ballot = bindparam("ballot", type_=columns.ballot_id.type)
    names = [bindparam(f"name_{number}", type_=columns.name.type) for number in range(budgets)]
    asked = union_all(*(
        select(
            ballot.label("ballot_id"),
            name.label("name"),
            literal(1, columns["count"].type).label("count"),
            bindparam(f"over_at_{number}", type_=columns.over_at.type).label("over_at"),
        )
        for number, name in enumerate(names)
    )).subquery()  # fmt: skip
    limits = [bindparam(f"limit_{number}", type_=columns["count"].type) for number in range(budgets)]
    limit = case(dict(zip(names, limits, strict=True)), value=columns.name)
    is_spent = columns.name.in_(names) & (columns["count"] >= limit)
    have_all_some_left = ~select(columns.name).where(columns.ballot_id == ballot, is_spent).exists()
    rows = select(asked).where(have_all_some_left)

    def build(dialect: str) -> Executable:
        adding = insert_for(dialect)(table).from_select(["ballot_id", "name", "count", "over_at"], rows)
        spending: Executable = adding.on_conflict_do_update(
            index_elements=["ballot_id", "name"], set_={"count": columns["count"] + 1}
        ).returning(columns.name, columns["count"])
        return spending

    return Prepared(build)
