"""How often a ballot was seen and its sponsor's links were pressed, by day and page, for the sponsor's report.

Pages come from caches, so browsers tell it: once a ballot was half on the screen for a second, and at a press on a
sponsor's link. Nothing about the reader is kept. These figures are told by browsers and may be wrong by a few; votes
are added when the ledger seals them. What is told waits in memory for some seconds and is written together.
"""

import threading
from collections import Counter
from datetime import date
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import Date, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from board.articles.models import Article
from board.ballots.models import Ballot
from board.extensions import Model, db
from board.storage import insert_for, now

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 5.0
MAX_WAITING = 5000  # days, ballots and pages; beyond it nothing new is taken until they are written
ELSEWHERE = 0  # the "article" of what happened on the ballot's own page
KINDS = ("impressions", "presses")

Key = tuple[int, int, str]  # ballot, article, kind


class BallotDay(Model):
    """What happened on one day (UTC) around a ballot, on one page."""

    __tablename__ = "ballot_day"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    impressions: Mapped[int] = mapped_column(default=0)
    presses: Mapped[int] = mapped_column(default=0)
    votes: Mapped[int] = mapped_column(default=0)  # with changes of mind


class Audience:
    """What browsers have told this process and is not written yet."""

    def __init__(self, app: Flask, seconds: float = FLUSH_SECONDS) -> None:
        """Bind to the application; `seconds` is how long anything waits."""
        self._app, self._seconds = app, seconds
        self._lock = threading.Lock()
        self._waiting: Counter[Key] = Counter()
        self._timer: threading.Timer | None = None

    def note(self, ballot_id: int, article_id: int, kind: str) -> None:
        """Count one; it is written a few seconds later."""
        key = (ballot_id, article_id, kind)
        with self._lock:
            if len(self._waiting) >= MAX_WAITING and key not in self._waiting:
                return
            self._waiting[key] += 1
            if self._timer is None:
                self._timer = threading.Timer(self._seconds, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what waits. If the database cannot take it, it is lost: figures of an audience block nobody."""
        with self._lock:
            waiting, self._waiting, self._timer = self._waiting, Counter(), None
        if not waiting:
            return
        with self._app.app_context():
            try:
                add_to_days(waiting)
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                log.warning("audience_not_written", error=type(error).__name__)


def add_to_days(told: Counter[Key]) -> None:
    """Add to today's rows; a page that is none of the ballot's site counts as elsewhere. The caller commits."""
    pages = _pages_of({(ballot_id, article_id) for ballot_id, article_id, _kind in told})
    sums: dict[tuple[int, int], Counter[str]] = {}
    for (ballot_id, article_id, kind), count in told.items():
        page = article_id if (ballot_id, article_id) in pages else ELSEWHERE
        sums.setdefault((ballot_id, page), Counter())[kind] += count
    today = now().date()
    rows = [
        {"ballot_id": ballot_id, "article_id": page, "day": today, "votes": 0} | {kind: counts[kind] for kind in KINDS}
        for (ballot_id, page), counts in sorted(sums.items())
    ]
    db.session.connection().execute(_adding(), rows)


def add_votes(ballot_id: int, votes: Counter[tuple[date, int]]) -> None:
    """Add votes, told apart by day and page, to their rows; each vote once, when it is sealed. The caller commits."""
    rows = [
        {"ballot_id": ballot_id, "article_id": page, "day": day, "votes": count, "impressions": 0, "presses": 0}
        for (day, page), count in sorted(votes.items())
    ]
    db.session.connection().execute(_adding(), rows)


def _pages_of(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those pairs of ballot and article that are of one site."""
    query = (
        select(Ballot.id, Article.id)
        .join(Article, Article.site_id == Ballot.site_id)
        .where(Ballot.id.in_({pair[0] for pair in pairs}), Article.id.in_({pair[1] for pair in pairs}))
    )
    return {(ballot_id, article_id) for ballot_id, article_id in db.session.execute(query)} & pairs


def _adding() -> Any:
    table = BallotDay.__table__
    adding = insert_for(db.engine.dialect.name)(table)
    return adding.on_conflict_do_update(
        index_elements=[table.c.ballot_id, table.c.day, table.c.article_id],
        set_={name: table.c[name] + adding.excluded[name] for name in (*KINDS, "votes")},
    )
