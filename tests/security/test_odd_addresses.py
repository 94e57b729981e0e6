"""Addresses that nobody is led to: numbers no row has, bytes that are no text, methods nobody uses. None is a fault."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.ballots.models import Ballot
from board.comments.models import Comment
from board.extensions import db
from tests.ballots.conftest import make_ballot
from tests.factories import make_comment

PAST_THE_LAST = "9223372036854775808"
ENDLESS = "9" * 5000
ODD = {"past the last row": PAST_THE_LAST, "endless": ENDLESS, "nothing": "%00", "no text": "%ff%ed%a0%80", "-1": "-1"}
NAMES = ("before", "after", "comment", "level", "option", "undo", "site", "q", "sort", "state", "role", "said", "next")


def addresses(app: Flask, odd: str) -> Iterator[str]:
    """Yield each path that can be asked for, with the odd value in it and behind it."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in {"static", "operations.readiness"}:
            continue
        number = odd if odd.isdigit() else "1"
        path = re.sub(r"<(\w+:)?\w+>", lambda found: number if found[1] == "int:" else f"a{odd[:200]}", rule.rule)  # noqa: B023
        yield path
        yield f"{rule.rule if '<' not in rule.rule else path}?" + "&".join(f"{name}={odd}" for name in NAMES)
    yield f"/moderation?queue=reported&after={odd}-{odd}"
    yield f"/moderation?queue=held&after={odd}-{odd}"
    yield f"/?before={odd}.{odd}"


def head(browser: Any, path: str) -> int:
    """Ask for the headers alone; return the status."""
    return int(browser._outside_of_the_test(browser.http.head, path).status_code)


@pytest.mark.parametrize("odd", ODD)
def test_no_address_makes_a_page_fall_over(
    app: Flask, article: Article, admin: User, browser_for: Any, odd: str
) -> None:
    browser = browser_for(admin)
    answers = {address[:150]: browser.get(address).status_code for address in addresses(app, ODD[odd])}
    assert {address: status for address, status in answers.items() if status >= 500} == {}


def test_a_number_past_the_last_row_leads_nowhere(client: Any) -> None:
    assert client.get(f"/comments/{PAST_THE_LAST}").status_code == 404
    assert client.get(f"/comments/{ENDLESS}").status_code == 404


def test_looking_at_a_removed_comment_without_its_body_restores_nothing(
    article: Article, author: User, moderator: User, browser_for: Any
) -> None:
    comment = make_comment(article, author)
    comment.remove("spam")
    db.session.commit()
    browser = browser_for(moderator)
    head(browser, f"/comments/{comment.id}/restoration")
    assert db.session.scalar(select(Comment.state).where(Comment.id == comment.id)) == "removed"


def test_looking_at_a_ballots_forms_without_their_bodies_changes_nothing(
    site: Any, editor: User, browser_for: Any
) -> None:
    draft, published = make_ballot(site, slug="draft", state="draft"), make_ballot(site, slug="open")
    browser = browser_for(editor)
    for path in ("/manage/ballots/draft/publication", "/manage/ballots/open/closing"):
        assert head(browser, path) == 200
    states = [db.session.scalar(select(Ballot.state).where(Ballot.id == ballot.id)) for ballot in (draft, published)]
    assert states == ["draft", "published"]


def test_odd_values_in_small_forms_are_answered_in_words(
    site: Any, article: Article, admin: User, browser_for: Any
) -> None:
    make_ballot(site, slug="a")
    browser = browser_for(admin)
    placed = browser.post("/manage/ballots/a/placements", {"places": "opening\0night"})
    ended = browser.post("/account/sessions/a%00b/removal")
    assert (placed.status_code, ended.status_code) == (422, 404)
