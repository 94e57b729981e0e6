"""A comment to decide on, and what the people around it can look at."""

from typing import Any

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.audit import AuditEntry
from board.comments.models import Comment
from board.extensions import db
from board.outbox import OutboxRow
from tests.factories import make_comment


@pytest.fixture
def comment(article: Article, author: User) -> Comment:
    """Return the author's published comment."""
    return make_comment(article, author, "The second act drags.")


@pytest.fixture
def mails() -> Any:
    """Return a function that gives the queued mails' payloads, oldest first."""
    return lambda: [row.payload for row in db.session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


@pytest.fixture
def acts() -> Any:
    """Return a function that gives the actions in the log, oldest first."""
    return lambda: list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
