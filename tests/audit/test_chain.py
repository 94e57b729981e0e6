"""The log's chain: append-only, linked once whoever links, and any change behind Board's back is told in words."""

import io
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from board.accounts.models import User
from board.articles.models import Site
from board.audit import AuditEntry, AuditLink, chain, record
from board.audit.chain import link_all, link_due
from board.audit.exporting import FORMATS, NotALog, as_lines, linked_entries, read_file
from board.audit.verifying import Verdict, verify
from board.extensions import db
from board.storage import now

Tamper = Callable[[str], None]


@pytest.fixture
def logged(app: Flask, site: Site, admin: User) -> Site:
    """Return the site, about which there are six linked entries."""
    for number in range(6):
        record("site.edited", site, by=admin, before={"name": f"Nr {number}"}, after={"name": f"Nr {number + 1} – ü"})
        db.session.commit()
    assert link_all() == 6
    return site


@pytest.fixture
def tamper(app: Flask) -> Iterator[Tamper]:
    """Return a function that changes the tables as somebody who may do anything to the database could."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    tables = ("audit_entry", "audit_link")

    def run(*statements: str) -> None:
        for statement in statements:
            db.session.execute(text(statement))
        db.session.commit()

    if is_sqlite:  # the next test has a new file
        run(*(f"DROP TRIGGER {table}_no_{verb}" for table in tables for verb in ("update", "delete")))
    else:
        run(*(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in tables))
    yield run
    if not is_sqlite:
        db.session.rollback()
        run(*(f"ALTER TABLE {table} ENABLE TRIGGER ALL" for table in tables))


def found(kept_head: str = "") -> Verdict:
    return verify(linked_entries(), kept_head)


def head() -> str:
    return chain.head_of_log()[1]


def test_a_log_as_it_was_written_is_sound(logged: Site) -> None:
    verdict = found()
    assert (verdict.is_sound, verdict.entries, verdict.number, verdict.head) == (True, 6, 6, head())
    assert verify([]).is_sound


@pytest.mark.parametrize("model", [AuditEntry, AuditLink])
@pytest.mark.parametrize("verb", [update, delete])
def test_the_database_refuses_to_change_entries_and_links(logged: Site, model: Any, verb: Any) -> None:
    statement = verb(model)
    if verb is update:
        statement = statement.values(reason="x") if model is AuditEntry else statement.values(hash="x")
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(statement)
    db.session.rollback()
    assert found().is_sound


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'spam'",
        "note = 'x'",
        "actor_id = NULL",
        "actor_name = 'Somebody Else'",
        "action = 'site.added'",
        "subject_id = '7'",
        "site_id = 9",
        'after = \'{"name": "Nr 9"}\'',
        "before = NULL",
    ],
)
def test_a_changed_entry_is_named(logged: Site, tamper: Tamper, change: str) -> None:
    tamper(f"UPDATE audit_entry SET {change} WHERE id = 3")
    verdict = found()
    assert verdict.faults == 1
    assert verdict.findings[0].startswith("Number 3 (entry 3) was changed after it was written")


def test_an_entry_that_was_taken_away_is_named(logged: Site, tamper: Tamper) -> None:
    tamper("DELETE FROM audit_entry WHERE id = 4")
    assert found().findings == ["Number 4 (entry 4) is missing: its link is there, the entry was taken away."]


def test_an_entry_that_was_taken_away_with_its_link_leaves_a_gap(logged: Site, tamper: Tamper) -> None:
    tamper("DELETE FROM audit_entry WHERE id IN (2, 3)")
    tamper("DELETE FROM audit_link WHERE number IN (2, 3)")
    assert found().findings == ["Numbers 2 to 3 are missing."]


def test_closing_the_gap_by_renumbering_is_found(logged: Site, tamper: Tamper) -> None:
    tamper("DELETE FROM audit_link WHERE number = 6")
    tamper("UPDATE audit_link SET number = 6 WHERE number = 5")
    tamper("DELETE FROM audit_link WHERE number = 4")
    tamper("UPDATE audit_link SET number = 4 WHERE number = 6")
    assert any("does not follow from number 3" in sentence for sentence in found().findings)


def test_an_entry_that_was_slipped_in_with_an_earlier_time_is_named(logged: Site) -> None:
    earlier = now() - timedelta(hours=3)
    values = {"at": earlier, "action": "site.edited", "subject_type": "site", "subject_id": "1", "actor_name": ""}
    db.session.execute(insert(AuditEntry).values(**values, reason="", note=""))
    db.session.commit()
    assert link_all() == 1
    (sentence,) = found().findings
    assert sentence.startswith("Number 7 (entry 7) was slipped in: it claims an earlier time")


def test_a_worker_that_was_away_for_a_day_is_no_fault(logged: Site, admin: User) -> None:
    yesterday = now() + timedelta(days=1)
    values = {"action": "site.edited", "subject_type": "site", "subject_id": "1", "actor_name": "", "reason": ""}
    for hours in (1, 20):
        db.session.execute(insert(AuditEntry).values(at=yesterday - timedelta(hours=hours), note="", **values))
    db.session.commit()
    link_all()
    assert found().is_sound


def test_a_slipped_in_link_is_found(logged: Site, tamper: Tamper) -> None:
    tamper("UPDATE audit_link SET previous = hash WHERE number = 4")
    assert any("Number 4 (entry 4) does not follow from number 3" in sentence for sentence in found().findings)


def test_a_log_written_anew_is_found_by_the_head_that_was_kept(logged: Site, tamper: Tamper) -> None:
    kept = head()
    assert found(kept).is_sound
    tamper("UPDATE audit_entry SET reason = 'nothing' WHERE id = 1")
    tamper("DELETE FROM audit_link")
    link_all()
    assert found().is_sound, "the chain alone cannot tell"
    assert "The head you kept is not in this log" in found(kept).findings[0]


def test_entries_taken_away_at_the_end_are_found_by_the_head_that_was_kept(logged: Site, tamper: Tamper) -> None:
    kept = head()
    tamper("DELETE FROM audit_link WHERE number = 6")
    tamper("DELETE FROM audit_entry WHERE id = 6")
    assert found().is_sound
    assert not found(kept).is_sound


def test_a_kept_head_holds_while_the_log_grows(logged: Site, admin: User) -> None:
    kept = head()
    record("site.edited", logged, by=admin)
    db.session.commit()
    link_due()
    verdict = found(kept)
    assert (verdict.is_sound, verdict.kept_number, verdict.number) == (True, 6, 7)


def test_an_entry_that_commits_late_is_linked_behind(logged: Site, admin: User) -> None:
    db.session.execute(
        insert(AuditEntry).values(
            id=20, at=now(), action="a.b", subject_type="site", subject_id="1", actor_name="", reason="", note=""
        )
    )
    db.session.commit()
    assert link_due() == 1
    db.session.execute(
        insert(AuditEntry).values(
            id=12, at=now(), action="a.b", subject_type="site", subject_id="1", actor_name="", reason="", note=""
        )
    )
    db.session.commit()
    assert link_due() == 1
    links = db.session.execute(select(AuditLink.number, AuditLink.entry_id).order_by(AuditLink.number)).all()
    assert [tuple(link) for link in links[-2:]] == [(7, 20), (8, 12)]
    assert found().is_sound


def test_workers_at_once_do_not_fork_the_chain(app: Flask, site: Site, admin: User) -> None:
    for _ in range(60):
        record("site.edited", site, by=admin)
    db.session.commit()
    db.session.rollback()
    barrier, faults = threading.Barrier(4), []

    def work() -> None:
        with app.app_context():
            try:
                barrier.wait(60)
                for _ in range(5):
                    link_due()
            except Exception as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not faults
    assert db.session.scalar(select(func.count()).select_from(AuditLink)) == 60
    assert found().is_sound


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_verifies_like_the_log_itself(logged: Site, admin: User, form: str) -> None:
    record("site.edited", logged, by=admin, note='=HYPERLINK("x")\r\n"two", lines\n', before={"é": [1, None, 2.5]})
    record("site.edited", logged, note="'=quoted", reason="@x")
    db.session.commit()
    link_all()
    file = "".join(as_lines(linked_entries(), form))
    verdict = verify(read_file(io.StringIO(file, newline="")))
    assert (verdict.findings, verdict.entries, verdict.head) == ([], 8, head())
    assert "\n=" not in file
    assert ",=" not in file


@pytest.mark.parametrize("form", FORMATS)
def test_a_changed_export_is_found(logged: Site, form: str) -> None:
    lines = list(as_lines(linked_entries(), form))
    shift = 1 if form == "csv" else 0
    changed = [line.replace("Nr 2", "Nr 7") for line in lines]
    assert "Number 2 (entry 2) was changed" in verify(read_file(io.StringIO("".join(changed)))).findings[0]
    without = lines[: 2 + shift] + lines[3 + shift :]
    assert verify(read_file(io.StringIO("".join(without)))).findings == ["Number 3 is missing."]


@pytest.mark.parametrize("file", ["a,b\n1,2\n", "{}\n", '{"number": 1}\n', "[1]\n", "<html>"])
def test_a_file_that_is_no_log_is_refused_with_a_sentence(file: str) -> None:
    with pytest.raises(NotALog, match=r"line|row"):
        list(read_file(io.StringIO(file)))


def test_the_log_holds_no_member_s_name(logged: Site, author: User, moderator: User) -> None:
    assert record("comment.reported", logged, by=author).actor_name == ""
    assert record("comment.removed", logged, by=moderator).actor_name == "Mona Moderator"
    db.session.rollback()
