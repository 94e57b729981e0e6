"""The two databases behind one code base: durable settings, and the one writer at a time that SQLite wants.

SQLite: a transaction begins deferred. At its first write we end the read snapshot, take the writer lock and
`BEGIN IMMEDIATE`. So a transaction behaves as under PostgreSQL's READ COMMITTED (what was read before the first
write may be old: decide on fresh state by writing first), nobody meets SQLITE_BUSY in mid-transaction, and writers
queue fairly on a file lock instead of sleeping in SQLite's busy handler. See docs/decisions/0003.
"""

import fcntl
import math
import os
import re
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    any_,
    bindparam,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 5_000
SQLITE_CACHE_KIB = 512  # of each connection; the system keeps the file's pages in memory too
IDLE_SECONDS = 1.0  # after which a connection to PostgreSQL is asked whether it still lives
STATEMENT_TIMEOUT_MS = 10_000
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP)\b", re.IGNORECASE)

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware point in time, kept in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share: constraint names, times in UTC, 64-bit keys."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={datetime: UtcDateTime(), int: BigId},
    )


def now() -> datetime:
    """Return the present time in UTC; the one clock that rules and tests share."""
    return datetime.now(UTC)


def engine_options(database_url: str, pool_size: int) -> dict[str, Any]:
    """Return the options that make a connection pool bounded and quick to fail."""
    options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 4, "pool_timeout": 3, "pool_use_lifo": True}
    if database_url.startswith("postgresql"):
        timeouts = f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={BUSY_TIMEOUT_MS}"
        options["connect_args"] = {"connect_timeout": 3, "options": timeouts}
    return options


def prepare_engine(engine: Engine) -> None:
    """Make each connection durable, and each SQLite transaction follow the rule above."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgresql(engine)


class WriterLock:
    """One writer at a time over all threads and processes that share a SQLite file."""

    def __init__(self, file: Path) -> None:
        """Remember where the lock file is; it is opened when first needed, in the process that needs it."""
        self._file = file
        self._thread = threading.Lock()
        self._descriptor = -1
        self._pid = -1

    def acquire(self) -> None:
        """Wait for the turn."""
        self._thread.acquire()
        if self._pid != os.getpid():
            self._descriptor, self._pid = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600), os.getpid()
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def release(self) -> None:
        """Let the next writer in."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._thread.release()


def _prepare_sqlite(engine: Engine) -> None:
    _make_private_file(str(engine.url.database))
    lock = WriterLock(Path(f"{engine.url.database}.writer"))

    def connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"cache_size=-{SQLITE_CACHE_KIB}",
        ):
            dbapi.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        dbapi: Any = connection.connection.dbapi_connection
        dbapi.execute("BEGIN")

    def start_writing(connection: Connection) -> None:
        record = connection.connection
        if record.info.get("is_writing") or not connection.in_transaction():
            return
        dbapi: Any = record.dbapi_connection
        dbapi.execute("COMMIT")
        lock.acquire()
        record.info["is_writing"] = True
        dbapi.execute("BEGIN IMMEDIATE")

    def before_execute(connection: Connection, _c: Any, statement: str, _p: Any, context: Any, _m: bool) -> None:
        is_dml = context and (context.isinsert or context.isupdate or context.isdelete)
        if is_dml or WRITES.match(statement):
            start_writing(connection)

    def savepoint(connection: Connection, _name: str) -> None:
        start_writing(connection)

    def checkin(_dbapi: Any, record: Any) -> None:
        if record.info.pop("is_writing", False):
            lock.release()

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", before_execute)
    event.listen(engine, "savepoint", savepoint)
    event.listen(engine, "checkin", checkin)


def _make_private_file(file: str) -> None:
    """Make a new database's file for its owner's eyes only.

    A file that is there is left alone: closing a descriptor of our own would drop the locks that SQLite holds on it in
    this process, and two writers could meet.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare_postgresql(engine: Engine) -> None:
    def connect(dbapi: Any, _record: Any) -> None:
        with dbapi.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            if cursor.fetchone()[0] in {"off", "local"}:
                cursor.execute("SET synchronous_commit = on")
        dbapi.commit()

    def checkin(_dbapi: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    def checkout(dbapi: Any, record: Any, _proxy: Any) -> None:
        """Ask a connection that has been idle whether it still lives; a busy one would lose a way there and back."""
        if time.monotonic() - record.info.get("idle_since", math.inf) > IDLE_SECONDS and not is_alive(dbapi):
            raise DisconnectionError

    def is_alive(dbapi: Any) -> bool:
        try:
            return bool(engine.dialect.do_ping(dbapi))
        except engine.dialect.loaded_dbapi.Error:
            return False

    event.listen(engine, "connect", connect)
    event.listen(engine, "checkin", checkin)
    event.listen(engine, "checkout", checkout)


def insert_for(engine_name: str) -> Any:
    """Return the dialect's `insert`, which knows ON CONFLICT."""
    return postgresql.insert if engine_name == "postgresql" else sqlite.insert


def is_among(column: ColumnElement[int], name: str, engine_name: str) -> ColumnElement[bool]:
    """Return the condition that the column is one of the numbers in the list bound as `name`.

    The list is one parameter, so that the statement is the same text for lists of any length: it is built, compiled
    and prepared once.
    """
    if engine_name == "postgresql":
        return column == any_(bindparam(name, type_=postgresql.ARRAY(BigInteger)))
    numbers = func.json_each(bindparam(name, type_=JSON)).table_valued("value")
    return column.in_(select(numbers.c.value))
