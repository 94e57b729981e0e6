"""The worker: delivers the outbox, seals votes, chains the log, counts, learns; in a web process, or alone."""

import threading
import time
from collections.abc import Callable

import structlog
from flask import Flask

from board.audit.chain import head_of_log, link_all, link_due
from board.ballots.budgets import purge_budgets
from board.ballots.ledger.sealing import seal_due
from board.ballots.recounts import count_results
from board.comments.asking import ask_due
from board.comments.drafts import purge_drafts
from board.comments.searching import index_due
from board.comments.visits import purge_visits
from board.extensions import db
from board.moderation.notices import forget_notices
from board.moderation.overdue import tell_of_long_waits
from board.moderation.sanctioning import end_due_sanctions
from board.outbox import deliver_due
from board.screening.learning import teach_due

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
SWEEP_SECONDS = 3600.0
SEAL_SECONDS = 5.0
LINK_SECONDS = 5.0
INDEX_SECONDS = 3.0  # that the desk's search is behind
OVERDUE_SECONDS = 300.0  # between looks for what waits too long at the desk
COUNT_SECONDS = 10.0  # between looks; a ballot is counted once a minute at most


class Worker(threading.Thread):
    """Deliver what is due, then look again a second later, until told to stop."""

    def __init__(self, app: Flask) -> None:
        """Remember the application; `start()` begins."""
        super().__init__(name="board-worker", daemon=True)
        self._app = app
        self._stopping = threading.Event()

    def run(self) -> None:
        """Deliver, seal and count until stopped, and sweep now and then; a fault is logged and ends nothing."""
        next_sweep = next_sealing = next_linking = next_counting = next_indexing = next_overdue = time.monotonic()
        while not self._stopping.is_set():
            if time.monotonic() >= next_sweep:
                self._do(sweep)
                next_sweep = time.monotonic() + SWEEP_SECONDS
            if time.monotonic() >= next_sealing and not self._do(seal_due):
                next_sealing = time.monotonic() + SEAL_SECONDS
            if time.monotonic() >= next_linking and not self._do(link_due):
                next_linking = time.monotonic() + LINK_SECONDS
            if time.monotonic() >= next_counting:
                self._do(count_results)
                next_counting = time.monotonic() + COUNT_SECONDS
            if time.monotonic() >= next_indexing and not self._do(index_due):
                next_indexing = time.monotonic() + INDEX_SECONDS
            if time.monotonic() >= next_overdue:
                self._do(tell_of_long_waits)
                next_overdue = time.monotonic() + OVERDUE_SECONDS
            self._do(teach_due)
            self._do(ask_due)
            if not self._do(deliver_due) and time.monotonic() < next_sealing:
                self._stopping.wait(POLL_SECONDS)

    def stop(self) -> None:
        """Ask the worker to end after the delivery in hand."""
        self._stopping.set()

    def _do(self, task: Callable[[], int]) -> int:
        with self._app.app_context():
            try:
                return task()
            except Exception as error:
                db.session.rollback()
                log.warning("worker_fault", error=type(error).__name__, detail=str(error)[:200])
                return 0


def sweep() -> int:
    """Delete what nobody came back for; return how many rows that were."""
    swept = purge_drafts() + purge_budgets() + purge_visits() + end_due_sanctions() + forget_notices()
    db.session.commit()
    link_all()
    number, head = head_of_log()
    log.info("log_head", number=number, head=head)  # wherever these lines are kept, the log can be held against them
    return swept
