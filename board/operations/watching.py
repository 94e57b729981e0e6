"""The process that watches over the web processes: Python and nothing else, so that it takes four megabytes.

`board serve` turns into this one. It is run as a script, by its path, because importing it from the package would bring
the application with it; each web process, forked from here, loads that for itself (`web_process.py`). Signals are
blocked and fetched one by one, so that none comes at a bad moment.
"""

import math
import os
import signal
import socket as network
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress

STOP_SECONDS = 20  # to answer what is in hand
START_SECONDS = 4  # that a new process is given before the one in whose place it comes is stopped
QUICK_SECONDS = 5.5  # if what replaced a failed process fails sooner than this, nobody but the operator can help
BACKLOG = 1024  # connections that wait in the kernel; more are refused at once
SOCKET_PERMISSIONS = 0o660
STOPPING = {signal.SIGINT, signal.SIGTERM}
WATCHED = STOPPING | {signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM}
SIGNAL_WHEN_PARENT_DIES = 1  # PR_SET_PDEATHSIG of prctl(2)
NEVER = -math.inf


class Watch:
    """So many web processes: one that ends is replaced, SIGHUP replaces all, SIGINT or SIGTERM stops them."""

    def __init__(self, serve: Callable[[], None], count: int) -> None:
        """Remember what each web process does, and how many there are to be."""
        self._serve, self._count = serve, count
        self._started: dict[int, float] = {}  # by process ID, when it was if it replaced a failed one, else never
        self._has_failed = False

    def run(self) -> int:
        """Watch until a signal says stop; return the exit status: 1 if no process will start."""
        block_signals()
        while len(self._started) < self._count:
            self._start(NEVER)
        while (number := signal.sigwait(WATCHED)) not in STOPPING:
            if number == signal.SIGHUP:
                self._replace_all()
            self._bury()
            if self._has_failed:
                say("A web process ended as soon as it was started, once more. Board stops.")
                break
            while len(self._started) < self._count:
                self._start(time.monotonic())
        self._stop(list(self._started))
        return int(self._has_failed)

    def _start(self, moment: float) -> None:
        watching = os.getpid()
        child = os.fork()
        if not child:
            become_web_process(watching, self._serve)
        self._started[child] = moment

    def _replace_all(self) -> None:
        """Start a process beside each, and stop that one when the new one has had time to start."""
        for former in list(self._started):
            self._start(NEVER)
            time.sleep(START_SECONDS)
            self._stop([former])

    def _stop(self, processes: list[int]) -> None:
        """Let the processes answer what they have in hand, and end them if that takes too long."""
        tell(processes, signal.SIGTERM)
        signal.alarm(STOP_SECONDS)
        while any(process in self._started for process in processes):
            if signal.sigwait({signal.SIGCHLD, signal.SIGALRM}) == signal.SIGALRM:
                tell([process for process in processes if process in self._started], signal.SIGKILL)
            self._bury(stopped=processes)
        signal.alarm(0)
        if signal.SIGALRM in signal.sigpending():
            signal.sigwait({signal.SIGALRM})  # it came too late to matter

    def _bury(self, stopped: list[int] | None = None) -> None:
        """Take leave of all that have ended, and say so of those that nobody stopped."""
        while self._started:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            since = self._started.pop(process, None)
            if since is not None and process not in (
                stopped or ()
            ):  # as a container's first process we get orphans too
                say(f"A web process has ended unexpectedly ({os.waitstatus_to_exitcode(status)}).")
                self._has_failed |= time.monotonic() - since < QUICK_SECONDS


def block_signals() -> None:
    """Keep all that is watched for until somebody asks; so it is in a web process too until it is ready for them."""
    for number in WATCHED:
        signal.signal(number, lambda *_: None)  # never called; but systems may throw away what nobody handles
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)


def become_web_process(watching: int, serve: Callable[[], None]) -> None:
    """Serve, and never return; end whenever the watching process does, as nobody else would stop this one."""
    status = 1
    try:
        end_with(watching)
        serve()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def end_with(watching: int) -> None:
    """End when the watching process does, or at once if it has."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(SIGNAL_WHEN_PARENT_DIES, signal.SIGTERM)
        if os.getppid() != watching:
            os._exit(1)


def let_signals_in() -> None:
    """Let signals end this process at once, those that have come already too: nothing is in hand yet."""
    for number in WATCHED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)


def tell(processes: list[int], number: signal.Signals) -> None:
    """Send each of the processes the signal."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def say(words: str) -> None:
    """Tell the operator."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - what logs is not loaded here


def listening_at(path: str) -> network.socket:
    """Return a Unix socket that listens; all web processes share it."""
    listener = network.socket(network.AF_UNIX)
    listener.bind(path)
    os.chmod(path, SOCKET_PERMISSIONS)  # noqa: PTH101 - pathlib would take a megabyte
    listener.listen(BACKLOG)
    listener.setblocking(False)  # a process that another was quicker than goes on
    return listener


def fold_journal(file: str) -> None:
    """Write what SQLite keeps beside the database into it, so that after a stop the file alone is whole."""
    import sqlite3

    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def watch(workers: int, sqlite_file: str, path: str, orders: str) -> int:
    """Serve until a signal comes; then leave the SQLite database whole in its one file. Return the exit status."""
    listener = listening_at(path) if path else None

    def serve() -> None:
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
        if root not in sys.path:
            sys.path.append(root)  # a checkout that is not installed
        from board.operations.web_process import serve_here

        serve_here(orders, listener.fileno() if listener else None)

    try:
        return Watch(serve, workers).run()
    finally:
        if path:
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108
        if sqlite_file:
            fold_journal(sqlite_file)


if __name__ == "__main__":
    sys.exit(watch(int(sys.argv[1]), *sys.argv[2:]))
