"""The two databases behind one code base: times in UTC, 64-bit keys, what each calls by another name.

How a transaction begins and ends on each is in `transactions.py`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 10_000

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

ONLY_WHERE = "only_where"  # under which an index's `info` has its condition, for each database

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

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Return what makes a time of a stored one; on SQLite, which keeps text, in one step: pages hold hundreds."""
        return _utc_from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _utc_from_text(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(f"{stored}+00:00")


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


def insert_for(engine_name: str) -> Any:
    """Return the dialect's `insert`, which knows ON CONFLICT. The other dialect is not loaded."""
    return import_module(f"sqlalchemy.dialects.{engine_name}").insert


def only_where(condition: str, *, sqlite: str = "") -> dict[str, Any]:
    """Return the options of an index that holds such rows alone; `sqlite` is the condition in SQLite's words."""
    return {"info": {ONLY_WHERE: {"postgresql": condition, "sqlite": sqlite or condition}}}


def make_indexes_partial(metadata: MetaData, engine_name: str) -> None:
    """Tell the database's dialect which indexes hold some rows only.

    Said where the index is declared, it would load both dialects: two megabytes in each process.
    """
    for table in metadata.tables.values():
        for index in table.indexes:
            if conditions := index.info.get(ONLY_WHERE):
                index.dialect_kwargs[f"{engine_name}_where"] = text(conditions[engine_name])


def is_among(column: ColumnElement[int], name: str, engine_name: str) -> ColumnElement[bool]:
    """Return the condition that the column is one of the numbers in the list bound as `name`.

    The list is one parameter, so that the statement is the same text for lists of any length: it is built, compiled
    and prepared once.
    """
    if engine_name == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(BigInteger)))
    numbers = func.json_each(bindparam(name, type_=JSON)).table_valued("value")
    return column.in_(select(numbers.c.value))
