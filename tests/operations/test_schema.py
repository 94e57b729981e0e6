"""The migrations make what the models say, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, MetaData, Table, insert, text

from board import create_app
from board.config import load_settings
from board.extensions import db
from board.operations.revision import MIGRATIONS
from board.operations.schema import bind_migrations, ensure_schema
from board.storage import now

TRIGGERS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    server: Any = request.getfixturevalue("postgresql_server")
    server.psql("DROP DATABASE IF EXISTS migrated")
    server.psql("CREATE DATABASE migrated")
    return str(server.get_uri("migrated"))


def test_migrations_and_models_agree(new_database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    settings = load_settings(
        instance_path=tmp_path, database_url=new_database, secret_key="test " * 10, log_level="error"
    )
    with create_app(settings).app_context():
        ensure_schema()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": is_ours})
            differences = compare_metadata(context, db.metadata)
            made, name = triggers(connection), connection.dialect.name
        db.engine.dispose()
    with request.getfixturevalue(f"{name}_stage").app_context(), db.engine.connect() as connection:
        assert made == triggers(connection), "a table made anew loses its triggers"
    assert [str(difference) for difference in differences] == []


def triggers(connection: Connection) -> set[str]:
    """Return how all triggers are made, whatever the white space."""
    found = connection.exec_driver_sql(TRIGGERS[connection.dialect.name]).scalars()
    return {" ".join(made.split()) for made in found}


def is_ours(_thing: Any, name: str | None, _kind: str, _is_reflected: bool, _other: Any) -> bool:
    """Tell whether a model has it; the tables of the search index are the databases' own kind, without a model."""
    return not (name or "").startswith(("comment_words", "ix_comment_words"))


def test_a_filled_database_is_upgraded_with_all_its_rows(new_database: str, tmp_path: Path) -> None:
    settings = load_settings(
        instance_path=tmp_path, database_url=new_database, secret_key="test " * 10, log_level="error"
    )
    app = create_app(settings)
    with app.app_context():
        fill_first_schema(app)
        ensure_schema()
        with db.engine.connect() as connection:
            kept = [connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in FIRST_ROWS]
        lost = numbers_used_again() if db.engine.dialect.name == "sqlite" else []
        db.engine.dispose()
    assert kept == [1] * len(FIRST_ROWS)
    assert lost == []  # a table made anew on the way forgets which numbers it has given


FIRST_ROWS: dict[str, dict[str, Any]] = {
    "site": {"slug": "main", "name": "The Callboard", "origins": []},
    "member": {"email": "ada@example.com", "display_name": "Ada", "name_key": "ada", "role": "member", "active": True},
    "article": {
        "site_id": 1,
        "external_id": "opening-night",
        "title": "Opening night",
        "comments": "open",
        "gate": "open",
    },
    "thread": {"article_id": 1, "site_id": 1, "comment_count": 1},
    "comment": {"site_id": 1, "article_id": 1, "author_id": 1, "body_source": "Bravo.", "state": "published"},
    "reaction": {"comment_id": 1, "user_id": 1},
    "report": {"comment_id": 1, "reporter_id": 1, "site_id": 1, "reason": "spam", "state": "open"},
    "thread_visit": {"user_id": 1, "article_id": 1},
}


def fill_first_schema(app: Flask) -> None:
    """Make the first schema, with a row in each table that others hang on."""
    bind_migrations(app)
    upgrade(directory=str(MIGRATIONS), revision="0001")
    with db.engine.begin() as connection:
        there = MetaData()
        there.reflect(connection)
        for name, values in FIRST_ROWS.items():
            table = there.tables[name]
            connection.execute(insert(table), [blank_row(table) | values])


def blank_row(table: Table) -> dict[str, Any]:
    """Return what a column must hold, whatever the row is about."""
    blanks: dict[type, Any] = {int: 0, str: "", bool: False, float: 0.0, list: [], dict: []}
    needed = [column for column in table.columns if not column.nullable and column.name != "id"]
    return {
        column.name: now() if column.name.endswith("_at") else blanks.get(column.type.python_type, "")
        for column in needed
    } | ({"id": 1} if "id" in table.columns else {})


def numbers_used_again() -> list[str]:
    """Name the tables of SQLite that give the number of a deleted row to a new one, against what their model says."""
    with db.engine.connect() as connection:
        asked = text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        made: dict[str, str] = {str(row[0]): str(row[1]) for row in connection.execute(asked)}
    wanted = [name for name, table in db.metadata.tables.items() if table.dialect_options["sqlite"]["autoincrement"]]
    return [name for name in wanted if "AUTOINCREMENT" not in made[name]]
