"""What members do often takes few statements, and one transaction: the budget of each, on both databases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from board.accounts.models import User
from board.articles.models import Article
from board.extensions import db
from tests.conftest import Browser
from tests.factories import make_comment

BrowserFor = Callable[[User], Browser]
Act = Callable[[Browser, int, dict[str, str]], Any]

SCRIPT = {"HX-Request": "true"}
NOT_COUNTED = ("BEGIN", "SHOW", "SET")  # the transaction's beginning; a new connection's first words


def like(browser: Browser, comment_id: int, headers: dict[str, str]) -> Any:
    return browser.post(f"/comments/{comment_id}/reaction", {"liked": "yes"}, headers=headers)


def take_back(browser: Browser, comment_id: int, headers: dict[str, str]) -> Any:
    return browser.post(f"/comments/{comment_id}/reaction", {"liked": "no"}, headers=headers)


def post(browser: Browser, comment_id: int, headers: dict[str, str]) -> Any:
    return browser.post("/articles/opening-night/comments", {"body": "Bravo again.", "key": "k"}, headers=headers)


def reply(browser: Browser, comment_id: int, headers: dict[str, str]) -> Any:
    return browser.post(f"/comments/{comment_id}/replies", {"body": "Indeed.", "key": "k"}, headers=headers)


def overlay(browser: Browser, comment_id: int, headers: dict[str, str]) -> Any:
    return browser.get(f"/articles/opening-night/overlay?ids={comment_id}", headers=headers)


@pytest.mark.parametrize(
    ("act", "budget", "commits"),
    [
        (like, ["member", "comment", "thread", "reaction", "count"], 1),
        (take_back, ["member", "comment", "thread", "reaction", "count"], 1),
        (post, ["member", "article", "thread", "author's latest", "comment", "waiting text"], 1),
        (reply, ["member", "parent", "thread", "count", "author's latest", "comment", "waiting text"], 1),
        (overlay, ["member", "article", "own comments"], 0),
    ],
)
def test_an_act_keeps_to_its_statements(
    article: Article, author: User, other_member: User, browser_for: BrowserFor, act: Act, budget: list[str],
    commits: int,
) -> None:  # fmt: skip
    comment_id = make_comment(article, author).id
    if act is take_back:
        like(browser_for(other_member), comment_id, SCRIPT)
    browser = browser_for(other_member)
    with counted() as seen:
        assert act(browser, comment_id, SCRIPT).status_code < 300
    assert len(seen["statements"]) == len(budget), "\n".join(seen["statements"])
    assert len(seen["commits"]) == commits


def test_a_plain_form_takes_one_more_for_the_visit(
    article: Article, author: User, other_member: User, browser_for: BrowserFor
) -> None:
    comment_id, browser = make_comment(article, author).id, browser_for(other_member)
    reply(browser, comment_id, {})  # the visit begins
    with counted() as seen:
        assert post(browser, comment_id, {}).status_code == 303
    assert len(seen["statements"]) == 7, "\n".join(seen["statements"])


@pytest.mark.parametrize(
    ("path", "budget"),
    [
        ("/articles/opening-night/thread", ["version", "article", "thread", "roots", "replies", "site"]),
        ("/articles/opening-night/thread/version", ["version", "article", "thread"]),
    ],
)
def test_a_readers_page_keeps_to_its_statements(
    article: Article, author: User, client: Browser, path: str, budget: list[str]
) -> None:
    make_comment(article, author, "Indeed.", make_comment(article, author))
    with counted() as seen:
        assert client.get(path).status_code == 200
    assert len(seen["statements"]) <= len(budget), "\n".join(seen["statements"])


@contextmanager
def counted() -> Iterator[dict[str, list[str]]]:
    """Collect the statements and commits that reach the database inside."""
    seen: dict[str, list[str]] = {"statements": [], "commits": []}

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _m: Any) -> None:
        if not statement.lstrip().startswith(NOT_COUNTED):
            seen["statements"].append(statement)

    def note_commit(_connection: Any) -> None:
        seen["commits"].append("COMMIT")

    event.listen(db.engine, "before_cursor_execute", note)
    event.listen(db.engine, "commit", note_commit)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
        event.remove(db.engine, "commit", note_commit)
