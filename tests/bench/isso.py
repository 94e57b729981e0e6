"""Isso beside Board in the same run: its package in an environment of its own, its comments as ours, in turns."""

import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import quote

from tests.bench.asking import HOST, get, raw
from tests.bench.driver import Outcome, Request, drive
from tests.bench.figures import Figure, rounded, skipped
from tests.bench.loading import BLOCK, FIRST_SECOND, TEXTS, block, comment_text
from tests.bench.plan import Scene
from tests.bench.servers import ROOT, refuse_busy, stop, wait_for_port
from tests.bench.stage import thread_name
from tests.bench.writes import CLIENTS
from tests.bench.wrk import Load

VERSION = "0.14.0"
PACKAGES = (f"isso=={VERSION}", "gunicorn")
INSTALL_SECONDS = 120
SIZES = (20, 200, 2_000)
ROUNDS, SECONDS = 2, 3
PORT_OFFSET = 2  # from Board's
WORKERS = 4  # as Isso's documentation has it
NESTED = 5  # replies under each comment that Isso's own script asks for
CONFIGURATION = """
[general]
dbpath = {directory}/comments.db
host = http://{host}:{port}/
[server]
listen = http://{host}:{port}/
[guard]
enabled = false
"""


class NotThere(Exception):
    """Isso cannot be installed here; its words say why."""


def beside(scene: Scene, directory: Path) -> None:
    """Measure what each front end asks for on page load, Board and Isso in turn."""
    try:
        program = installed()
    except NotThere as reason:
        scene.run.add(skipped("first page, against Isso", str(reason)))
        return
    sizes = SIZES[:2] if scene.plan.is_quick else SIZES
    fill(program, directory, scene.port + PORT_OFFSET, sizes)
    with serving(program, directory, scene.port + PORT_OFFSET):
        for size in sizes:
            compare(scene, size)


def compare(scene: Scene, size: int) -> None:
    """Add the row of one size."""
    ours, theirs = scene.thread(thread_name(size)), f"/?uri={quote(f'/{thread_name(size)}/')}&nested_limit={NESTED}"
    port, seconds = scene.port + PORT_OFFSET, 1 if scene.plan.is_quick else SECONDS
    page = get(port, theirs)
    if f"thought no. {(size - BLOCK) % TEXTS}." not in page.text:
        scene.run.add(skipped(f"first page, {size:,} comments, against Isso", f"it answered {page.status}"))
        return
    asking = Request(raw(port, "GET", theirs, {}), "isso")
    board, isso = list[Load](), list[Outcome]()
    scene.wrk.run(scene.port, [ours], 1)
    for _ in range(1 if scene.plan.is_quick else ROUNDS):
        board.append(scene.wrk.run(scene.port, [ours], seconds))
        isso.append(drive(port, itertools.repeat(asking), CLIENTS, seconds))  # waits for late answers, as wrk does not
    rate, limit = median(load.rate for load in board), median(outcome.rate for outcome in isso)
    told = [f"Isso {VERSION}: {rounded(limit):g} /s of {len(page.body) / 1000:.0f} kB", isso[-1].errors()]
    ratio = float(f"{rate / limit:.3g}") if limit else None
    name, note = f"first page, {size:,} comments, against Isso", "; ".join(filter(None, told))
    scene.run.add(Figure(name, rounded(rate), "/s", ratio, "Isso, same run", note=note))


def installed() -> Path:
    """Return the environment with Isso in it, made outside the project when first needed. Raises NotThere."""
    place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "board-bench" / f"isso-{VERSION}"
    if not (place / "ready").exists():
        uv = [sys.executable, "-m", "uv"] if has_module("uv") else [str(found)] if (found := tool()) else None
        if uv is None:
            raise NotThere("there is no uv to install it with")
        python = str(place / "bin" / "python")
        do([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place)])
        do([*uv, "pip", "install", "--quiet", "--python", python, *PACKAGES])
        (place / "ready").touch()
    return place / "bin"


def tool() -> Path | str | None:
    """Return the uv that `make` sets Board up with, or the machine's."""
    return next(iter(sorted(ROOT.glob(".tools/*/bin/uv"))), None) or shutil.which("uv")


def has_module(name: str) -> bool:
    """Tell whether this Python can run the module."""
    asked = [sys.executable, "-c", f"import {name}"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def do(command: list[str]) -> None:
    """Run a command. Raises NotThere with the last line it said."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired as late:
        raise NotThere(f"Isso could not be installed in {INSTALL_SECONDS} s") from late
    if done.returncode:
        raise NotThere(f"Isso could not be installed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")


def fill(program: Path, directory: Path, port: int, sizes: Sequence[int]) -> None:
    """Let Isso make its database, then give it the threads: the same texts, the same tree."""
    settings = directory / "isso.cfg"
    settings.write_text(CONFIGURATION.format(directory=directory, host=HOST, port=port))
    with serving(program, directory, port):
        get(port, "/?uri=/nothing/")
    with closing(sqlite3.connect(directory / "comments.db")) as database, database:
        for thread, size in enumerate(sizes, 1):
            database.execute(
                "INSERT INTO threads VALUES (?, ?, ?)", (thread, f"/{thread_name(size)}/", "Opening night")
            )
            first = int(database.execute("SELECT coalesce(max(id), 0) + 1 FROM comments").fetchone()[0])
            database.executemany(
                "INSERT INTO comments (tid, id, parent, created, mode, remote_addr, text, author, voters) "
                "VALUES (?, ?, ?, ?, 1, '127.0.0.0', ?, ?, ?)",
                rows_of(thread, first, size),
            )


def rows_of(thread: int, first: int, size: int) -> Iterator[tuple[object, ...]]:
    """Yield a thread's comments; Isso keeps every reply under its root."""
    slots = block()
    for number in range(size):
        start, slot = first + number - number % BLOCK, slots[number % BLOCK]
        parent = None if slot.root_slot is None else start + slot.root_slot
        author, text = f"Reader {number % 97}", comment_text(number % TEXTS)
        yield thread, first + number, parent, FIRST_SECOND + number, text, author, bytes(256)


@contextmanager
def serving(program: Path, directory: Path, port: int) -> Iterator[None]:
    """Serve as Isso's documentation has it for production."""
    refuse_busy(port)
    command = [str(program / "gunicorn"), "-b", f"{HOST}:{port}", "-w", str(WORKERS), "--preload", "isso.run"]
    environment = {**os.environ, "ISSO_SETTINGS": str(directory / "isso.cfg")}
    with (directory / "isso.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=directory)
    try:
        wait_for_port(port)
        yield
    finally:
        stop(process)
