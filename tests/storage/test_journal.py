"""Durable on SQLite: whoever is told that something is stored is told so when the disk has it."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import StaticPool, create_engine, select, text, update

from board import journal
from board.articles.models import Site
from board.extensions import db
from board.journal import Journal, NotOnDisk
from board.transactions import prepare_engine
from board.turns import Turns

pytestmark = pytest.mark.only_on("sqlite")  # PostgreSQL brings its own journal to the disk

PATIENCE_SECONDS = 30
MOMENT_SECONDS = 0.2


class SlowDisk:
    """A disk that says when it is asked, and takes as long as it is told to."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self.times_asked = 0
        self.is_asked = threading.Event()
        self.may_go_on = threading.Event()

    def __call__(self, _descriptor: int) -> None:
        """Stand in for fdatasync(2)."""
        self.times_asked += 1
        self.is_asked.set()
        assert self.may_go_on.wait(PATIENCE_SECONDS)


@pytest.fixture
def disk(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    """Put a slow disk under the database."""
    slow = SlowDisk()
    monkeypatch.setattr(journal, "sync_data", slow)
    yield slow
    slow.may_go_on.set()


def begin(app: Flask, work: Callable[[], object]) -> threading.Thread:
    """Begin the work in a thread of its own."""

    def run() -> None:
        with app.app_context():
            work()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def journal_of(app: Flask) -> Path:
    """Return the journal of the application's database."""
    with app.app_context():
        return Path(f"{db.engine.url.database}-wal")


def rename(name: str) -> None:
    """Write something, and commit it."""
    db.session.execute(update(Site).values(name=name))
    db.session.commit()


def test_a_commit_returns_when_the_disk_has_it(app: Flask, disk: SlowDisk) -> None:
    writer = begin(app, lambda: rename("The Prompt Corner"))
    assert disk.is_asked.wait(PATIENCE_SECONDS)
    writer.join(MOMENT_SECONDS)
    assert writer.is_alive()
    disk.may_go_on.set()
    writer.join(PATIENCE_SECONDS)
    assert not writer.is_alive()


def test_whoever_waits_for_the_disk_holds_no_other_writer_up(app: Flask, disk: SlowDisk) -> None:
    writers = [begin(app, lambda: rename("The Prompt Corner"))]
    assert disk.is_asked.wait(PATIENCE_SECONDS)
    seen = threading.Event()

    def write_too() -> None:
        db.session.execute(update(Site).values(slug="second"))
        seen.set()
        db.session.commit()

    writers.append(begin(app, write_too))
    assert seen.wait(PATIENCE_SECONDS)
    disk.may_go_on.set()
    for writer in writers:
        writer.join(PATIENCE_SECONDS)


def test_whoever_commits_while_the_disk_works_shares_its_next_turn(app: Flask, disk: SlowDisk) -> None:
    committed = [threading.Event() for _ in range(4)]

    def write(number: int) -> None:
        db.session.execute(update(Site).values(name=f"Name {number}"))
        committed[number].set()
        db.session.commit()

    writers = [begin(app, lambda: write(0))]
    assert disk.is_asked.wait(PATIENCE_SECONDS)
    writers += [begin(app, partial(write, number)) for number in (1, 2, 3)]
    assert all(event.wait(PATIENCE_SECONDS) for event in committed)
    for writer in writers:
        writer.join(MOMENT_SECONDS)
    assert disk.times_asked == 1
    disk.may_go_on.set()
    for writer in writers:
        writer.join(PATIENCE_SECONDS)
    assert disk.times_asked == 2


def fail(_descriptor: int) -> None:
    """Stand in for fdatasync(2) on a disk with a fault."""
    raise OSError("the disk is gone")


def test_whoever_writes_after_a_fault_brings_what_it_left_to_the_disk_too(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system reports a fault once; the next sync of the same file would succeed without the lost pages."""
    with monkeypatch.context() as broken:
        broken.setattr(journal, "sync_data", fail)
        with pytest.raises(NotOnDisk, match="the disk is gone"):
            rename("The Prompt Corner")
    db.session.rollback()
    monkeypatch.setattr(journal, "sync_data", lambda _descriptor: None)  # as that next sync
    rename("The Callboard again")
    assert db.session.scalar(select(Site.name)) == "The Callboard again"
    assert journal_of(app).stat().st_size == 0  # all is in the database's own file
    rename("The Callboard once more")
    assert journal_of(app).stat().st_size > 0


def test_while_that_is_impossible_nobody_is_told_that_anything_is_stored(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MEND_SECONDS", 0.01)
    with monkeypatch.context() as broken:
        broken.setattr(journal, "sync_data", fail)
        with pytest.raises(NotOnDisk):
            rename("The Prompt Corner")
    db.session.rollback()
    with closing(sqlite3.connect(db.engine.url.database or "")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT name FROM site").fetchall()  # who reads needs the journal as it is
        with pytest.raises(NotOnDisk, match="in use"):
            rename("The Callboard again")
        db.session.rollback()
    rename("The Callboard again")


def test_who_found_that_there_is_nothing_to_write_waits_too(app: Flask, disk: SlowDisk) -> None:
    """What they found, and now say, may be on its way to the disk."""

    def find_nothing() -> None:
        db.session.execute(update(Site).where(Site.id < 0).values(name="x"))
        db.session.commit()

    finder = begin(app, find_nothing)
    assert disk.is_asked.wait(PATIENCE_SECONDS)
    disk.may_go_on.set()
    finder.join(PATIENCE_SECONDS)


def test_readers_do_not_ask_the_disk(app: Flask, disk: SlowDisk) -> None:
    db.session.scalar(select(Site.name))
    db.session.commit()
    db.session.scalar(select(Site.name))
    db.session.rollback()
    assert disk.times_asked == 0


def test_a_request_waits_for_the_disk_once_when_it_is_answered_and_out_of_its_turn(app: Flask, disk: SlowDisk) -> None:
    def answer(environ: Any, _start_response: Any) -> list[bytes]:
        if environ["writes"]:
            with app.app_context():
                rename("The Prompt Corner")
                rename("The Callboard again")
        assert not disk.is_asked.is_set() or not environ["writes"]
        return [b"stored"]

    layer, answers = Turns(answer), list[Any]()

    def ask(**environ: bool) -> threading.Thread:
        return begin(app, lambda: answers.append(layer(environ, None)))  # type: ignore[arg-type]

    writer = ask(writes=True)
    assert disk.is_asked.wait(PATIENCE_SECONDS)
    writer.join(MOMENT_SECONDS)
    assert writer.is_alive()
    reader = ask(writes=False)
    reader.join(PATIENCE_SECONDS)
    assert answers == [[b"stored"]]
    disk.may_go_on.set()
    writer.join(PATIENCE_SECONDS)
    assert (answers, disk.times_asked) == ([[b"stored"]] * 2, 1)


def test_a_request_whose_disk_fails_is_told_so(site: Site, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_environ: Any, start_response: Any) -> list[bytes]:
        rename("The Prompt Corner")
        start_response("200 OK", [])
        return [b"stored"]

    told: list[str] = []
    monkeypatch.setattr(journal, "sync_data", fail)
    body = Turns(answer)({"PATH_INFO": "/"}, lambda status, *_more: told.append(status))  # type: ignore[arg-type]
    assert told == ["200 OK", "503 Service Unavailable"]
    assert b"did not take this in" in b"".join(body)


def test_whoever_takes_back_a_write_because_of_another_one_waits_for_that_one(app: Flask, disk: SlowDisk) -> None:
    def press_again(_environ: Any, _start_response: Any) -> list[bytes]:
        with app.app_context():
            db.session.execute(update(Site).values(name="The Prompt Corner"))
            db.session.rollback()
        return [b"it is there already"]

    presser = begin(app, lambda: Turns(press_again)({"PATH_INFO": "/"}, None))  # type: ignore[arg-type]
    assert disk.is_asked.wait(PATIENCE_SECONDS)
    presser.join(MOMENT_SECONDS)
    assert presser.is_alive()
    disk.may_go_on.set()
    presser.join(PATIENCE_SECONDS)


def test_a_statement_that_does_not_look_like_a_write_is_synced_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(journal, "sync_data", synced.append)
    db.session.execute(text("/* by hand */ UPDATE site SET name = 'The Prompt Corner'"))
    db.session.commit()
    assert len(synced) == 1


def test_a_database_behind_a_link_is_synced_too(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, link = tmp_path / "board.db", tmp_path / "link" / "board.db"
    link.parent.mkdir()
    link.symlink_to(file)
    synced = set()
    monkeypatch.setattr(journal, "sync_data", lambda descriptor: synced.add(os.fstat(descriptor).st_ino))
    engine = create_engine(f"sqlite:///{link}")
    prepare_engine(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE one (id INTEGER)"))
        assert (tmp_path / "board.db-wal").stat().st_ino
    assert len(synced) == 1
    assert not (link.parent / "board.db.writer").exists()
    engine.dispose()


def test_a_new_journal_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    monkeypatch.setattr(journal, "sync_data", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    file = tmp_path / "board.db-wal"
    own = Journal(tmp_path / "board.db")
    with pytest.raises(NotOnDisk):
        own.sync_in_time()
    for _ in range(2):
        file.write_bytes(b"frames")
        own.sync_in_time()
        file.rename(tmp_path / f"old-{len(synced)}")
    assert synced == [path.stat().st_ino for path in sorted(tmp_path.glob("old-*"))]


def test_where_there_can_be_no_journal_sqlite_syncs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    engine = create_engine("sqlite:///:memory:", poolclass=StaticPool)  # takes no WAL, as some file systems
    prepare_engine(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2
