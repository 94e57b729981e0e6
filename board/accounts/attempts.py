"""The `limits` library's sliding window counter over our own database, so that all processes count together.

A module of its own because that library takes 0.2 s to import, and is needed only when somebody tries to sign in.
"""

import time

from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport
from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from board.accounts.limits import Attempts
from board.extensions import db
from board.storage import insert_for

attempts: Table = Attempts.__table__  # type: ignore[assignment]


class DatabaseStorage(Storage, SlidingWindowCounterSupport):
    """Counts in the table `attempts`; each entry is one short transaction of its own."""

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what means that the store is away."""
        return SQLAlchemyError

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count, then look: of two at once the second sees the first. An entry over the limit is not kept.

        The previous window weighs as much as the part of it that is still within `expiry` seconds.
        """
        slot, passed = divmod(time.time(), expiry)
        with db.engine.connect() as connection:
            count = _add(connection, key, int(slot), amount)
            before = _count(connection, key, int(slot) - 1)
            is_within = before * (1 - passed / expiry) + count <= limit
            if is_within and count == amount:
                connection.execute(delete(attempts).where(attempts.c.slot < int(slot) - 1))
            connection.commit() if is_within else connection.rollback()
        return is_within

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the previous and the present window, each as its count and the seconds it still matters."""
        slot, passed = divmod(time.time(), expiry)
        with db.engine.connect() as connection:
            before, present = (_count(connection, key, int(w)) for w in (slot - 1, slot))
        return before, expiry - passed, present, 2 * expiry - passed

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget the key."""
        self.clear(key)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in a fixed window."""
        with db.engine.begin() as connection:
            return _add(connection, key, int(time.time() // expiry), amount)

    def get(self, key: str) -> int:
        """Return all that is counted for the key."""
        with db.engine.connect() as connection:
            return connection.scalar(select(func.sum(attempts.c.count)).where(attempts.c.key == key)) or 0

    def get_expiry(self, key: str) -> float:
        """Return now: windows are not kept by their end here."""
        return time.time()

    def check(self) -> bool:
        """Tell whether the store answers."""
        with db.engine.connect() as connection:
            return connection.scalar(select(1)) == 1

    def reset(self) -> int | None:
        """Forget everything; return how many rows that were."""
        with db.engine.begin() as connection:
            return connection.execute(delete(attempts)).rowcount

    def clear(self, key: str) -> None:
        """Forget the key."""
        with db.engine.begin() as connection:
            connection.execute(delete(attempts).where(attempts.c.key == key))


def _add(connection: Connection, key: str, slot: int, amount: int) -> int:
    statement = insert_for(connection.dialect.name)(attempts).values(key=key, slot=slot, count=amount)
    upsert = statement.on_conflict_do_update(
        index_elements=["key", "slot"], set_={"count": attempts.c.count + amount}
    ).returning(attempts.c.count)
    return int(connection.scalar(upsert) or 0)


def _count(connection: Connection, key: str, slot: int) -> int:
    asked = select(attempts.c.count).where(attempts.c.key == key, attempts.c.slot == slot)
    return connection.scalar(asked) or 0
