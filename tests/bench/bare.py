"""The rows of a vote written by the database's driver alone, durably: what Board's votes are measured against.

They are what `board.ballots.votes` writes for a first vote: the vote, its record, and a step in two tallies.
"""

import itertools
import json
import random
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import JSON, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite

from board.ballots.choices import CHOSEN, one
from board.ballots.tally import COUNTED, SHARDS, TURNOUT, Tally
from board.ballots.votes import Vote, VoteRecord
from board.extensions import Model
from board.storage import insert_for, now
from tests.bench.figures import percentile
from tests.bench.plan import Scene
from tests.bench.stage import OPTIONS

MODELS = (Vote, VoteRecord)

Row = dict[str, Any]
Write = Callable[[Row, list[Row]], None]


@dataclass(frozen=True)
class Bare:
    """What the bare rows did."""

    rate: float
    p99_ms: float


def votes(scene: Scene, size: int, clients: int, seconds: float) -> Bare:
    """Write votes of new voters into the ballot for so long, each committed by itself."""
    ballot, numbers, times = scene.ballot_id(size), itertools.count(), list[float]()
    address = scene.engine.url.render_as_string(hide_password=False)
    turn = threading.Lock()
    is_sqlite = scene.database == "SQLite"
    ready, over = threading.Barrier(clients + 1), threading.Event()

    def client() -> None:
        write = sqlite_writer(address, turn) if is_sqlite else postgresql_writer(address)
        ready.wait()
        while not over.is_set():
            row, steps = rows_of(ballot, next(numbers), is_sqlite=is_sqlite)
            began = time.perf_counter()
            write(row, steps)
            times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=client, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join(10)
    return Bare(len(times) / (time.perf_counter() - began), percentile(times, 0.99) * 1000)


def rows_of(ballot: int, number: int, *, is_sqlite: bool) -> tuple[Row, list[Row]]:
    """Return the values of a vote, and the steps in its tallies."""
    option = (ballot - 1) * OPTIONS + number % OPTIONS + 1
    moment = now()
    row = {
        **defaults(),
        "ballot_id": ballot,
        "voter_key": f"d:{secrets.token_hex(32)}",
        "choice": json.dumps(one(option)),
        "receipt": secrets.token_hex(16),
        "disclosure_version": 0,
        "cast_at": moment.strftime("%Y-%m-%d %H:%M:%S.%f") if is_sqlite else moment,
    }
    shard = 0 if is_sqlite else random.randrange(SHARDS)
    places = sorted([(TURNOUT, COUNTED), (option, CHOSEN)])
    return row, [
        {"ballot_id": ballot, "option_id": place, "mark": mark, "shard": shard, "count": 1} for place, mark in places
    ]


def must_have(model: type[Model]) -> list[Any]:
    """Return the columns that every row needs a value for; the database makes the number of a record itself."""
    return [column for column in model.__table__.columns if not column.nullable and column.name != "id"]


@cache
def defaults() -> Row:
    """Return what Board writes where a vote says nothing."""
    made = {}
    for column in (column for model in MODELS for column in must_have(model)):
        default: Any = column.default
        if default is not None and default.is_scalar:
            made[column.name] = default.arg
        elif default is not None and isinstance(column.type, JSON):
            made[column.name] = json.dumps(default.arg(None))
    return made


def sqlite_writer(address: str, turn: threading.Lock) -> Write:
    """Return a function that writes a vote over a connection of its own; writers take turns, as SQLite wants it."""
    connection = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous=FULL")
    inserts, adding = statements("sqlite")

    def write(row: Row, steps: list[Row]) -> None:
        with turn:
            connection.execute("BEGIN IMMEDIATE")
            for statement in inserts:
                connection.execute(statement, row)
            connection.executemany(adding, steps)
            connection.execute("COMMIT")

    return write


def postgresql_writer(address: str) -> Write:
    """Return a function that writes a vote over a connection of its own."""
    connection = psycopg.connect(address.replace("postgresql+psycopg:", "postgresql:"))
    inserts, adding = statements("postgresql")

    def write(row: Row, steps: list[Row]) -> None:
        for statement in inserts:
            connection.execute(statement, row)
        for step in steps:
            connection.execute(adding, step)
        connection.commit()

    return write


def statements(dialect: str) -> tuple[list[str], str]:
    """Return the SQL of the inserts, and of a step in a tally."""
    speaks: Any = sqlite if dialect == "sqlite" else postgresql
    speaks = speaks.dialect(paramstyle="named" if dialect == "sqlite" else "pyformat")
    inserts = []
    for model in MODELS:
        values: dict[str, Any] = {column.name: bindparam(column.name) for column in must_have(model)}
        inserts.append(str(insert(model.__table__).values(values).inline().compile(dialect=speaks)))  # type: ignore[arg-type]
    table: Table = Tally.__table__  # type: ignore[assignment]
    names = ("ballot_id", "option_id", "mark", "shard")
    step = insert_for(dialect)(table).values({name: bindparam(name) for name in (*names, "count")})
    upsert = step.on_conflict_do_update(
        index_elements=[table.c[name] for name in names], set_={"count": table.c.count + step.excluded.count}
    )
    return inserts, str(upsert.compile(dialect=speaks))
