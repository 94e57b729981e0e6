"""A comment to decide on, and what the people around it can look at."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from board import outbox
from board.accounts.models import User
from board.accounts.sanctions import Sanction
from board.articles.models import Article
from board.audit import AuditEntry
from board.comments.models import Comment
from board.extensions import db
from board.moderation.sanctioning import sanction_member
from board.outbox import OutboxRow
from tests.factories import make_comment, make_member


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


@pytest.fixture
def told() -> Any:
    """Return a function that writes the mails that wait for the time to undo to be over, and gives all mails."""

    def tell() -> list[dict[str, Any]]:
        rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind != "mail").order_by(OutboxRow.id)).all()
        for row in rows:
            deliver(row)
        db.session.commit()
        return [row.payload for row in db.session.scalars(select(OutboxRow).order_by(OutboxRow.id))]

    return tell


def deliver(row: OutboxRow) -> None:
    """Deliver the row as the worker does, once."""
    outbox._deliverers[row.kind](row.payload)
    db.session.delete(row)


@pytest.fixture
def colleague(app: Flask) -> User:
    """Return another moderator."""
    return make_member("Carl Colleague", "carl@example.com", role="moderator")


@pytest.fixture
def sanction(moderator: User) -> Any:
    """Return a function that sanctions a member, as the moderator does."""

    def give(member: User, kind: str, **terms: Any) -> Sanction:
        values = {"site_id": None, "reason": "abuse", "note": "Three insults in a row.", "until": None, **terms}
        given = sanction_member(member, moderator, kind, **values)
        db.session.commit()
        return given

    return give
