"""How a transaction begins and ends on each database: durable, and as late as it can.

SQLite: a transaction begins deferred. At its first write we end the read snapshot, take the writer lock and
`BEGIN IMMEDIATE`. So a transaction behaves as under PostgreSQL's READ COMMITTED (what was read before the first
write may be old: decide on fresh state by writing first), nobody meets SQLITE_BUSY in mid-transaction, and writers
queue fairly on a file lock instead of sleeping in SQLite's busy handler. See docs/decisions/0003. A commit returns
when the disk has it: one sync serves all who committed meanwhile (0043).

PostgreSQL: a transaction begins at its first statement that is more than a read. Under READ COMMITTED each read sees
its own moment anyway, so reads alone need no `BEGIN` and no `ROLLBACK`. See docs/decisions/0042.
"""

import fcntl
import math
import os
import re
import threading
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

from board.journal import Journal
from board.storage import BUSY_TIMEOUT_MS

SQLITE_PRAGMAS = (
    "foreign_keys=ON",
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "cache_size=-512",  # KiB of each connection; the system keeps the file's pages in memory too
)
IN_OUR_HANDS = "synchronous=NORMAL"  # SQLite syncs at checkpoints, we at commits (board/journal.py)
IN_ITS_OWN = "synchronous=FULL"  # where the file system takes no WAL
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP)\b", re.IGNORECASE)

IDLE_SECONDS = 1.0  # after which a connection to PostgreSQL is asked whether it still lives
IDLE = 0  # psycopg.pq.TransactionStatus: no transaction has begun
QUERY = re.compile(r"\s*(?:SELECT|WITH)\b", re.IGNORECASE)
MORE_THAN_A_READ = re.compile(
    r"\b(?:INSERT|UPDATE|DELETE|MERGE|INTO|FOR\s+(?:NO\s+)?(?:KEY\s+)?SHARE"
    r"|pg_\w*lock\w*|pg_current_xact_id|pg_notify|set_config|nextval|setval|lo_\w+)\b",
    re.IGNORECASE,
)


def prepare_engine(engine: Engine) -> None:
    """Make each connection durable, and each transaction follow the rules above."""
    rules = SqliteRules(engine) if engine.dialect.name == "sqlite" else PostgresqlRules(engine)
    for name in rules.listens_to:
        event.listen(engine, name, getattr(rules, name))


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


