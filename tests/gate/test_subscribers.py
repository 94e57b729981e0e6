"""The list of subscribers: who sees it, and what leaves it."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.extensions import db
from board.gate import listing
from board.gate.models import Subscriber
from tests.factories import make_site
from tests.gate.conftest import leave_address
from tests.gate.test_newsletter import subscribe


def read_csv(text: str) -> list[dict[str, str]]:
    """Return the rows by column."""
    return list(csv.DictReader(io.StringIO(text)))


def add_subscriber(site: Site, email: str, **more: Any) -> Subscriber:
    """Keep an address without going through the gate."""
    subscriber = Subscriber(site_id=site.id, email=email, email_key=email.casefold(), **more)
    db.session.add(subscriber)
    db.session.commit()
    return subscriber


@pytest.mark.parametrize("path", ["/manage/subscribers", "/manage/subscribers.csv"])
def test_only_editors_see_addresses(
    client: Any, browser_for: Any, author: User, moderator: User, editor: User, site: Site, path: str
) -> None:
    assert client.get(path).status_code == 303
    assert browser_for(author).get(path).status_code == 403
    assert browser_for(moderator).get(path).status_code == 403
    answer = browser_for(editor).get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_editors_find_an_address(browser_for: Any, editor: User, site: Site) -> None:
    for email in ("ann_e@example.com", "annie@example.com", "100%@example.com"):
        add_subscriber(site, email)
    browser = browser_for(editor)
    html = browser.get("/manage/subscribers?q=ANN_").text
    assert "ann_e@example.com" in html
    assert "annie@example.com" not in html
    assert "annie@" not in browser.get("/manage/subscribers?q=%25").text
    assert "No address matches" in browser.get("/manage/subscribers?q=%00zzz").text


def test_the_list_has_pages(browser_for: Any, editor: User, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    ids = [add_subscriber(site, f"r{n}@example.com").id for n in range(4)]
    browser = browser_for(editor)
    first = browser.get("/manage/subscribers").text
    assert "r3@" in first
    assert "r1@" not in first
    assert f"before={ids[2]}" in first
    second = browser.get(f"/manage/subscribers?before={ids[2]}").text
    assert "r0@" in second
    assert "before=" not in second


def test_only_the_confirmed_leave_as_subscribers(
    new_browser: Callable[[], Any], browser_for: Any, editor: User, gated: Article
) -> None:
    subscribe(new_browser())
    leave_address(new_browser(), "pending@example.com", newsletter="y")
    leave_address(new_browser(), "reads-only@example.com")
    browser = browser_for(editor)
    (row,) = read_csv(browser.get("/manage/subscribers.csv").text)
    assert row["email"] == "reader@example.com"
    assert row["state"] == "confirmed"
    assert row["wording"].startswith("Send me the newsletter")
    assert row["consented_at"] <= row["confirmed_at"]
    assert row["article"] == "whodunit"
    assert row["stop_link"].startswith("http://localhost/newsletter/withdrawal/")
    everybody = read_csv(browser.get("/manage/subscribers.csv?state=").text)
    assert [row["state"] for row in everybody] == ["confirmed", "pending", "none"]


def test_no_cell_is_a_formula(browser_for: Any, editor: User, site: Site) -> None:
    for start in "=+-@\t\r":
        add_subscriber(site, f"{start}cmd|' /C calc'!A0@example.com", newsletter="confirmed")
    text = browser_for(editor).get("/manage/subscribers.csv").text
    cells = [row["email"] for row in read_csv(text)]
    assert len(cells) == 6
    assert all(cell.startswith("'") for cell in cells)


def test_one_sites_addresses_are_not_anothers(browser_for: Any, editor: User, site: Site) -> None:
    other = make_site("other", "Other Stage")
    add_subscriber(site, "local@example.com", newsletter="confirmed")
    add_subscriber(other, "there@example.com", newsletter="confirmed")
    browser = browser_for(editor)
    for path in ("/manage/subscribers", "/manage/subscribers.csv", "/manage/subscribers?site="):
        assert "there@example.com" not in browser.get(path).text
        assert "local@example.com" not in browser.get(path.split("?")[0] + "?site=other").text
    assert browser.get("/manage/subscribers?site=nowhere").status_code == 404


def test_taking_the_addresses_is_logged(browser_for: Any, editor: User, site: Site) -> None:
    browser_for(editor).get("/manage/subscribers.csv")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id) == ("subscribers.exported", editor.id)


@pytest.fixture
def run(app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that runs `board` on the test's database."""
    from board.cli import board
    from board.operations import schema

    monkeypatch.setenv("BOARD_INSTANCE_PATH", app.instance_path)
    monkeypatch.setenv("BOARD_DATABASE_URL", database_url)
    monkeypatch.setenv("BOARD_PUBLIC_URL", "https://board.example")
    monkeypatch.setattr(schema, "ensure_schema", lambda: None)
    return lambda *arguments: CliRunner().invoke(board, arguments)


def test_the_command_writes_what_the_page_does(run: Callable[..., Any], site: Site) -> None:
    add_subscriber(site, "local@example.com", newsletter="confirmed")
    add_subscriber(site, "reads-only@example.com")
    (row,) = read_csv(run("subscribers", "export").stdout)
    assert row["email"] == "local@example.com"
    assert row["stop_link"].startswith("https://board.example/newsletter/withdrawal/")
    assert len(read_csv(run("subscribers", "export", "--all").stdout)) == 2
    assert len(read_csv(run("subscribers", "export", "--site", "The Callboard").stdout)) == 1


def test_the_command_names_the_sites_there_are(run: Callable[..., Any], site: Site) -> None:
    result = run("subscribers", "export", "--site", "Nowhere")
    assert result.exit_code == 1
    assert "There is no site 'Nowhere'. Sites: main." in result.stderr


def test_a_new_board_has_no_subscribers(run: Callable[..., Any]) -> None:
    result = run("subscribers", "export")
    assert result.exit_code == 0
    assert read_csv(result.stdout) == []
