"""`board import jsonl`, `board export comments` and `/manage/import`."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Site
from board.audit import AuditEntry
from board.comments.models import Comment
from board.extensions import db
from board.transfer import views
from tests.factories import make_site
from tests.transfer.conftest import jsonl, line, packed


@pytest.fixture
def run(app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that runs `board` on the test's database."""
    from board.cli import board
    from board.operations import schema

    monkeypatch.setenv("BOARD_INSTANCE_PATH", app.instance_path)
    monkeypatch.setenv("BOARD_DATABASE_URL", database_url)
    monkeypatch.setattr(schema, "ensure_schema", lambda: None)

    def invoke(*arguments: str) -> Any:
        db.session.rollback()
        return CliRunner().invoke(board, arguments)

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], str]:
    """Return a function that writes a file and returns its path."""

    def write(content: bytes) -> str:
        path = tmp_path / "comments.jsonl"
        path.write_bytes(content)
        return str(path)

    return write


def stored() -> int:
    """Return how many comments there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Comment)) or 0


def test_the_command_imports_and_reports(run: Callable[..., Any], file: Callable[[bytes], str]) -> None:
    result = run("import", "jsonl", file(packed(jsonl(line("a"), line("b", parent_id="nowhere")))))
    assert result.exit_code == 0
    assert "line 2 ('b'): Its parent is neither in this file nor imported before." in result.output
    assert (
        "Imported 1 comment by 1 author on 1 article (1 new). 0 imported before, 1 refused, of 2 rows." in result.output
    )
    assert stored() == 1


def test_a_dry_run_and_a_strict_one_change_nothing(run: Callable[..., Any], file: Callable[[bytes], str]) -> None:
    path = file(jsonl(line("a"), "rubbish"))
    assert "Would import 1 comment" in run("import", "jsonl", path, "--dry-run").output
    strict = run("import", "jsonl", path, "--strict")
    assert strict.exit_code == 1
    assert "line 2: The line is not JSON." in strict.output
    assert stored() == 0


def test_an_admin_of_several_sites_says_which_one_gets_the_comments(browser_for: Any, admin: User, site: Site) -> None:
    browser = browser_for(admin)
    assert "Comments become those of The Callboard." in browser.get("/manage/import").text
    other = make_site("my-paper", "My Paper")
    assert '<option value="my-paper" selected>My Paper</option>' in browser.get("/manage/import?site=my-paper").text
    sent = {"file": (io.BytesIO(jsonl(line("a"))), "c.jsonl"), "site": "my-paper"}
    assert "Imported into My Paper" in browser.post("/manage/import", sent).text
    assert set(db.session.scalars(select(Comment.site_id))) == {other.id}


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x1f\x8bx", jsonl(line("a", body=None))])
def test_a_file_that_gives_nothing_fails(run: Callable[..., Any], file: Callable[[bytes], str], content: bytes) -> None:
    result = run("import", "jsonl", file(content))
    assert result.exit_code == 1
    assert "Nothing was imported" in result.output
    assert stored() == 0


def test_a_file_or_site_that_is_not_there_is_named(
    run: Callable[..., Any], file: Callable[[bytes], str], site: Site
) -> None:
    result = run("import", "jsonl", "/nowhere.jsonl")
    assert (result.exit_code, "/nowhere.jsonl: No such file" in result.output) == (1, True)
    assert "The sites are: main." in run("import", "jsonl", file(jsonl(line("a"))), "--site", "x").output


def test_an_export_can_be_imported_again(run: Callable[..., Any], file: Callable[[bytes], str], site: Site) -> None:
    run("import", "jsonl", file(jsonl(line("a", score=3), line("b", parent_id="a"), line("c", parent_id="b"))))
    gone = db.session.scalars(select(Comment).where(Comment.source_id == "b")).one()
    gone.delete()
    db.session.commit()
    rows = [json.loads(row) for row in run("export", "comments").output.splitlines()]
    assert [(row["author"], row["thread"], row["body"]) for row in rows] == [
        ("Ann", "first-night", "This is a."),
        ("Ann", "first-night", "This is c."),
    ]
    assert rows[1]["parent_id"] == rows[0]["id"]
    assert rows[0]["score"] == 3
    result = run("import", "jsonl", file(jsonl(*rows)))
    assert "Imported 2 comments" in result.output


def test_only_admins_import_in_the_browser(
    client: Any, browser_for: Any, editor: User, admin: User, site: Site
) -> None:
    assert client.get("/manage/import").status_code == 303
    assert browser_for(editor).get("/manage/import").status_code == 403
    assert browser_for(editor).post("/manage/import", {"file": (io.BytesIO(jsonl(line("a"))), "a")}).status_code == 403
    assert browser_for(admin).get("/manage/import").status_code == 200


def test_an_admin_imports_a_file(browser_for: Any, admin: User, site: Site) -> None:
    content = jsonl(line("a"), *(line(f"c{n}", body="word " * 100) for n in range(300)), "rubbish")
    assert len(content) > 64 * 1024
    browser = browser_for(admin)
    dry = browser.post("/manage/import", {"file": (io.BytesIO(content), "c.jsonl"), "dry_run": "y"})
    assert (dry.status_code, stored()) == (200, 0)
    assert "<b>301</b>" in dry.text
    answer = browser.post("/manage/import", {"file": (io.BytesIO(packed(content)), "c.jsonl.gz")})
    assert (answer.status_code, stored()) == (200, 301)
    assert "The line is not JSON." in answer.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "comments.imported")).one()
    assert entry.actor_id == admin.id


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x1f\x8bx"])
def test_a_broken_upload_is_said_beside_the_field(browser_for: Any, admin: User, site: Site, content: bytes) -> None:
    answer = browser_for(admin).post("/manage/import", {"file": (io.BytesIO(content), "c.jsonl")})
    assert answer.status_code == 422
    assert "Nothing was imported." in answer.text


def test_no_file_too_large_a_file_and_too_many_rows(
    browser_for: Any, admin: User, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_for(admin)
    assert "Choose a file." in browser.post("/manage/import").text
    monkeypatch.setattr(views, "MAX_UPLOAD_ROWS", 1)
    many = browser.post("/manage/import", {"file": (io.BytesIO(jsonl(line("a"), line("b"))), "c.jsonl")})
    assert (many.status_code, stored()) == (422, 0)
    monkeypatch.setattr(views, "MAX_UPLOAD_BYTES", 100)
    assert browser.post("/manage/import", {"file": (io.BytesIO(jsonl(line("a"))), "c.jsonl")}).status_code == 413
