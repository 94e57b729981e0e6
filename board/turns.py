"""One request at a time in Python, in each web process: threads wait for their turn here, not for the interpreter.

Python runs one thread at a time anyway. Threads that meet inside the interpreter hand it to each other at every file,
socket and statement of SQLite, which doubles what each request costs (docs/decisions/0025). So they queue in front of
Flask. Whoever has waited for `PATIENCE_SECONDS` goes on all the same: a request that hangs on a database or a mail
server keeps nobody else from theirs.
"""

import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from flask import current_app

from board.journal import NotOnDisk, synced_in_the_end

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

NOT_ON_DISK = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "private, no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Retry-After", "5"),
]
TURNS = "board_turns"  # under which an application's extensions name its layer
PATIENCE_SECONDS = 0.05  # far more than a request takes, far less than anybody notices


class Turns:
    """The layer between ready bytes, which need no turn, and Flask."""

    def __init__(self, app: "WSGIApplication") -> None:
        """Wrap the application."""
        self._app = app
        self._turn = threading.Lock()
        self._mine = threading.local()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let Flask answer when it is this thread's turn."""
        try:
            with synced_in_the_end():
                self._mine.has_turn = self._turn.acquire(timeout=PATIENCE_SECONDS)
                try:
                    return self._app(environ, start_response)
                finally:
                    self.leave()
        except NotOnDisk as error:
            log.error("not_on_disk", error=str(error), path=environ["PATH_INFO"])
            start_response("503 Service Unavailable", NOT_ON_DISK, sys.exc_info())
            return [b"The disk did not take this in. Look at the page again before you send it once more.\n"]

    def leave(self) -> None:
        """Let the next one in: this thread is about to wait for a disk, or done."""
        if getattr(self._mine, "has_turn", False):
            self._mine.has_turn = False
            self._turn.release()


def let_the_next_one_in() -> None:
    """Give up the request's turn; all that is left is to wait for the disk and to answer."""
    turns: Turns | None = current_app.extensions.get(TURNS)
    if turns:
        turns.leave()
