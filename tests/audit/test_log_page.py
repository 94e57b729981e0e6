"""The log's page: found by who, what, on what, where and when; within reach; as a file that verifies."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import link_due, record
from board.audit.exporting import read_file
from board.audit.verifying import verify
from board.comments.models import Comment
from board.extensions import db
from board.storage import now
from tests.conftest import Browser
from tests.factories import make_article, make_comment
from tests.reading import queries

Open = Callable[[User], Browser]


@pytest.fixture
def comment(article: Article, author: User) -> Comment:
    """Return a comment to remove."""
    return make_comment(article, author, "The second act drags.")


@pytest.fixture
def written(
    browser_for: Open, comment: Comment, site: Site, other_site: Site, moderator: User, admin: User, author: User
) -> None:
    """Write a few different entries, one of them a month ago, one on another site."""
    with time_machine.travel(now() - timedelta(days=30), tick=False):
        record("site.edited", site, by=admin, site_id=site.id, before={"name": "Old"}, after={"name": "New & <b>"})
        db.session.commit()
    far = make_comment(make_article(other_site, "far"), author)
    record("comment.approved", far, by=admin, before={"state": "held"}, after={"state": "published"})
    db.session.commit()
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "spam", "note": "An advert."})
    browser_for(author).post("/account/name", {"display_name": "Ada Otherwise"})


def rows(page: Any) -> list[str]:
    assert page.status_code == 200
    return page.text.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:] if "<tbody>" in page.text else []


@pytest.mark.parametrize(
    "name", ["2026-99-99T00:00:00+00:00", "٢٠٢٦-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"]
)
def test_a_name_that_looks_like_a_moment_is_a_name(browser_for: Open, site: Site, admin: User, name: str) -> None:
    record("site.edited", site, by=admin, site_id=site.id, before={"name": "Old"}, after={"name": name})
    db.session.commit()
    assert len(rows(browser_for(admin).get("/moderation/log"))) == 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Changed their name", "Removed a comment", "Let a comment stand", "Edited a site"]),
        ({"actor": "mona"}, ["Removed a comment"]),
        ({"actor": "ada other"}, ["Changed their name"]),
        ({"actor": "Adele Admin"}, ["Let a comment stand", "Edited a site"]),
        ({"actor": "%"}, []),
        ({"action": "comment"}, ["Removed a comment", "Let a comment stand"]),
        ({"action": "comment.removed"}, ["Removed a comment"]),
        ({"action": "no.such"}, []),
        ({"subject": "comment {comment}"}, ["Removed a comment"]),
        ({"subject": "member 1", "action": "comment"}, []),
        ({"site": "harbour"}, ["Let a comment stand"]),
        ({"until": "{week_ago}"}, ["Edited a site"]),
        ({"since": "{week_ago}", "action": "site"}, []),
    ],
)
def test_entries_are_found(
    browser_for: Open, moderator: User, comment: Comment, written: None, asked: dict[str, str], found: list[str]
) -> None:
    values = {"comment": comment.id, "week_ago": (now() - timedelta(days=7)).date()}
    query = {name: value.format_map(values) for name, value in asked.items()}
    shown = rows(browser_for(moderator).get("/moderation/log", query_string=query))
    assert [row.split('<th scope="row">')[1].split("<")[0] for row in shown] == found


def test_a_line_says_why_and_what_changed(browser_for: Open, moderator: User, written: None) -> None:
    browser = browser_for(moderator)
    (removal,) = rows(browser.get("/moderation/log?action=comment.removed"))
    assert "An advert." in removal
    assert "state: <del" in removal
    assert ">published</del>" in removal
    assert ">removed</ins>" in removal
    (edit,) = rows(browser.get("/moderation/log?action=site"))
    assert ">New &amp; &lt;b&gt;</ins>" in edit


def test_fields_and_lists_are_said_in_words(browser_for: Open, site: Site, admin: User) -> None:
    after = {"takes_write_ins": True, "options": ["Tosca", "Carmen"], "vouched": True}
    record("site.edited", site, by=admin, site_id=site.id, before={"vouched": False}, after=after)
    db.session.commit()
    (line,) = rows(browser_for(admin).get("/moderation/log"))
    assert "readers may suggest an option: <ins" in line
    assert ">Tosca, Carmen</ins>" in line
    assert "the member is no newcomer any more: <del" in line


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since=yesterday", "Write dates as in"),
        ("since=0001-01-01", "Write dates as in"),
        ("until=0001-01-01", "Write dates as in"),
        ("since=9999-12-31", "Write dates as in"),
        ("until=9999-12-31", "Write dates as in"),
        ("subject=twelve", "as in “comment 12”"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
def test_what_cannot_be_understood_is_said(
    app: Flask, browser_for: Open, moderator: User, asked: str, said: str, zone: str
) -> None:
    app.config["BOARD"].timezone = zone
    answer = browser_for(moderator).get(f"/moderation/log?{asked}")
    assert answer.status_code == 422
    assert said in answer.text


def test_a_site_s_moderator_reads_their_own_part(
    browser_for: Open, site_moderator: User, foreign_moderator: User, written: None
) -> None:
    own, foreign = browser_for(site_moderator), browser_for(foreign_moderator)
    assert len(rows(own.get("/moderation/log"))) == 2
    assert len(rows(foreign.get("/moderation/log"))) == 1
    assert not rows(foreign.get("/moderation/log?site=main"))
    link_due()
    assert "An advert." in own.get("/moderation/log/export").text
    assert "An advert." not in foreign.get("/moderation/log/export").text


def test_pages_go_on_with_the_same_conditions(browser_for: Open, site: Site, admin: User) -> None:
    for _ in range(60):
        record("site.edited", site, by=admin, site_id=site.id)
    db.session.commit()
    browser = browser_for(admin)
    first = browser.get("/moderation/log?action=site")
    assert len(rows(first)) == 50
    more = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "action=site" in more
    with queries() as sent:
        assert len(rows(browser.get(more))) == 10
    assert len(sent) < 12


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_the_whole_log_as_a_file_verifies(browser_for: Open, admin: User, written: None, form: str) -> None:
    link_due()
    answer = browser_for(admin).get(f"/moderation/log/export?format={form}")
    assert f"log.{form}" in answer.headers["Content-Disposition"]
    verdict = verify(read_file(io.StringIO(answer.text, newline="")))
    assert (verdict.findings, verdict.entries) == ([], 4)


def test_an_item_and_a_member_lead_to_their_history(browser_for: Open, moderator: User, comment: Comment) -> None:
    browser = browser_for(moderator)
    assert f"/moderation/log?subject=comment+{comment.id}" in browser.get(f"/moderation/comments/{comment.id}").text
    assert f"/moderation/log?subject=member+{comment.author_id}" in (
        browser.get(f"/moderation/members/{comment.author_id}").text
    )
