"""The migrations make what the models say, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from board import create_app
from board.config import load_settings
from board.extensions import db
from board.operations.schema import ensure_schema

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
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


def test_migrations_and_models_agree(new_database: str, tmp_path: Path) -> None:
    settings = load_settings(
        instance_path=tmp_path, database_url=new_database, secret_key="test " * 10, log_level="error"
    )
    with create_app(settings).app_context():
        ensure_schema()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": is_ours})
            differences = compare_metadata(context, db.metadata)
            made = set(connection.exec_driver_sql(TRIGGERS[connection.dialect.name]).scalars())
        db.engine.dispose()
    assert {"comment_words_edited"} <= made, "the search follows edits: a table made anew has lost its triggers"
    assert [str(difference) for difference in differences] == []


def is_ours(_thing: Any, name: str | None, _kind: str, _is_reflected: bool, _other: Any) -> bool:
    """Tell whether a model has it; the tables of the search index are the databases' own kind, without a model."""
    return not (name or "").startswith(("comment_words", "ix_comment_words"))
