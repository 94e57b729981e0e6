"""`board demo`: content to look around in, which gets in nobody's way."""

from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

import board
from board.accounts.models import User
from board.articles.models import Article, Site
from board.ballots.models import Ballot
from board.ballots.votes import Vote
from board.cli.demo import demo as command
from board.comments.models import Comment
from board.comments.threads import Thread
from board.extensions import db
from tests.factories import make_article


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs `board demo` on the test's database."""
    monkeypatch.setattr(board, "create_app", lambda: app)
    monkeypatch.setattr("board.operations.schema.ensure_schema", lambda: None)
    monkeypatch.setattr("board.operations.schema.must_be_there", lambda: None)

    def go(*words: str) -> str:
        db.session.rollback()
        result = CliRunner().invoke(command, list(words))
        assert result.exit_code == 0, result.output
        db.session.rollback()
        return result.output

    return go


def counted() -> list[int]:
    kinds = (Article, User, Comment, Ballot, Vote)
    return [db.session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds]


def test_it_fills_an_empty_board_once(run: Any, client: Any) -> None:
    said = run()
    assert said.count("http://localhost/") == 4
    assert counted() == [3, 21, 40, 3, 48]
    thread = db.session.scalars(select(Thread)).one()
    assert thread.comment_count == 39
    assert "Which was the best musical" in client.get("/articles/lamplighters-daughter-review").text
    assert "no sample content was added" in run()
    assert "(was there already)" in run("--force")
    assert counted() == [3, 21, 40, 3, 48]


def test_the_printed_password_opens_an_account(run: Any, client: Any) -> None:
    line = next(line for line in run().splitlines() if "editor@example.com" in line)
    answer = client.post("/login", {"email": "editor@example.com", "password": line.split()[-1]})
    assert answer.status_code in {302, 303}
    assert client.get("/manage/articles").status_code == 200


def test_a_board_in_use_is_left_alone(run: Any, site: Site) -> None:
    make_article(site)
    before = counted()
    assert "There are articles already" in run()
    assert counted() == before


def test_a_moderator_finds_something_to_decide(run: Any, client: Any) -> None:
    line = next(line for line in run().splitlines() if "moderator@example.com" in line)
    client.post("/login", {"email": "moderator@example.com", "password": line.split()[-1]})
    assert "Kit Rawlinson" in client.get("/moderation").text
    assert "Vic Lantern" in client.get("/moderation?queue=held").text
