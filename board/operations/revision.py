"""Which schema this version needs, and which the database has: asked without importing the application."""

import sqlite3
from pathlib import Path

MIGRATIONS = Path(__file__).parent.parent / "migrations"
ASK = "SELECT version_num FROM alembic_version"


def newest_revision() -> str:
    """Return the newest migration's number: the files are named for it."""
    return max((file.name.split("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")), default="")


def has_newest_schema(database_url: str) -> bool:
    """Tell whether the database needs no upgrade; a database that cannot be asked does."""
    ask = _ask_sqlite if database_url.startswith("sqlite") else _ask_postgresql
    return ask(database_url) == newest_revision()


def _ask_sqlite(url: str) -> str | None:
    file = Path(url.removeprefix("sqlite:///"))
    if not file.exists():
        return None
    connection = sqlite3.connect(file)
    try:
        row = connection.execute(ASK).fetchone()
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()
    return row[0] if row else None


def _ask_postgresql(url: str) -> str | None:
    import psycopg

    try:
        with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=3) as connection:
            row = connection.execute(ASK).fetchone()
    except psycopg.Error:
        return None
    return row[0] if row else None