class SqliteRules:
    """Begin deferred, write one at a time."""

    listens_to = ("connect", "begin", "before_cursor_execute", "savepoint", "checkin")

    def __init__(self, engine: Engine) -> None:
        """Make the file, for its owner's eyes only, if there is none."""
        _make_private_file(str(engine.url.database))
        file = Path(str(engine.url.database)).resolve()  # whoever comes by a link meets the same lock and journal
        self._lock = WriterLock(file.with_name(f"{file.name}.writer"))
        self._journal = Journal(file)
        self._commit = engine.dialect.do_commit
        engine.dialect.do_commit = self.do_commit  # type: ignore[method-assign, assignment]

    def connect(self, dbapi: Any, record: Any) -> None:
        """Make a new connection durable."""
        dbapi.isolation_level = None  # the driver begins nothing by itself
        is_wal = record.info["is_wal"] = dbapi.execute("PRAGMA journal_mode=WAL").fetchone()[0] == "wal"
        for pragma in (IN_OUR_HANDS if is_wal else IN_ITS_OWN, *SQLITE_PRAGMAS):
            dbapi.execute(f"PRAGMA {pragma}")

    def begin(self, connection: Connection) -> None:
        """Begin to read."""
        dbapi: Any = connection.connection.dbapi_connection
        dbapi.execute("BEGIN")

    def before_cursor_execute(
        self, connection: Connection, _c: Any, statement: str, _p: Any, context: Any, _m: bool
    ) -> None:
        """Begin to write, if that is what the statement does."""
        is_dml = context and (context.isinsert or context.isupdate or context.isdelete)
        if is_dml or WRITES.match(statement):
            self._start_writing(connection)

    def savepoint(self, connection: Connection, _name: str) -> None:
        """Begin to write: what can be undone in part is hardly a read."""
        self._start_writing(connection)

    def do_commit(self, connection: Any) -> None:
        """Commit; let the next writer in, and return when it is on the disk.

        Also if nothing was changed: what we saw, and now say, may be what another one has yet to bring there.
        """
        self._commit(connection)
        info, changes = connection.info, connection.dbapi_connection.total_changes
        is_due = info.get("changes") != changes  # also of a statement that did not look like a write
        info["changes"] = changes
        if info.pop("is_writing", False):
            self._lock.release()
            is_due = True
        if is_due and info["is_wal"]:
            self._journal.sync_in_time()

    def checkin(self, _dbapi: Any, record: Any) -> None:
        """Let the next writer in when the connection is back in the pool after a rollback.

        A request that took its write back because it saw another one's waits for that one's disk too, in the end.
        """
        if record.info.pop("is_writing", False):
            self._lock.release()
            if record.info["is_wal"]:
                self._journal.sync_in_the_end()

    def _start_writing(self, connection: Connection) -> None:
        record = connection.connection
        if record.info.get("is_writing") or not connection.in_transaction():
            return
        dbapi: Any = record.dbapi_connection
        dbapi.execute("COMMIT")
        self._lock.acquire()
        record.info["is_writing"] = True
        dbapi.execute("BEGIN IMMEDIATE")


def _make_private_file(file: str) -> None:
    """Make a new database's file for its owner's eyes only.

    A file that is there is left alone: closing a descriptor of our own would drop the locks that SQLite holds on it in
    this process, and two writers could meet.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


class PostgresqlRules:
    """Begin at the first write; ask a connection that was idle whether it still lives."""

    listens_to = ("connect", "before_cursor_execute", "checkout", "checkin")

    def __init__(self, engine: Engine) -> None:
        """Remember the driver."""
        self._dialect = engine.dialect

    def connect(self, dbapi: Any, _record: Any) -> None:
        """Make a new connection durable, and let it begin nothing by itself."""
        dbapi.autocommit = True
        with dbapi.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            if cursor.fetchone()[0] in {"off", "local"}:
                cursor.execute("SET synchronous_commit = on")

    def before_cursor_execute(
        self, connection: Connection, cursor: Any, statement: str, _p: Any, _context: Any, _m: bool
    ) -> None:
        """Begin, unless the statement needs no transaction, or one has begun."""
        dbapi: Any = connection.connection.dbapi_connection
        if dbapi.pgconn.transaction_status != IDLE or not connection.in_transaction():
            return
        is_on_server = hasattr(cursor, "scrollable")  # such a cursor lives in a transaction, also to read
        if is_on_server or not needs_no_transaction(statement):
            dbapi.execute("BEGIN")

    def checkin(self, _dbapi: Any, record: Any) -> None:
        """Note since when the connection is idle."""
        record.info["idle_since"] = time.monotonic()

    def checkout(self, dbapi: Any, record: Any, _proxy: Any) -> None:
        """Ask a connection that has been idle whether it still lives; a busy one would lose a way there and back."""
        if time.monotonic() - record.info.get("idle_since", math.inf) > IDLE_SECONDS and not self._is_alive(dbapi):
            raise DisconnectionError

    def _is_alive(self, dbapi: Any) -> bool:
        try:
            return bool(self._dialect.do_ping(dbapi))
        except self._dialect.loaded_dbapi.Error:
            return False


@lru_cache(maxsize=1024)
def needs_no_transaction(statement: str) -> bool:
    """Tell whether the statement only reads, without locks."""
    return bool(QUERY.match(statement)) and not MORE_THAN_A_READ.search(statement)
