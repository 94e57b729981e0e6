"""A web process: granian, serving in the process that loads it; `watching.py` starts as many as there are to be."""

import json
import sys
from typing import Any, NoReturn

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from board.operations.watching import BACKLOG, let_signals_in

HEADER_TIMEOUT_MS = 10_000
WAITING_PER_THREAD = 16  # requests taken in before connections have to wait


class OneProcess(MPServer):
    """granian without processes of its own, and so without a parent that takes as much memory as all of granian."""

    def __init__(self, *, listener: int | None, **options: Any) -> None:
        """Take the options of granian; `listener` is the descriptor of a Unix socket that others listen on too."""
        super().__init__("board.operations.server:build", factory=True, interface=Interfaces.WSGI, **options)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        if self._listener is None:
            super()._init_shared_socket()  # type: ignore[no-untyped-call] # each process listens on the port for itself
            return
        holder: Any = SocketHolder
        vars(self).update(_shd=holder(self._listener, True, BACKLOG), _sso=None)

    def _spawn_worker(self, *which: Any, **what: Any) -> NoReturn:
        """Do here what granian would do in a process of its own, until a signal comes."""
        worker = super()._spawn_worker(*which, **what)
        let_signals_in()  # granian's parent took them for itself
        worker.inner.run()
        sys.exit()


def serve_here(orders: str, listener: int | None) -> None:
    """Serve as the orders say, in JSON, until a signal comes."""
    server_for(listener=listener, **json.loads(orders)).serve()


def server_for(*, host: str, port: int, threads: int, log_level: str, listener: int | None) -> OneProcess:
    """Return granian as Board wants it."""
    return OneProcess(
        listener=listener,
        address=host,
        port=port,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        blocking_threads=threads,
        backlog=BACKLOG,
        backpressure=threads * WAITING_PER_THREAD,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS),
        log_access=False,
        log_level=LogLevels(log_level),
    )
