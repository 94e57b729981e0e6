"""Counts for a transparency report (EU Digital Services Act, Articles 15 and 24)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Integer, cast, func, select

from board.accounts.reach import Reach
from board.days import begin_of, own_zone, parse_day
from board.extensions import db
from board.moderation.appeals import Appeal
from board.moderation.models import Report
from board.moderation.notices import Notice
from board.moderation.statements import Statement
from board.spreadsheets import csv_of
from board.storage import now

HEADINGS = ("section", "act", "reason", "ground", "found_by", "automated", "outcome", "count", "median_hours")


@dataclass(frozen=True)
class Period:
    """The days from one to another, both included, by the operator's clock."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Return when the first day begins."""
        return begin_of(self.first)

    @property
    def end(self) -> datetime:
        """Return when the last day is over."""
        return begin_of(self.last + timedelta(days=1))

    def covers(self, column: Any) -> Any:
        """Return the condition that the moment in this column is within the period."""
        return (column >= self.start) & (column < self.end)


@dataclass(frozen=True)
class Decisions:
    """How many decisions of one kind there were, for one reason."""

    act: str
    reason: str
    ground: str
    found_by: str
    is_automated: bool
    count: int


@dataclass
class Outcomes:
    """What became of all that was sent in: reports, notices or appeals."""

    counts: dict[str, int]
    median_hours: float | None = None

    @property
    def total(self) -> int:
        """Return how many were sent in."""
        return sum(self.counts.values())


@dataclass
class Transparency:
    """The counts of one period."""

    period: Period
    decisions: list[Decisions] = field(default_factory=list)
    reports: Outcomes = field(default_factory=lambda: Outcomes({}))
    notices: Outcomes = field(default_factory=lambda: Outcomes({}))
    appeals: Outcomes = field(default_factory=lambda: Outcomes({}))

    @property
    def decision_count(self) -> int:
        """Return how many decisions there were."""
        return sum(row.count for row in self.decisions)

    @property
    def automated_count(self) -> int:
        """Return how many of them no person took."""
        return sum(row.count for row in self.decisions if row.is_automated)


def make_period(first: str, last: str) -> Period:
    """Return the period between two days as in "2026-01-31"; without them, this year until today. Raises ValueError."""
    today = now().astimezone(own_zone()).date()
    begins = parse_day(first) if first else today.replace(month=1, day=1)
    ends = parse_day(last) if last else today
    if begins > ends:
        raise ValueError
    return Period(begins, ends)


def count_period(period: Period, within: Reach) -> Transparency:
    """Return the period's counts within reach; what was undone before it was told is no decision."""
    return Transparency(
        period,
        _decisions(period, within),
        _outcomes(period, within, Report, Report.closed_at),
        _outcomes(period, within, Notice, Notice.closed_at),
        _outcomes(period, within, Appeal, Appeal.decided_at),
    )


def as_csv(found: Transparency) -> str:
    """Return the counts as a table, one count a line, for whoever writes the report."""
    return csv_of([HEADINGS, *_rows(found)])


def _rows(found: Transparency) -> Iterator[Sequence[Any]]:
    for row in found.decisions:
        automated = "yes" if row.is_automated else "no"
        yield "decisions", row.act, row.reason, row.ground, row.found_by, automated, "", row.count, ""
    for section, outcomes in (("reports", found.reports), ("notices", found.notices), ("appeals", found.appeals)):
        for outcome, count in outcomes.counts.items():
            yield section, "", "", "", "", "", outcome, count, ""
        if outcomes.median_hours is not None:
            yield section, "", "", "", "", "", "decided", "", round(outcomes.median_hours, 1)


def _decisions(period: Period, within: Reach) -> list[Decisions]:
    columns = (
        Statement.act,
        Statement.reason_name,
        Statement.ground,
        Statement.found_by,
        Statement.is_automated,
    )
    was_told = (Statement.state != "withdrawn") | Statement.told_at.is_not(None)
    query = select(*columns, func.count()).where(period.covers(Statement.decided_at), was_told)
    query = query.where(within.covers(Statement.site_id)).group_by(*columns).order_by(func.count().desc(), *columns)
    return [Decisions(*row) for row in db.session.execute(query)]


def _outcomes(period: Period, within: Reach, table: Any, decided: Any) -> Outcomes:
    """Count what was sent in within the period by its present state, with the median time until it was decided."""
    is_ours = [period.covers(table.created_at), within.covers(table.site_id)]
    states = select(table.state, func.count()).where(*is_ours).group_by(table.state).order_by(table.state)
    counts = {row[0]: row[1] for row in db.session.execute(states)}
    minutes = minutes_between(table.created_at, decided)
    lengths = select(minutes, func.count()).where(*is_ours, decided.is_not(None)).group_by(minutes).order_by(minutes)
    median = median_of([(row[0], row[1]) for row in db.session.execute(lengths)])
    return Outcomes(counts, None if median is None else median / 60)


def minutes_between(start: Any, end: Any) -> Any:
    """Return the whole minutes from one moment to another, as the database counts them.

    So however much was decided, the database passes once over the period, and gives a row for each length.
    """
    if db.engine.dialect.name == "postgresql":
        return func.floor(func.extract("epoch", end - start) / 60)
    return cast((func.julianday(end) - func.julianday(start)) * (24 * 60), Integer)


def median_of(counted: Sequence[tuple[Any, int]]) -> float | None:
    """Return the median of values that are counted, as in [(value, count)], in their order; None if there are none."""
    total, passed = sum(count for _value, count in counted), 0
    middle = []
    for value, count in counted:
        middle += [float(value) for place in ((total - 1) // 2, total // 2) if passed <= place < passed + count]
        passed += count
    return sum(middle) / 2 if middle else None
