"""Every route as every role: the status that the tables say, and the entry in the log that they name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from board.audit import AuditEntry
from board.extensions import db
from tests.conftest import _copy_sqlite
from tests.matrix.entries import ADMIN, DENIED, LOGIN, LOST, MAY, ROLES, Entry, all_entries
from tests.matrix.scene import Scene, set_scene

STATUS = {LOGIN: 303, DENIED: 403, LOST: 404}
IN_BOTH_DATABASES = ("moderation.", "comments.")
IN_MODERATION = frozenset({"places", "comments", "judgements", "feeds"})


@pytest.fixture
def sqlite_app(sqlite_stage: Flask) -> Any:
    """Return the application on SQLite alone, emptied."""
    with sqlite_stage.app_context():
        file = Path(str(db.engine.url.database))
        _copy_sqlite(file.with_name("empty.db"), file)
        yield sqlite_stage
        db.session.remove()


@pytest.fixture
def restore(sqlite_app: Flask) -> Callable[[], None]:
    """Return a function that sets the stage anew, as it was when the scene was built."""
    file = Path(str(db.engine.url.database))
    kept = file.with_name("scene.db")

    def run() -> None:
        db.session.rollback()
        _copy_sqlite(kept, file)

    return run


@pytest.mark.filterwarnings("ignore:Passing SelectField:DeprecationWarning")  # in Flask-Security's own form
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_tables_say(sqlite_app: Flask, restore: Callable[[], None], role: str) -> None:
    scene = set_scene(sqlite_app)
    _copy_sqlite(Path(str(db.engine.url.database)), Path(str(db.engine.url.database)).with_name("scene.db"))
    cookies = dict(scene.browsers[role].http._cookies or {})
    wrong = {}
    for entry in all_entries():
        scene.browsers[role].http._cookies = dict(cookies)
        if fault := fault_of(scene, entry, role):
            wrong[f"{entry.method} {entry.endpoint}"] = fault
        if entry.method != "GET":
            restore()
    assert not wrong, in_lines(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_moderation_is_the_same_on_both_databases(app: Flask, role: str) -> None:
    scene = set_scene(app, IN_MODERATION)
    entries = [entry for entry in all_entries() if entry.endpoint.startswith(IN_BOTH_DATABASES)]
    wrong = {f"{entry.method} {entry.endpoint}": fault for entry in entries if (fault := fault_of(scene, entry, role))}
    assert not wrong, in_lines(wrong)


def in_lines(wrong: dict[str, str]) -> str:
    """Return the faults, one a line."""
    return "\n" + "\n".join(f"{name}: {fault}" for name, fault in wrong.items())


def fault_of(scene: Scene, entry: Entry, role: str) -> str:
    """Ask as the role does; return what is not as the table says, or nothing."""
    outcome, before = entry.who[role], last_entry()
    answer = scene.send(entry, role)
    expected = outcome if isinstance(outcome, int) else entry.status if outcome == MAY else STATUS[outcome]
    way = answer.headers.get("Location", "")
    if answer.status_code != expected:
        return f"{answer.status_code} {way} instead of {expected} ({outcome})"
    if outcome == LOGIN and not way.startswith("/login"):
        return f"leads to {way}, not to the log-in page"
    return fault_in_log(entry, role, outcome, before)


def fault_in_log(entry: Entry, role: str, outcome: str | int, before: int) -> str:
    """Compare what the log got with what the table says."""
    if entry.method == "GET":
        return ""
    new = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.id > before)))
    if isinstance(outcome, int) and set(new) <= {entry.logs}:
        return ""  # the role is led elsewhere, having done it or not
    if outcome != MAY or entry.made_up or not entry.logs:
        return f"nothing should have changed, but the log has {new}" if new else ""
    return "" if entry.logs in new else f"the log has {new or 'nothing'}, not {entry.logs}"


def last_entry() -> int:
    """Return the number of the log's newest entry."""
    return db.session.scalar(select(func.max(AuditEntry.id))) or 0


def test_every_change_names_its_entry_or_says_why_there_is_none() -> None:
    changes = [entry for entry in all_entries() if entry.method != "GET"]
    assert [entry.route for entry in changes if bool(entry.logs) == bool(entry.silent)] == []


def test_the_walk_would_notice(sqlite_app: Flask) -> None:
    """A table that promises too much or too little is found out."""
    scene = set_scene(sqlite_app, IN_MODERATION)
    removal = next(entry for entry in all_entries() if entry.route == ("POST", "moderation.removal"))
    lax = Entry(**{**vars(removal), "who": dict.fromkeys(ROLES, MAY)})
    assert "403" in fault_of(scene, lax, "member")
    assert "404" in fault_of(scene, lax, "moderator of another site")
    wrong_name = Entry(**{**vars(removal), "logs": "comment.vanished"})
    assert "not comment.vanished" in fault_of(scene, wrong_name, ADMIN)
