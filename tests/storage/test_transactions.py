"""What the storage layer promises: durable, one writer at a time, decisions on fresh state."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from board import audit
from board.accounts.models import User
from board.articles.models import Site
from board.comments.models import Thread
from board.extensions import db
from board.statements import insert_once
from board.transactions import needs_no_transaction
from tests.factories import make_article, make_member, make_site

WRITERS = 8
TIMES = 12


def test_commits_are_durable(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert db.session.scalar(text("PRAGMA synchronous")) == 1  # we sync: test_journal.py
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
    else:
        assert db.session.scalar(text("SHOW synchronous_commit")) == "on"


def test_writers_at_once_lose_no_increment_and_meet_no_lock_error(app: Flask) -> None:
    article = make_article(make_site())
    db.session.add(Thread(article_id=article.id, site_id=article.site_id))
    db.session.commit()
    article_id, faults = article.id, []
    db.session.remove()

    def add_up() -> None:
        with app.app_context():
            try:
                for _ in range(TIMES):
                    db.session.scalar(select(Thread.version))  # a snapshot that is old by the time of the write
                    db.session.execute(
                        update(Thread).where(Thread.article_id == article_id).values(version=Thread.version + 1)
                    )
                    db.session.commit()
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=add_up) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not faults
    assert db.session.scalar(select(Thread.version)) == WRITERS * TIMES


def test_a_rolled_back_writer_lets_the_next_one_in(app: Flask, author: User) -> None:
    db.session.execute(update(User).values(display_name="Never"))
    db.session.rollback()
    make_member("Next", "next@example.com")
    assert db.session.scalar(select(User.display_name).where(User.id == author.id)) == "Ada Author"


def test_after_its_first_write_a_transaction_sees_what_others_committed(app: Flask, site: Site) -> None:
    assert db.session.scalar(select(Site.name)) == "The Callboard"
    other = db.engine.connect()
    with other.begin():
        other.execute(update(Site).values(name="The Prompt Corner"))
    other.close()
    db.session.execute(update(Site).values(slug="fresh"))
    assert db.session.scalar(select(Site.name).execution_options(populate_existing=True)) == "The Prompt Corner"
    db.session.rollback()


def test_insert_once_comes_after_what_is_set_on_objects(site: Site) -> None:
    site.name = "Changed"
    insert_once(Site, slug="second", name="The Second", origins=[], created_at=site.created_at)
    db.session.refresh(site)
    assert site.name == "Changed"


def test_insert_once_tells_whether_the_row_is_new(app: Flask, site: Site) -> None:
    values = {"slug": "second", "name": "Second", "origins": [], "created_at": site.created_at}
    assert insert_once(Site, **values)
    assert not insert_once(Site, **values)
    db.session.rollback()


def test_a_fault_inside_a_savepoint_keeps_what_was_before_it(app: Flask, site: Site) -> None:
    make_member("First", "first@example.com")
    site.name = "Renamed"
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(User).values(email="first@example.com", display_name="x", name_key="x"))
    db.session.commit()
    assert db.session.scalar(select(Site.name)) == "Renamed"


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET reason = ''", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_audit_log(app: Flask, site: Site, statement: str) -> None:
    audit.record("site.renamed", site)
    db.session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()


@pytest.mark.postgresql
def test_a_connection_that_was_closed_while_idle_is_replaced(
    postgresql_stage: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("board.transactions.IDLE_SECONDS", 0.0)
    with postgresql_stage.app_context():
        other = db.engine.connect()
        with db.engine.connect() as kept:
            number = kept.scalar(text("SELECT pg_backend_pid()"))
        assert other.scalar(text("SELECT pg_terminate_backend(:pid)"), {"pid": number}) is True
        with db.engine.connect() as replaced:
            assert replaced.scalar(text("SELECT pg_backend_pid()")) != number
        other.close()


@pytest.mark.postgresql
def test_a_transaction_begins_at_the_first_statement_that_is_more_than_a_read(postgresql_stage: Flask) -> None:
    with postgresql_stage.app_context():
        assert not has_begun()
        db.session.scalar(select(Site.name))
        assert not has_begun()
        db.session.execute(select(Site.id).with_for_update())
        assert has_begun()
        db.session.rollback()
        assert not has_begun()
        db.session.execute(text("SET LOCAL statement_timeout = 1000"))
        assert has_begun()
        db.session.rollback()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("statement", "needs_none"),
    [
        ("SELECT updated_at FROM site", True),
        ("WITH RECURSIVE t AS (SELECT 1) SELECT * FROM t", True),
        ("select id from site for update", False),
        ("SELECT id FROM site FOR SHARE", False),
        ("SELECT id FROM site FOR NO KEY UPDATE SKIP LOCKED", False),
        ("SELECT id FROM site FOR KEY SHARE", False),
        ("SELECT pg_advisory_xact_lock(1)", False),
        ("WITH gone AS (DELETE FROM site RETURNING id) SELECT id FROM gone", False),
        ("SELECT nextval('comment_id_seq')", False),
        ("SELECT set_config('statement_timeout', '1', true)", False),
        ("SELECT pg_current_xact_id()", False),
        ("SELECT 1 INTO kept", False),
        ("SAVEPOINT one", False),
        ("LOCK TABLE site", False),
        ("INSERT INTO site SELECT 1", False),
    ],
)
def test_only_reads_without_locks_do_without_a_transaction(statement: str, needs_none: bool) -> None:
    assert needs_no_transaction(statement) is needs_none


@pytest.mark.postgresql
def test_many_rows_are_read_inside_a_transaction(postgresql_stage: Flask) -> None:
    with postgresql_stage.app_context():
        numbers = select(func.generate_series(1, 5)).execution_options(yield_per=2)
        found = db.session.scalars(numbers)
        assert has_begun()
        assert list(found) == [1, 2, 3, 4, 5]
        db.session.rollback()


@pytest.mark.postgresql
def test_an_idle_connection_keeps_what_it_has_prepared(postgresql_stage: Flask) -> None:
    """A rollback would make the driver forget it."""
    with postgresql_stage.app_context():
        for _ in range(10):
            db.session.scalar(select(Site.name).where(Site.slug == "main"))
            db.session.rollback()
        prepared = db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%site%'"))
        assert prepared
        db.session.rollback()


def has_begun() -> bool:
    """Tell whether the session's connection to PostgreSQL is in a transaction."""
    connection: Any = db.session.connection().connection.dbapi_connection
    return bool(connection.pgconn.transaction_status)
