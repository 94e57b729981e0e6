"""`board serve`: granian with the application in each of its processes.

This process only watches over the others; it never imports the application, so it stays small.
"""

import os
import socket as network
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from board.config import Settings, load_settings
from board.operations.revision import has_newest_schema

if TYPE_CHECKING:
    from flask import Flask

DELIVERS = "BOARD_SERVE_DELIVERS"  # from the watching process to the web processes
HEADER_TIMEOUT_MS = 10_000
BACKLOG = 1024  # connections that wait in the kernel; more are refused at once
WAITING_PER_THREAD = 16  # requests taken in before connections have to wait
STOP_SECONDS = 20  # to answer what is in hand
SOCKET_PERMISSIONS = 0o660


def run(*, host: str | None, port: int | None, workers: int | None, socket: str | None, delivers: bool) -> None:
    """Bring the database up to date, then serve until a signal comes."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings

    settings = load_settings()
    if not has_newest_schema(settings.database_url):
        upgrade()
    os.environ[DELIVERS] = "1" if delivers else ""
    host, port = host or settings.host, port or settings.port
    if not socket:
        refuse_taken_port(host, port)
    os.environ["BOARD_PORT"] = str(port)  # for the web processes, whose links name it
    where = socket or f"http://{host}:{port}"
    click.echo(f"Board is on {where} (press Ctrl-C to stop)", err=True)
    Granian(
        "board.operations.server:build",
        factory=True,
        address=host,
        port=port,
        uds=Path(socket) if socket else None,
        uds_permissions=SOCKET_PERMISSIONS if socket else None,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers or settings.workers or default_workers(settings),
        blocking_threads=settings.threads,
        backlog=BACKLOG,
        backpressure=settings.threads * WAITING_PER_THREAD,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS),
        log_access=False,
        log_level=_granian_level(settings.log_level),
    ).serve()
    fold_journal(settings.database_url)


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


def fold_journal(database_url: str) -> None:
    """Write what SQLite keeps beside the database into it, so that after a stop the file alone is whole."""
    if database_url.startswith("sqlite:///"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def default_workers(settings: Settings) -> int:
    """Return one process for SQLite, one per core for PostgreSQL."""
    return 1 if settings.database_url.startswith("sqlite") else os.cpu_count() or 1


def build() -> "Flask":
    """Build the application in a web process, and start its share of deliveries."""
    from board import create_app
    from board.operations.worker import Worker

    app = create_app()
    if os.environ.get(DELIVERS):
        Worker(app).start()
    return app


def _granian_level(level: str) -> "LogLevels":  # type: ignore[name-defined] # noqa: F821
    from granian.log import LogLevels

    return LogLevels(level if level != "info" else "warning")
