"""The sponsor's report: what came of a ballot, by day and by page; never who, and never a hidden ballot's results.

It is read at a secret link that an editor makes and can withdraw. A figure below the privacy threshold is not shown by
itself: its row is counted into the last one, with as many more as it takes to be above the threshold.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, Row, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from board import audit
from board.articles.loading import article_path
from board.articles.models import Article
from board.ballots.audience import BallotDay
from board.ballots.models import Ballot
from board.extensions import Model, db
from board.storage import now
from board.urls import absolute

FEWEST = 10  # readers or presses that a row tells of
MAX_DAYS = 400
FEWEST_COLUMNS = 140  # wide is the chart at least, of which a day has ten
MAX_PAGES = 200
KEY_BYTES = 24


class ReportLink(Model):
    """A secret address of the report; only its hash is kept."""

    __tablename__ = "ballot_report_link"
    __table_args__ = (Index("ix_ballot_report_link_ballot", "ballot_id"),)

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Figures:
    """Impressions, votes and presses of a day or a page; None: fewer than `FEWEST`."""

    label: Any  # a date, a title, or None for all that are too small to be told apart
    path: str = ""
    counts: tuple[int | None, int | None, int | None] = (0, 0, 0)


class Column(NamedTuple):
    """A day in the chart: where it stands, and how high."""

    x: int
    seen: int
    votes: int


@dataclass(frozen=True)
class Report:
    """What a sponsor may know."""

    ballot: Ballot
    totals: Figures
    days: list[Figures] = field(default_factory=list)
    pages: list[Figures] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Return the chart's width: few days do not fill it, or one would look like a wall."""
        return max(10 * len(self.columns), FEWEST_COLUMNS)

    @property
    def columns(self) -> list[Column]:
        """Return the days' heights in a chart: of 100, beside the day with the most."""
        days = [day for day in self.days if day.label is not None]
        most = max((count or 0 for day in days for count in day.counts[:2]), default=0) or 1
        shares = [[round(100 * (count or 0) / most) for count in day.counts[:2]] for day in days]
        return [Column(10 * place, seen, votes) for place, (seen, votes) in enumerate(shares)]


def make_link(ballot: Ballot, by: Any = None) -> str:
    """Return the key of a new link; the former ones go. The caller commits."""
    withdraw_links(ballot, by)
    key = secrets.token_urlsafe(KEY_BYTES)
    db.session.add(ReportLink(key_hash=_hash(key), ballot_id=ballot.id))
    audit.record("ballot.report_linked", ballot, by=by)
    return key


def address_of(ballot: Ballot, key: str) -> str:
    """Return the whole address of the report."""
    return absolute(f"/ballots/{ballot.slug}/report/{key}")


def withdraw_links(ballot: Ballot, by: Any = None) -> bool:
    """Let no link to the report work any more; tell whether one did."""
    live = update(ReportLink).where(ReportLink.ballot_id == ballot.id, ReportLink.withdrawn_at.is_(None))
    had = bool(db.session.execute(live.values(withdrawn_at=now())).rowcount)  # type: ignore[attr-defined]
    if had:
        audit.record("ballot.report_withdrawn", ballot, by=by)
    return had


def opens(ballot: Ballot, key: str) -> bool:
    """Tell whether the key opens the ballot's report."""
    link = db.session.get(ReportLink, _hash(key))
    return link is not None and link.ballot_id == ballot.id and link.withdrawn_at is None


def has_link(ballot: Ballot) -> bool:
    """Tell whether somebody may hold a link to the report."""
    live = select(ReportLink.key_hash).where(ReportLink.ballot_id == ballot.id, ReportLink.withdrawn_at.is_(None))
    return db.session.scalar(live.limit(1)) is not None


def report_of(ballot: Ballot) -> Report:
    """Return the report; three queries, whatever the number of votes."""
    sums = (func.sum(BallotDay.impressions), func.sum(BallotDay.votes), func.sum(BallotDay.presses))
    of_ballot = BallotDay.ballot_id == ballot.id
    totals = db.session.execute(select(*sums).where(of_ballot)).one()
    days = db.session.execute(
        select(BallotDay.day, *sums).where(of_ballot).group_by(BallotDay.day).order_by(BallotDay.day).limit(MAX_DAYS)
    ).all()
    pages = db.session.execute(
        select(BallotDay.article_id, *sums)
        .where(of_ballot)
        .group_by(BallotDay.article_id)
        .order_by(sums[1].desc(), sums[0].desc())
        .limit(MAX_PAGES)
    ).all()
    articles = _articles(row[0] for row in pages)
    return Report(
        ballot,
        told(Figures(None, counts=_whole(totals))),
        folded([Figures(row[0], counts=_whole(row[1:])) for row in days]),
        folded([_page(ballot, articles.get(row[0]), _whole(row[1:])) for row in pages]),
    )


def folded(rows: list[Figures]) -> list[Figures]:
    """Return the rows with those that would tell of too few counted together, at the end.

    What is not shown must not follow from the rest and the total: if those together are still too few, the smallest
    of the other rows join them.
    """
    clear = [row for row in rows if not _is_small(row)]
    small = [row for row in rows if _is_small(row)]
    while clear and _is_small(_together(small)):
        least = min(clear, key=lambda row: sum(count or 0 for count in row.counts))
        clear.remove(least)
        small.append(least)
    return [*clear, told(_together(small))] if small else clear


def _together(rows: list[Figures]) -> Figures:
    """Return the sum of the rows, without a label."""
    seen, votes, presses = (sum(row.counts[place] or 0 for row in rows) for place in range(3))
    return Figures(None, counts=(seen, votes, presses))


def told(row: Figures) -> Figures:
    """Return the row with None for each count below the threshold."""
    shown = [None if 0 < (count or 0) < FEWEST else count for count in row.counts]
    return Figures(row.label, row.path, (shown[0], shown[1], shown[2]))


def _is_small(row: Figures) -> bool:
    return any(0 < (count or 0) < FEWEST for count in row.counts)


def _whole(sums: Row[Any] | Any) -> tuple[int, int, int]:
    impressions, votes, presses = (int(count or 0) for count in sums)
    return impressions, votes, presses


def _page(ballot: Ballot, article: Article | None, counts: tuple[int, int, int]) -> Figures:
    if article is None:
        return Figures(ballot.question, f"/ballots/{ballot.slug}", counts)
    return Figures(article.title, article_path(article), counts)


def _articles(ids: Iterable[int]) -> dict[int, Article]:
    query = select(Article).where(Article.id.in_(list(ids)))
    return {article.id: article for article in db.session.scalars(query).unique()}


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
