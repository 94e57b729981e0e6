"""The process that watches over the web processes: granian and nothing else, so that it stays small.

`board serve` turns into this one. It is run as a script, by its path, because importing it from the package would bring
the application with it. The web processes are forked from here: what all of them need is in memory once.
"""

import ctypes
import json
import multiprocessing
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

HEADER_TIMEOUT_MS = 10_000
BACKLOG = 1024  # connections that wait in the kernel; more are refused at once
WAITING_PER_THREAD = 16  # requests taken in before connections have to wait
STOP_SECONDS = 20  # to answer what is in hand
SOCKET_PERMISSIONS = 0o660
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SIGNAL_WHEN_PARENT_DIES = 1  # PR_SET_PDEATHSIG of prctl(2)


def watch(orders: dict[str, Any]) -> None:
    """Serve until a signal comes; then leave the SQLite database whole in its one file."""
    root = str(Path(__file__).parents[2])
    if root not in sys.path:
        sys.path.append(root)  # a checkout that is not installed
    multiprocessing.set_start_method("fork")
    hold_signals_while_forking(partial(begin_as_web_process, os.getpid()))
    try:
        server_for(**orders["server"]).serve()
    finally:
        if orders["sqlite_file"]:
            fold_journal(orders["sqlite_file"])


def hold_signals_while_forking(begin: Callable[[], None]) -> None:
    """Let no signal reach a process before it has begun; `begin` is the first that it does.

    It has this one's handlers until then, which would take a SIGTERM and leave it running.
    """

    def hold() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)

    def release() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    os.register_at_fork(before=hold, after_in_parent=release)
    os.register_at_fork(after_in_child=begin)
    os.register_at_fork(after_in_child=release)


def begin_as_web_process(watching: int) -> None:
    """End at a signal at once, as nothing is in hand yet; and later whenever the watching process ends.

    Nobody else would stop this one then, and it holds the port.
    """
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SIGNAL_WHEN_PARENT_DIES, signal.SIGTERM)
        if os.getppid() != watching:
            os._exit(1)


def server_for(*, host: str, port: int, socket: str | None, workers: int, threads: int, log_level: str) -> MPServer:
    """Return granian as Board wants it."""
    return MPServer(
        "board.operations.server:build",
        factory=True,
        address=host,
        port=port,
        uds=Path(socket) if socket else None,
        uds_permissions=SOCKET_PERMISSIONS if socket else None,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=threads,
        backlog=BACKLOG,
        backpressure=threads * WAITING_PER_THREAD,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS),
        log_access=False,
        log_level=LogLevels(log_level),
    )


def fold_journal(file: str) -> None:
    """Write what SQLite keeps beside the database into it, so that after a stop the file alone is whole."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    watch(json.loads(sys.argv[1]))
