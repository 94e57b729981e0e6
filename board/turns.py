"""One request at a time in Python, in each web process: threads wait for their turn here, not for the interpreter.

Python runs one thread at a time anyway. Threads that meet inside the interpreter hand it to each other at every file,
socket and statement of SQLite, which doubles what each request costs (docs/decisions/0025). So they queue in front of
Flask. Whoever has waited for `PATIENCE_SECONDS` goes on all the same: a request that hangs on a database or a mail
server keeps nobody else from theirs.
"""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE_SECONDS = 0.05  # far more than a request takes, far less than anybody notices


class Turns:
    """The layer between ready bytes, which need no turn, and Flask."""

    def __init__(self, app: "WSGIApplication") -> None:
        """Wrap the application."""
        self._app = app
        self._turn = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let Flask answer when it is this thread's turn."""
        has_turn = self._turn.acquire(timeout=PATIENCE_SECONDS)
        try:
            return self._app(environ, start_response)
        finally:
            if has_turn:
                self._turn.release()
