"""Who may do what to a comment: every rule, for every person, in every state."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask_login import AnonymousUserMixin

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.storage import now
from tests.factories import make_member

AUTHOR, OTHER, MODERATOR = "author", "other", "moderator"
STATES = ("published", "held", "removed", "deleted")
EVERYBODY = {"reader", AUTHOR, OTHER, "unconfirmed", "banned", MODERATOR, "editor"}
STAFF = {MODERATOR, "editor"}
RULES: dict[str, dict[str, set[str]]] = {
    "is_visible_to": {
        "published": EVERYBODY,
        "held": {AUTHOR, *STAFF},
        "removed": EVERYBODY,
        "deleted": EVERYBODY,
    },
    "can_be_edited_by": {"published": {AUTHOR}, "held": {AUTHOR}},
    "can_be_deleted_by": {"published": {AUTHOR}, "held": {AUTHOR}},
    "can_be_liked_by": {"published": {OTHER, *STAFF}},
    "can_be_reported_by": {"published": {OTHER, *STAFF}},
    "can_be_removed_by": {"published": STAFF, "held": STAFF},
    "can_be_restored_by": {"removed": STAFF, "held": STAFF},
    "can_show_history_to": dict.fromkeys(STATES, STAFF),
}
NEEDS_OPEN_THREAD = ("can_be_liked_by",)


@pytest.fixture
def people(author: User, other_member: User, moderator: User, editor: User) -> dict[str, Any]:
    """Return everybody who may come by."""
    return {
        "reader": AnonymousUserMixin(),
        AUTHOR: author,
        OTHER: other_member,
        "unconfirmed": make_member("Nele Newcomer", "nele@example.com", confirmed=False),
        "banned": make_member("Bodo Banned", "bodo@example.com", active=False),
        MODERATOR: moderator,
        "editor": editor,
    }


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_in_every_state(rule: str, comment: Comment, people: dict[str, Any]) -> None:
    for state in STATES:
        comment.state, comment.is_listed = state, state != "held"
        allowed = {name for name, person in people.items() if getattr(comment, rule)(person)}
        assert allowed == RULES[rule].get(state, set()), state


def test_a_closed_thread_takes_no_replies_and_no_likes(
    comment: Comment, article: Article, people: dict[str, Any]
) -> None:
    article.comments = "closed"
    db.session.commit()
    for rule in NEEDS_OPEN_THREAD:
        assert not any(getattr(comment, rule)(person) for person in people.values())
    assert comment.can_be_reported_by(people[OTHER])
    assert comment.can_be_deleted_by(people[AUTHOR])


def test_an_author_may_edit_for_fifteen_minutes(comment: Comment, author: User) -> None:
    assert comment.can_be_edited_by(author)
    with time_machine.travel(comment.created_at + timedelta(minutes=14, seconds=59), tick=False):
        assert comment.can_be_edited_by(author)
    with time_machine.travel(comment.created_at + timedelta(minutes=15), tick=False):
        assert not comment.can_be_edited_by(author)


def test_a_banned_author_may_do_nothing(comment: Comment, author: User) -> None:
    author.active = False
    assert not any(getattr(comment, rule)(author) for rule in RULES if rule.startswith("can_"))
    assert comment.created_at < now()
