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
from board.urls import articles_in

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 5.0
MAX_WAITING = 5000  # days, ballots and pages; beyond it nothing new is taken until they are written
ELSEWHERE = 0  # the "article" of what happened on the ballot's own page
KINDS = ("impressions", "presses")

Key = tuple[int, str, str]  # ballot, path of the page, kind


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

    def note(self, ballot_id: int, path: str, kind: str) -> None:
        """Count one; it is written a few seconds later."""
        key = (ballot_id, path, kind)
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
    pages = _pages_of({ballot_id for ballot_id, _path, _kind in told}, {path for _ballot, path, _kind in told})
    sums: dict[tuple[int, int], Counter[str]] = {}
    for (ballot_id, path, kind), count in told.items():
        page = next((pages[ballot_id, name] for name in articles_in(path) if (ballot_id, name) in pages), ELSEWHERE)
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


def _pages_of(ballot_ids: set[int], paths: set[str]) -> dict[tuple[int, str], int]:
    """Return the articles of the ballots' sites that the paths may be pages of, by ballot and the article's own ID."""
    names = {name for path in paths for name in articles_in(path)}
    query = (
        select(Ballot.id, Article.external_id, Article.id)
        .join(Article, Article.site_id == Ballot.site_id)
        .where(Ballot.id.in_(ballot_ids), Article.external_id.in_(names))
    )
    return {(ballot_id, name): article_id for ballot_id, name, article_id in db.session.execute(query)}


def _adding() -> Any:
    table = BallotDay.__table__
    adding = insert_for(db.engine.dialect.name)(table)
    return adding.on_conflict_do_update(
        index_elements=[table.c.ballot_id, table.c.day, table.c.article_id],
        set_={name: table.c[name] + adding.excluded[name] for name in (*KINDS, "votes")},
    )
