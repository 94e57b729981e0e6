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
            differences = compare_metadata(MigrationContext.configure(connection), db.metadata)
        db.engine.dispose()
    assert [str(difference) for difference in differences] == []
