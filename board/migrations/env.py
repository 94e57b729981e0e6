"""Alembic's environment: the application's engine, its tables, batch mode for SQLite."""

from alembic import context
from flask import current_app

from board.extensions import db


def run() -> None:
    """Run the migrations on one connection, each in a transaction of its own."""
    arguments = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transactional_ddl=True,  # SQLite too: a killed upgrade leaves the former schema whole
            transaction_per_migration=True,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
