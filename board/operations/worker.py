"""The worker: delivers the outbox, in a thread of its own inside a web process or alone."""

import threading

import structlog
from flask import Flask

from board.extensions import db
from board.outbox import deliver_due

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0


class Worker(threading.Thread):
    """Deliver what is due, then look again a second later, until told to stop."""

    def __init__(self, app: Flask) -> None:
        """Remember the application; `start()` begins."""
        super().__init__(name="board-worker", daemon=True)
        self._app = app
        self._stopping = threading.Event()

    def run(self) -> None:
        """Deliver until stopped; a fault is logged and does not end the worker."""
        while not self._stopping.is_set():
            if not self._deliver():
                self._stopping.wait(POLL_SECONDS)

    def stop(self) -> None:
        """Ask the worker to end after the delivery in hand."""
        self._stopping.set()

    def _deliver(self) -> int:
        with self._app.app_context():
            try:
                return deliver_due()
            except Exception as error:
                db.session.rollback()
                log.warning("worker_fault", error=type(error).__name__, detail=str(error)[:200])
                return 0
