"""Statements of hot paths: built once, compiled once for each database, sent through the bare driver.

SQLAlchemy takes ten times as long to send a small statement as SQLite to answer it. So what every request sends passes
by its caches and results: the text and the order of the values are kept, and only the types that need it are converted.
All else is as it is for every other statement of the session: its connection, its transaction, its events, its
errors. See docs/decisions/0022.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Executable, Insert, bindparam
from sqlalchemy.sql.compiler import SQLCompiler

from board.extensions import Model, db, table_of
from board.storage import insert_for

Convert = Callable[[Any], Any]
Build = Callable[[str], Executable]
MakeRow = Callable[[Sequence[Any]], Any]

PRESENT = "board_present"  # under which a session's `info` has its transaction and that one's connection


class Prepared:
    """A statement, and its compiled form for each database. Its rows are named tuples, unless they are of a `kind`."""

    def __init__(self, build: Build, kind: Callable[..., Any] | None = None) -> None:
        """Remember how to build it; `build` takes the dialect's name, "sqlite" or "postgresql".

        `kind` makes a row of its values, in the order of the columns.
        """
        self._build = build
        self._kind = kind
        self._compiled: dict[str, Compiled] = {}
        self.__doc__ = build.__doc__

    def all(self, **values: Any) -> list[Any]:
        """Send the statement with its values, and return its rows."""
        compiled, cursor = self._send(values)
        return list(map(compiled.row_maker(cursor), cursor.fetchall()))

    def first(self, **values: Any) -> Any | None:
        """Send the statement with its values, and return its first row, or None."""
        compiled, cursor = self._send(values)
        found = cursor.fetchone()
        row = None if found is None else compiled.row_maker(cursor)(found)
        cursor.close()
        return row

    def one(self, **values: Any) -> Any:
        """Send the statement with its values, and return its one row. Raises LookupError if there is none."""
        row = self.first(**values)
        if row is None:
            raise LookupError(f"no row was found by {self._build}")
        return row

    def scalar(self, **values: Any) -> Any | None:
        """Send the statement with its values, and return the first value of its first row, or None."""
        row = self.first(**values)
        return None if row is None else row[0]

    def run(self, **values: Any) -> int:
        """Send the statement with its values, and return how many rows it changed."""
        _compiled, cursor = self._send(values)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def _send(self, values: dict[str, Any]) -> tuple["Compiled", Any]:
        connection = present_connection()
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = Compiled(
                self._build(dialect.name), dialect, list(values), self._kind
            )
        return compiled, compiled.send(connection, values)


def present_connection() -> Connection:
    """Return the connection of the session's transaction; what it was a statement ago, it is again without asking."""
    session = db.session()
    transaction = session.get_transaction()
    known: tuple[object, Connection] | None = session.info.get(PRESENT)
    if known and known[0] is transaction and session.is_active:
        return known[1]
    connection = session.connection()
    session.info[PRESENT] = session.get_transaction(), connection
    return connection


def prepared(build: Build) -> Prepared:
    """Make of a function that builds a statement for a dialect the statement itself."""
    return Prepared(build)


def insert_once(model: type[Model], **values: Any) -> bool:
    """Insert the row unless a constraint says that it is there; tell whether it was inserted."""
    db.session.flush()  # what is set on objects comes before, as it would before a statement of the session's own
    return _inserting_once(model, frozenset(values)).first(**values) is not None


@cache
def _inserting_once(model: type[Model], names: frozenset[str]) -> Prepared:
    """Return the statement for these columns."""
    table = table_of(model)

    def build(dialect: str) -> Executable:
        once = insert_for(dialect)(table).values({name: bindparam(name, type_=table.c[name].type) for name in names})
        inserting: Executable = once.on_conflict_do_nothing().returning(*table.primary_key)
        return inserting

    return Prepared(build)


class Compiled:
    """A statement's text for one database, with what its values and rows have to be converted by."""

    def __init__(
        self, statement: Executable, dialect: Dialect, names: list[str], kind: Callable[..., Any] | None = None
    ) -> None:
        """Compile it; the columns of a bare INSERT are those of the `names` of its values."""
        assert isinstance(statement, ClauseElement)
        columns = names if isinstance(statement, Insert) else None
        ready = statement.compile(dialect=dialect, column_keys=columns)
        if not isinstance(ready, SQLCompiler) or ready.post_compile_params:
            raise TypeError(f"this statement is not the same text for all values: {ready}")
        self.text = str(ready)
        # Names and types alone: the columns themselves would keep the whole statement in memory.
        self._columns = [(column.keyname, column.type) for column in ready._result_columns]
        self._dialect = dialect
        self._order: Sequence[str] | None = ready.positiontup
        self._converts: dict[str, Any] = dict(ready._bind_processors)
        defaults: dict[str, Any] = {column.key: column.default for column in ready.insert_prefetch}
        self._made = {name: default.arg for name, default in defaults.items() if default.is_callable}
        constants = {name: default.arg for name, default in defaults.items() if default.is_scalar}
        constants |= {
            name: bound.value for name, bound in ready.binds.items() if not bound.required and name not in defaults
        }
        self._fixed = {name: self._converted(name, value) for name, value in constants.items()}
        self._kind = kind
        self._row_maker: MakeRow | None = None

    def send(self, connection: Connection, values: dict[str, Any]) -> Any:
        """Send it, and return the driver's cursor. Raises what SQLAlchemy raises."""
        sent = {**self._fixed, **{name: self._converted(name, value) for name, value in values.items()}}
        for name, make in self._made.items():
            sent[name] = self._converted(name, make(None))
        parameters: Any = sent if self._order is None else tuple(map(sent.__getitem__, self._order))
        cursor: Any = connection.connection.cursor()
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, self.text, parameters, None, False)
        try:
            cursor.execute(self.text, parameters)
        except Exception as error:
            connection._handle_dbapi_exception(error, self.text, parameters, cursor, None)
        return cursor

    def row_maker(self, cursor: Any) -> MakeRow:
        """Return what makes a named tuple of a driver's row; the first cursor tells the driver's own types."""
        if self._row_maker is None:
            self._row_maker = self._make_row_maker([column[1] for column in cursor.description])
        return self._row_maker

    def _make_row_maker(self, driver_types: list[Any]) -> MakeRow:
        make = self._make_of_kind()
        converts: list[tuple[int, Any]] = []
        for place, ((_name, kept_as), driver_type) in enumerate(zip(self._columns, driver_types, strict=True)):
            convert = kept_as._cached_result_processor(self._dialect, driver_type)
            if convert:
                converts.append((place, convert))
        if not converts:
            return make

        def convert_and_make(found: Sequence[Any]) -> Any:
            values = list(found)
            for place, convert in converts:
                values[place] = convert(values[place])
            return make(values)

        return convert_and_make

    def _make_of_kind(self) -> MakeRow:
        kind = self._kind
        if kind:
            return lambda found: kind(*found)
        row: Any = namedtuple("Row", [name for name, _type in self._columns], rename=True)  # type: ignore[misc]
        make: MakeRow = row._make
        return make

    def _converted(self, name: str, value: Any) -> Any:
        convert = self._converts.get(name)
        return convert(value) if convert else value
