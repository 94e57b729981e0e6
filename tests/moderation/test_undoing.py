"""Decisions undone: exactly, in time, and never over what somebody did since."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from board.access import Refused
from board.accounts.models import User
from board.accounts.reach import Reach, reach
from board.articles.models import Article, Site
from board.comments.counting import faults
from board.comments.models import Comment, Thread
from board.extensions import db
from board.moderation.models import Report
from board.outbox import deliver_due
from board.storage import now
from tests.factories import make_article, make_comment, make_member
from tests.moderation.deciding import decided, states, undone


@pytest.fixture(autouse=True)
def in_request(app: Flask) -> Iterator[None]:
    """Be in a request, as decisions are: mails are written in its language."""
    with app.test_request_context("/"):
        yield


def test_undo_after_many_were_removed_puts_everything_back(
    article: Article, three: list[Comment], moderator: User, mails: Any, acts: Any
) -> None:
    before = db.session.get_one(Thread, article.id).comment_count
    batch = decided(three, "remove", moderator, reason="abuse", note="Be kind.")
    assert states(three) == ["removed"] * 3
    assert len(batch.done) == 3 and len(mails()) == 3
    assert db.session.scalars(select(Report.state)).all() == ["upheld"]
    assert sorted(undone(batch, moderator).done) == sorted(batch.done)
    assert states(three) == ["published"] * 3
    assert db.session.get_one(Thread, article.id).comment_count == before
    assert db.session.scalars(select(Report.state)).all() == ["open"]
    assert three[0].removal_reason == three[0].removal_note == ""
    assert mails() == []  # nobody hears of what was undone at once
    assert acts().count("comment.removal_undone") == 3
    assert faults(article.id) == []


def test_undoing_twice_has_one_effect(three: list[Comment], moderator: User, acts: Any) -> None:
    batch = decided(three, "remove", moderator, reason="abuse")
    undone(batch, moderator)
    assert undone(batch, moderator).done == []
    assert acts().count("comment.removal_undone") == 3


def test_what_somebody_changed_since_stays_and_is_told(
    article: Article, three: list[Comment], moderator: User, other_moderator: User
) -> None:
    batch = decided(three, "remove", moderator, reason="abuse")
    decided(three[:1], "restore", other_moderator)
    decided(three[:1], "remove", other_moderator, reason="spam")
    result = undone(batch, moderator)
    assert sorted(result.done) == [three[1].id, three[2].id]
    assert [missed.comment_id for missed in result.missed] == [three[0].id]
    assert result.missed[0].item and result.missed[0].item.batch.by.display_name == "Moritz Moderator"
    assert states(three) == ["removed", "published", "published"]
    assert three[0].removal_reason == "spam"
    assert faults(article.id) == []


def test_what_its_author_deleted_since_stays_deleted(three: list[Comment], moderator: User) -> None:
    batch = decided([three[2]], "approve", moderator)
    three[2].delete()
    db.session.commit()
    assert undone(batch, moderator).done == []
    assert states([three[2]]) == ["deleted"]


def test_the_author_hears_of_the_undoing_once_the_first_mail_has_left(
    three: list[Comment], moderator: User, told: Any
) -> None:
    batch = decided(three[:1], "remove", moderator, reason="abuse")
    assert deliver_due() == 0  # it waits as long as the undo is in sight
    assert "Your comment was removed" in told()[-1]["subject"]
    undone(batch, moderator)
    assert "put it back" in told()[-1]["text"]


def test_the_author_of_a_held_comment_hears_that_it_waits_as_before(
    three: list[Comment], moderator: User, told: Any
) -> None:
    three[0].hold([{"key": "links"}])
    db.session.commit()
    batch = decided(three[:1], "remove", moderator, reason="abuse")
    told()
    undone(batch, moderator)
    mail = told()[-1]
    assert mail["subject"] == "The removal of your comment is taken back"
    assert "It waits for a moderator, as before" in mail["text"]
    assert ":\n\n    " in mail["text"]
    assert "\n\nhttp://localhost/account/decisions/" in mail["text"]
    assert "put it back" not in mail["text"]


def test_a_decision_is_undone_within_a_day_only(three: list[Comment], moderator: User) -> None:
    batch = decided(three, "remove", moderator, reason="abuse")
    with time_machine.travel(now() + timedelta(hours=25), tick=False), pytest.raises(Refused):
        undone(batch, moderator)
    db.session.rollback()
    assert states(three) == ["removed"] * 3


def test_undo_keeps_to_the_moderators_sites(three: list[Comment], moderator: User) -> None:
    batch = decided(three, "remove", moderator, reason="abuse")
    assert undone(batch, moderator, Reach(frozenset({99}))).done == []
    assert states(three) == ["removed"] * 3


def test_the_staff_of_one_site_keeps_nobody_from_undoing_the_rest(
    three: list[Comment], moderator: User, site_moderator: User, foreign_moderator: User, other_site: Site
) -> None:
    far = make_comment(make_article(other_site, "far"), three[0].author, "Words from the harbour.")
    batch = decided([*three, far], "remove", moderator, reason="abuse")
    here, there = (reach(who, "moderator") for who in (site_moderator, foreign_moderator))
    assert undone(batch, foreign_moderator, there).done == [far.id]
    assert undone(batch, foreign_moderator, there).done == []
    assert states([*three, far]) == ["removed"] * 3 + ["published"]
    assert batch.record and batch.record.undone_at is None
    assert sorted(undone(batch, site_moderator, here).done) == [comment.id for comment in three]
    assert states([*three, far]) == ["published"] * 4
    assert batch.record.undone_by_id == site_moderator.id
    assert undone(batch, moderator).done == []


def test_nobody_brings_back_their_own_comment_that_somebody_else_removed(
    article: Article, moderator: User, other_moderator: User
) -> None:
    own = make_comment(article, moderator, "Mine.")
    batch = decided([own], "remove", other_moderator, reason="abuse")
    assert not own.can_be_restored_by(moderator)
    assert decided([own], "restore", moderator).done == []
    assert undone(batch, moderator).done == []
    assert states([own]) == ["removed"]
    assert decided([own], "restore", other_moderator).done == [own.id]


def test_approving_what_was_held_is_undone_into_held(
    article: Article, author: User, moderator: User, acts: Any
) -> None:
    first = make_comment(article, make_member("Lena Links", "lena@example.com"), "[a](https://a.example) " * 3)
    assert first.state == "held" and first.text_key is not None
    batch = decided([first], "approve", moderator)
    assert states([first]) == ["published"]
    undone(batch, moderator)
    assert states([first]) == ["held"]
    assert not first.is_listed
    assert acts()[-1] == "comment.approval_undone"
    assert faults(article.id) == []


def test_what_was_answered_meanwhile_is_not_hidden_again(article: Article, author: User, moderator: User) -> None:
    first = make_comment(article, make_member("Lena Links", "lena@example.com"), "[a](https://a.example) " * 3)
    batch = decided([first], "approve", moderator)
    make_comment(article, author, "An answer.", first)
    assert [missed.comment_id for missed in undone(batch, moderator).missed] == [first.id]
    assert states([first]) == ["published"]
    assert faults(article.id) == []
