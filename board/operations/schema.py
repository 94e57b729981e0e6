"""The database's schema: is it this version's, and if not, bring it there, one process at a time."""

import fcntl
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import inspect, make_url, text

from board.config import read_settings
from board.extensions import db
from board.operations.revision import MIGRATIONS, newest_revision

ADVISORY_LOCK = 0x426F617264  # "Board"


def present_revision() -> str | None:
    """Return the database's revision, or None for a new database."""
    if not inspect(db.engine).has_table("alembic_version"):
        return None
    with db.engine.connect() as connection:
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


class NoDatabase(Exception):
    """There is no database where the settings say; the sentence tells what to do."""


def must_be_there() -> None:
    """Raise NoDatabase if the settings name a file that there is not; make nothing."""
    url = make_url(read_settings().database_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise NoDatabase(
            f"There is no database at {url.database}. Run this in the directory where Board runs, or set "
            "BOARD_INSTANCE_PATH to its instance directory. (`board init` makes a new database.)"
        )


def ensure_schema() -> None:
    """Upgrade the database if it is not this version's; several processes may ask at once."""
    if present_revision() == newest_revision():
        return
    if db.engine.dialect.name == "sqlite":
        with Path(f"{db.engine.url.database}.upgrade").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _upgrade()
    else:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            try:
                _upgrade()
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})


def bind_migrations(app: Flask) -> None:
    """Bind Flask-Migrate; only an upgrade needs it, so starting does not wait for its import."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)


def _upgrade() -> None:
    from flask_migrate import upgrade

    if present_revision() != newest_revision():
        bind_migrations(current_app)
        upgrade(directory=str(MIGRATIONS))
        current_app.logger.info("database upgraded to %s", newest_revision())
