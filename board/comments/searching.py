"""The words of all comments, for the desk's search: an index that the worker fills a few seconds behind.

A post does not pay for it. What is edited or erased after it was indexed is followed at once, by triggers: an erased
text must not be found. SQLite: FTS5, which reads the texts from the comments' own table. PostgreSQL: a table of
tsvectors. See docs/decisions/0040.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DDL, BigInteger, event, text
from sqlalchemy.orm import Mapped, mapped_column

from board.comments.models import Comment
from board.extensions import Model, db
from board.statements import insert_once
from board.storage import now

A_PASS = 500  # comments indexed in one transaction, so that writers wait some milliseconds at most
PASSES = 10  # before the worker does something else
LATE = timedelta(seconds=10)  # after which a number is no longer waited for, if no older transaction is under way

SQLITE_SEARCH = [
    """CREATE VIRTUAL TABLE comment_words USING fts5(
    body_source, content='comment', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER comment_words_edited AFTER UPDATE OF body_source ON comment
    WHEN old.id <= (SELECT indexed_to FROM search_progress) AND old.body_source <> new.body_source BEGIN
    INSERT INTO comment_words (comment_words, rowid, body_source) VALUES ('delete', old.id, old.body_source);
    INSERT INTO comment_words (rowid, body_source) VALUES (new.id, new.body_source); END""",
    """CREATE TRIGGER comment_words_deleted AFTER DELETE ON comment
    WHEN old.id <= (SELECT indexed_to FROM search_progress) BEGIN
    INSERT INTO comment_words (comment_words, rowid, body_source) VALUES ('delete', old.id, old.body_source); END""",
]
POSTGRESQL_SEARCH = [
    """CREATE TABLE comment_words (
    comment_id BIGINT PRIMARY KEY REFERENCES comment (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)""",
    "CREATE INDEX ix_comment_words ON comment_words USING gin (words)",
    """CREATE OR REPLACE FUNCTION comment_words_follow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE comment_words SET words = to_tsvector('simple', NEW.body_source) WHERE comment_id = NEW.id;
    RETURN NULL; END $$""",
    """CREATE TRIGGER comment_words_edited AFTER UPDATE OF body_source ON comment
    FOR EACH ROW WHEN (OLD.body_source IS DISTINCT FROM NEW.body_source) EXECUTE FUNCTION comment_words_follow()""",
]


class SearchProgress(Model):
    """How far the index has come: every comment up to `indexed_to` is in it."""

    __tablename__ = "search_progress"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    indexed_to: Mapped[int] = mapped_column(BigInteger, default=0)
    # PostgreSQL: the highest number that was seen, when, and the transactions that had begun by then. A comment commits
    # later than one with a higher number, as long as its transaction lasts.
    seen_to: Mapped[int] = mapped_column(BigInteger, default=0)
    seen_xid: Mapped[int] = mapped_column(BigInteger, default=0)
    seen_at: Mapped[datetime] = mapped_column(default=now)


for _statements, _dialect in ((SQLITE_SEARCH, "sqlite"), (POSTGRESQL_SEARCH, "postgresql")):
    for _statement in _statements:
        _ddl = DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        event.listen(SearchProgress.__table__, "after_create", _ddl)
# The triggers name both tables, so the comments' must be there first.
SearchProgress.__table__.add_is_dependent_on(Comment.__table__)  # type: ignore[attr-defined]


def index_due() -> int:
    """Index comments that are not in the index yet, a few passes of them; return how many. Commits."""
    total = 0
    for _pass in range(PASSES):
        insert_once(SearchProgress, id=1, indexed_to=0, seen_to=0, seen_xid=0, seen_at=now())
        done = _index_sqlite() if db.engine.dialect.name == "sqlite" else _index_postgresql()
        db.session.commit()
        total += done
        if done < A_PASS:
            break
    return total


def _index_sqlite() -> int:
    """Index what comes after the last one: with one writer at a time, numbers commit in their order."""
    start = _run("SELECT indexed_to FROM search_progress").scalar_one()
    ids = _run("SELECT id FROM comment WHERE id > :start ORDER BY id LIMIT :most", start=start, most=A_PASS)
    found = ids.scalars().all()
    if found:
        added = "INSERT INTO comment_words (rowid, body_source) SELECT id, body_source FROM comment"
        _run(f"{added} WHERE id > :start AND id <= :stop", start=start, stop=found[-1])
        _run("UPDATE search_progress SET indexed_to = :stop", stop=found[-1])
    return len(found)


def _index_postgresql() -> int:
    """Index what has no row yet behind the mark; move the mark to where nothing can come late any more.

    A comment that somebody changes at this moment is left for the next pass, so that no former text is indexed.
    """
    progress = _run("SELECT indexed_to, seen_to, seen_xid, seen_at FROM search_progress FOR UPDATE").one()
    added = _run(
        """INSERT INTO comment_words (comment_id, words)
        SELECT comment.id, to_tsvector('simple', comment.body_source) FROM comment
        WHERE comment.id > :start AND NOT EXISTS (SELECT 1 FROM comment_words WHERE comment_id = comment.id)
        ORDER BY comment.id LIMIT :most FOR SHARE OF comment SKIP LOCKED ON CONFLICT DO NOTHING""",
        start=progress.indexed_to,
        most=A_PASS,
    ).rowcount
    if added < A_PASS and now() - progress.seen_at > LATE:
        _run(
            """UPDATE search_progress SET
            indexed_to = CASE WHEN seen_xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
              THEN seen_to ELSE indexed_to END,
            seen_to = coalesce((SELECT max(id) FROM comment), 0),
            seen_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint, seen_at = now()"""
        )
    return int(added)


def _run(statement: str, **values: Any) -> Any:
    return db.session.execute(text(statement), values)
