"""A rule that is changed in one web process counts in every other from its next request on."""

import re
from collections.abc import Iterator
from copy import copy
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from board import create_app
from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.storage import now
from tests.conftest import Browser

RULES = "/manage/sites/1/screening"
COMMENTS = "/articles/opening-night/comments"


@pytest.fixture
def other_process(app: Flask) -> Iterator[Flask]:
    """Return a second application on the same database, which has read the rules already."""
    second = create_app(copy(app.config["BOARD"]))
    second.testing = True
    yield second
    with second.app_context():
        db.session.remove()
        db.engine.dispose()


def change(browser: Browser, **typed: str) -> None:
    """Change rules as an editor does, over the page."""
    version = re.search(r'name="version"[^>]* value="(\d+)"', browser.get(RULES).text)
    assert version
    answer = browser.post(RULES, {"comment_mode": "first", "version": version[1], **typed})
    assert answer.status_code == 303, answer.text


def test_a_changed_rule_counts_in_the_other_process_from_its_next_request_on(
    app: Flask, other_process: Flask, article: Article, author: User, editor: User
) -> None:
    here, there = Browser(other_process).sign_in(author), Browser(app).sign_in(editor)
    states = []
    with time_machine.travel(now(), tick=False) as clock:
        for number, words in enumerate(("", "furniture", "piano", "furniture", "")):
            change(there, held_words_list=words)
            clock.shift(timedelta(seconds=30))  # a member writes no faster
            answer = here.post(COMMENTS, {"body": f"The furniture of scene {number} is grand.", "key": f"k{number}"})
            assert answer.status_code == 303, answer.text
            states.append(db.session.scalars(select(Comment.state).order_by(Comment.id.desc())).first())
            db.session.rollback()
    assert states == ["published", "held", "published", "held", "published"]
