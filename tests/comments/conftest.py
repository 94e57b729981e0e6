"""A stage with a thread on it."""

import pytest
from flask import Flask

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from tests.factories import make_comment


@pytest.fixture
def comment(article: Article, author: User) -> Comment:
    """Return the author's comment on the open article."""
    return make_comment(article, author, "What a **night**.")


@pytest.fixture(autouse=True)
def desk(app: Flask) -> None:
    """Stand in for the desk, to which every page of a moderator links, until it is there."""
    if "moderation.desk" not in app.view_functions:
        app.add_url_rule("/moderation", "moderation.desk", lambda: "")
