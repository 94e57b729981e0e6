"""The queue of new members: everything in it can be decided on, and it can be emptied."""

import re
from typing import Any

import pytest

from board.accounts.models import User
from board.accounts.reach import EVERYWHERE
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.moderation.decisions import decide, undo
from board.moderation.newcomers import NEW_FOR
from board.storage import now
from tests.factories import make_comment, make_member

PATH = "/moderation?queue=new"
MOST_PRESSES = 6


@pytest.fixture
def newcomers(article: Article) -> list[Comment]:
    """Return 66 comments by three members who have just joined."""
    people = [make_member(f"Newcomer {name}", f"{name}@example.com") for name in ("Nina", "Nils", "Nora")]
    return [make_comment(article, person, f"{number} words.") for number in range(22) for person in people]


def boxes(browser: Any) -> list[str]:
    """Return the values of the boxes on the queue's first page."""
    return re.findall(r'name="comment" value="([0-9-]+)"', browser.get(PATH).text)


def test_the_queue_is_emptied_page_by_page_and_nothing_is_missed(
    newcomers: list[Comment], moderator: User, browser_for: Any
) -> None:
    browser = browser_for(moderator)
    for _press in range(MOST_PRESSES):
        if not (chosen := boxes(browser)):
            break
        answer = browser.post("/moderation/decisions", {"act": "approve", "comment": chosen})
        assert "nothing to change" not in browser.get(answer.headers["Location"]).text
    assert boxes(browser) == []
    assert browser.get("/moderation/news").json["counts"]["new"] == "0"


def test_what_is_still_on_an_old_page_can_be_let_stand_once(newcomers: list[Comment], moderator: User) -> None:
    first, second = newcomers[0], newcomers[3]
    assert first.author_id == second.author_id
    for comment in (first, second):
        assert decide([comment], "approve", moderator).done == [comment.id]
        assert decide([comment], "approve", moderator).done == []


def test_undoing_brings_the_member_back_into_the_queue(
    newcomers: list[Comment], moderator: User, browser_for: Any
) -> None:
    first, second = newcomers[0], newcomers[3]
    vouching = decide([first], "approve", moderator).record
    decide([second], "approve", moderator)
    db.session.commit()
    assert vouching and undo(vouching, moderator, EVERYWHERE).done == [first.id]
    db.session.commit()
    browser = browser_for(moderator)
    assert browser.get("/moderation/news").json["counts"]["new"] == "66"
    decide([second], "approve", moderator)
    db.session.commit()
    assert browser.get("/moderation/news").json["counts"]["new"] == "44"


def test_who_joined_long_ago_is_not_let_stand_for_nothing(comment: Comment, author: User, moderator: User) -> None:
    author.created_at = now() - NEW_FOR
    db.session.commit()
    assert decide([comment], "approve", moderator).done == []


def test_a_held_comment_is_published_from_its_page_too(comment: Comment, moderator: User, browser_for: Any) -> None:
    comment.hold()
    db.session.commit()
    browser = browser_for(moderator)
    assert "Publish the comment?" in browser.get(f"/comments/{comment.id}/restoration").text
    browser.post(f"/comments/{comment.id}/restoration")
    db.session.expire_all()
    assert comment.state == "published"
