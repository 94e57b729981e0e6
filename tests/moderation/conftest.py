"""A comment to decide on, and what the people around it can look at."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from board import outbox
from board.accounts.models import User
from board.accounts.sanctions import Sanction
from board.articles.models import Article
from board.audit import AuditEntry
from board.comments.models import Comment
from board.extensions import db
from board.moderation.operations import report_comment
from board.moderation.sanctioning import sanction_member
from board.outbox import OutboxRow
from board.storage import now
from tests.factories import make_article, make_comment, make_member
from tests.moderation.waiting import reported as report_all


@pytest.fixture
def comment(article: Article, author: User) -> Comment:
    """Return the author's published comment."""
    return make_comment(article, author, "The second act drags.")


@pytest.fixture
def reported(comment: Comment, other_member: User) -> Comment:
    """Return a comment that was reported just now."""
    report_comment(comment, other_member, "abuse", "He insults me.")
    db.session.commit()
    return comment


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


@pytest.fixture
def members_of_old(author: User, other_member: User) -> None:
    """Have the usual members joined long ago, so that only those of a test are new."""
    db.session.execute(update(User).values(created_at=now() - timedelta(days=400)))
    db.session.commit()


@pytest.fixture
def four(article: Article, author: User, other_member: User) -> list[Comment]:
    """Return four reported comments by two members on two articles, two of them nearly the same."""
    second = make_article(article.site, "second-night", title="Second night")
    spam = "Earn {} dollars a week from home, write to me and I will tell you all about it"
    found = [
        make_comment(article, author, spam.format(4000)),
        make_comment(second, other_member, spam.format(9500) + "!!"),
        make_comment(article, author, "The third."),
        make_comment(second, author, "The fourth."),
    ]
    reporter = make_member("Rita Reporter", "rita@example.com", created_at=now() - timedelta(days=30))
    report_all(found, reporter, note="I have seen this before.")
    return found


@pytest.fixture
def three(article: Article, author: User, other_member: User) -> list[Comment]:
    """Return three comments, the second of them a reply to the first, the third reported."""
    first = make_comment(article, author, "The first act drags.")
    found = [
        first,
        make_comment(article, author, "So does the second.", first),
        make_comment(article, author, "Third."),
    ]
    report_comment(found[2], other_member, "spam", "")
    db.session.commit()
    return found


@pytest.fixture
def other_moderator(app: Flask) -> User:
    """Return a second moderator."""
    return make_member("Moritz Moderator", "moritz@example.com", role="moderator")
