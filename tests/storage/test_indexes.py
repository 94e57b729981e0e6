"""An index that is declared for some rows holds those alone, on both databases."""

from flask import Flask
from sqlalchemy import text

from board.extensions import db

MADE_BY = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE name = :name",
    "postgresql": "SELECT indexdef FROM pg_indexes WHERE indexname = :name",
}


def test_an_index_of_some_rows_leaves_the_others_out(app: Flask) -> None:
    made_by = text(MADE_BY[db.engine.dialect.name])
    for name in ("ix_outbox_tag", "ix_screening_lesson_due"):
        assert "WHERE" in db.session.scalar(made_by, {"name": name})
