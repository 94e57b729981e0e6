"""The migration makes what the models say."""

from pathlib import Path

from board.comments.models import Comment

MIGRATIONS = Path(__file__).parents[2] / "board/migrations/versions"


def test_the_migrations_make_every_index_of_comments() -> None:
    """Alembic leaves out indexes over expressions under SQLite, without a word."""
    migrations = "".join(file.read_text() for file in MIGRATIONS.glob("*.py"))
    for index in Comment.__table__.indexes:  # type: ignore[attr-defined]
        assert f"'{index.name}'" in migrations
