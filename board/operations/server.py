"""`board serve`: what happens before the first request, and what each web process does first.

The process that then watches over the web processes is `watching.py`.
"""

import gc
import json
import os
import socket as network
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from board.config import Settings, load_settings
from board.operations.revision import has_newest_schema

if TYPE_CHECKING:
    from flask import Flask

MOST_ON_SQLITE = 2  # one writes at a time, whatever we do
SMALL_MACHINE_BYTES = 2 * 1024**3
DELIVERS = "BOARD_SERVE_DELIVERS"  # from the watching process to the web processes
WATCHING = Path(__file__).with_name("watching.py")
OBJECTS_BETWEEN_LOOKS = 10_000  # for garbage; Python's 700 are what two or three requests make
# Memory that is free is given back, and not kept by each thread for itself: it would be a tenth of all.
ALLOCATORS = {
    "MALLOC_ARENA_MAX": "1",  # of Python's large blocks: its threads run one at a time anyway
    "MALLOC_MMAP_THRESHOLD_": str(1024 * 1024),  # as what a password's hash takes, 19 MiB
    # But not what the next page takes again: handing so much back and forth is a quarter of its time.
    "MALLOC_TRIM_THRESHOLD_": str(2 * 1024 * 1024),
    "_RJEM_MALLOC_CONF": "narenas:1,tcache_max:1024,dirty_decay_ms:1000",  # of granian's buffers (jemalloc)
}
NO_COLUMNS = ("-X", "no_debug_ranges")  # tracebacks name lines, but underline nothing: a megabyte in each process


def run(*, host: str | None, port: int | None, workers: int | None, socket: str | None, delivers: bool) -> NoReturn:
    """Bring the database up to date, then become the process that watches over the web processes."""
    settings = load_settings()
    if not has_newest_schema(settings.database_url):
        upgrade()
    host, port = host or settings.host, port or settings.port
    if socket:
        take_socket(Path(socket))
    else:
        refuse_taken_port(host, port)
    os.environ[DELIVERS] = "1" if delivers else ""
    os.environ["BOARD_PORT"] = str(port)  # for the web processes, whose links name it
    for name, value in ALLOCATORS.items():
        os.environ.setdefault(name, value)
    click.echo(f"Board is on {socket or f'http://{host}:{port}'} (press Ctrl-C to stop)", err=True)
    server = {
        "host": host,
        "port": port,
        "threads": settings.threads,
        "log_level": settings.log_level if settings.log_level != "info" else "warning",
    }
    count = workers or settings.workers or default_workers(settings)
    orders = [str(count), sqlite_file(settings), socket or "", json.dumps(server)]
    os.execv(sys.executable, [sys.executable, "-P", *NO_COLUMNS, str(WATCHING), *orders])  # noqa: S606 - ourselves


def upgrade() -> None:
    """Bring the database up to date in a process of its own; end with its status if that fails."""
    upgraded = subprocess.run([sys.executable, "-m", "board", "init"], check=False, stdout=subprocess.DEVNULL)
    if upgraded.returncode:
        sys.exit(upgraded.returncode)


def refuse_taken_port(host: str, port: int) -> None:
    """End with a sentence if somebody listens there; two Boards would otherwise share the port, and the requests."""
    with network.socket(network.AF_INET6 if ":" in host else network.AF_INET) as probe:
        probe.setsockopt(network.SOL_SOCKET, network.SO_REUSEADDR, 1)  # what only lingers after a stop is no obstacle
        try:
            probe.bind((host, port))
        except OSError as error:
            click.echo(f"Error: cannot listen on {host}:{port}: {error.strerror}. Choose another: --port", err=True)
            sys.exit(1)


def take_socket(path: Path) -> None:
    """Clear away what a killed Board left behind; end with a sentence if somebody answers there or it is no socket."""
    with network.socket(network.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == 0:
            click.echo(f"Error: somebody answers on {path} already. Choose another: --socket", err=True)
            sys.exit(1)
    if path.exists() and not path.is_socket():
        click.echo(f"Error: {path} is there, and it is no socket. Choose another: --socket", err=True)
        sys.exit(1)
    path.unlink(missing_ok=True)


def sqlite_file(settings: Settings) -> str:
    """Return the database's file; empty for PostgreSQL."""
    is_sqlite = settings.database_url.startswith("sqlite:///")
    return settings.database_url.removeprefix("sqlite:///") if is_sqlite else ""


def default_workers(settings: Settings) -> int:
    """Return one process for each core; on SQLite two at most, and one on a small machine (docs/decisions/0025)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not settings.database_url.startswith("sqlite"):
        return cores
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(cores, MOST_ON_SQLITE) if memory > SMALL_MACHINE_BYTES else 1


def build() -> "Flask":
    """Build the application in a web process, and start its share of deliveries."""
    from board import create_app
    from board.operations.worker import Worker

    gc.disable()  # what is made now stays: nothing of it is garbage …
    app = create_app()
    gc.freeze()  # … nor looked through for any later, which would hold requests up for a tenth of a second
    gc.enable()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, *gc.get_threshold()[1:])
    if os.environ.get(DELIVERS):
        Worker(app).start()
    return app
