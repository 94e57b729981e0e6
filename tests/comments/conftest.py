"""A stage with a thread on it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.audit import AuditEntry
from board.comments.models import Comment
from board.extensions import db
from tests.factories import make_comment


@pytest.fixture
def comment(article: Article, author: User) -> Comment:
    """Return the author's comment on the open article."""
    return make_comment(article, author, "What a **night**.")


@pytest.fixture
def acts() -> Any:
    """Return a function that gives the actions in the log, oldest first."""
    return lambda: list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.fixture(autouse=True)
def desk(app: Flask) -> None:
    """Stand in for the desk, to which every page of a moderator links, until it is there."""
    if "moderation.desk" not in app.view_functions:
        app.add_url_rule("/moderation", "moderation.desk", lambda: "")
