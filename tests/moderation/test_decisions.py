"""Decisions on many comments at once: each has one effect, is told, and never done twice."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Article
from board.audit import AuditEntry
from board.comments.counting import faults
from board.comments.models import Comment, Reaction, Thread
from board.extensions import db
from board.moderation.acts import ACTS
from board.moderation.batches import DecisionBatch, DecisionItem
from board.moderation.decisions import decide
from board.moderation.deeds import DEEDS
from tests.factories import make_article, make_comment
from tests.moderation.deciding import decided, states, undone


@pytest.fixture(autouse=True)
def in_request(app: Flask) -> Iterator[None]:
    """Be in a request, as decisions are: mails are written in its language."""
    with app.test_request_context("/"):
        yield


def test_the_second_moderator_is_told_what_the_first_did(
    three: list[Comment], moderator: User, other_moderator: User, acts: Any
) -> None:
    shown = dict.fromkeys([comment.id for comment in three], 0)
    decided([three[2]], "approve", moderator, seen=shown)
    result = decided(three, "remove", other_moderator, reason="spam", seen=shown)
    assert sorted(result.done) == [three[0].id, three[1].id]
    assert [missed.comment_id for missed in result.missed] == [three[2].id]
    item = result.missed[0].item
    assert item and (item.batch.act, item.batch.by.display_name) == ("approve", "Mona Moderator")
    assert states(three) == ["removed", "removed", "published"]
    assert acts().count("comment.removed") == 2


def test_whoever_has_seen_the_first_decision_may_decide_otherwise(
    three: list[Comment], moderator: User, other_moderator: User
) -> None:
    decided([three[2]], "approve", moderator)
    latest = db.session.scalar(select(func.max(DecisionItem.id)))
    result = decided([three[2]], "remove", other_moderator, reason="spam", seen={three[2].id: latest or 0})
    assert result.done == [three[2].id]


def test_two_moderators_at_once_decide_each_comment_once(
    app: Flask, article: Article, author: User, moderator: User, other_moderator: User
) -> None:
    comments = [make_comment(article, author, f"Comment {number}.") for number in range(6)]
    ids, people = [comment.id for comment in comments], (moderator.id, other_moderator.id)
    barrier, done, faulty = threading.Barrier(4), [], []
    db.session.rollback()

    def press(person: int, order: int) -> None:
        try:
            with app.test_request_context("/"):
                chosen = list(db.session.scalars(select(Comment).where(Comment.id.in_(ids))))[::order]
                by = db.session.get_one(User, person)
                barrier.wait(60)
                batch = decide(chosen, "remove", by, reason="abuse", seen=dict.fromkeys(ids, 0))
                db.session.commit()
                done.append((len(batch.done), len(batch.missed)))
        except Exception as error:
            faulty.append(error)

    threads = [threading.Thread(target=press, args=(person, order)) for person in people for order in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not faulty
    assert sorted(done) == [(0, 6), (0, 6), (0, 6), (6, 0)]
    assert db.session.scalar(select(func.count()).select_from(DecisionBatch)) == 1
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 6
    assert faults(article.id) == []


def test_decisions_on_many_threads_never_wait_in_a_circle(
    app: Flask, author: User, moderator: User, other_moderator: User, article: Article
) -> None:
    articles = [article, make_article(article.site, "second"), make_article(article.site, "third")]
    ids = [make_comment(one, author, f"On {one.external_id} {n}.").id for one in articles for n in range(3)]
    people, barrier, faulty = (moderator.id, other_moderator.id), threading.Barrier(2), []
    db.session.rollback()

    def press(person: int, order: int, act: str) -> None:
        try:
            with app.test_request_context("/"):
                for _ in range(5):
                    barrier.wait(60)
                    chosen = list(db.session.scalars(select(Comment).where(Comment.id.in_(ids))))[::order]
                    decide(chosen, act, db.session.get_one(User, person), reason="abuse")
                    db.session.commit()
        except Exception as error:
            faulty.append(error)

    threads = [
        threading.Thread(target=press, args=arguments)
        for arguments in ((people[0], 1, "remove"), (people[1], -1, "restore"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not faulty
    for one in articles:
        assert faults(one.id) == []


def test_a_locked_branch_takes_no_more_replies(
    browser_for: Any, client: Any, three: list[Comment], other_member: User, moderator: User, article: Article
) -> None:
    batch = decided(three[:1], "lock", moderator)
    replying = browser_for(other_member)
    for comment in three[:2]:
        answer = replying.post(f"/comments/{comment.id}/replies", {"body": "But …", "key": f"k{comment.id}"})
        assert answer.status_code == 409
        assert "But …" in answer.text
    assert replying.post(f"/comments/{three[2].id}/replies", {"body": "Here.", "key": "k"}).status_code == 303
    assert replying.post(f"/comments/{three[0].id}/reaction", {"liked": "yes"}).status_code == 303
    page = client.get(f"/articles/{article.external_id}").text
    assert f"/comments/{three[1].id}/replies" not in page
    assert page.count("No more replies") == 1
    undone(batch, moderator)
    assert replying.post(f"/comments/{three[1].id}/replies", {"body": "But …", "key": "k2"}).status_code == 303


def test_unlocking_leaves_a_lock_below(three: list[Comment], moderator: User) -> None:
    decided([three[1]], "lock", moderator)
    decided([three[0]], "lock", moderator)
    decided([three[0]], "unlock", moderator)
    db.session.expire_all()
    assert (three[0].lock_id, three[1].lock_id) == (None, three[1].id)


def test_a_featured_comment_stands_above_the_thread(
    client: Any, three: list[Comment], moderator: User, article: Article
) -> None:
    path = f"/articles/{article.external_id}"
    assert "Featured" not in client.get(path).text
    batch = decided([three[1]], "feature", moderator)
    page = client.get(path).text
    assert page.index("Featured comments") < page.index("The first act drags.")
    assert page.count("So does the second.") == 2
    assert decided([three[1]], "feature", moderator).done == []
    undone(batch, moderator)
    assert "Featured" not in client.get(path).text


def test_a_featured_comment_that_is_removed_is_not_shown_above(
    client: Any, three: list[Comment], moderator: User, article: Article
) -> None:
    decided([three[1]], "feature", moderator)
    decided([three[1]], "remove", moderator, reason="abuse")
    page = client.get(f"/articles/{article.external_id}").text
    assert "Featured" not in page
    assert "So does the second." not in page


def test_likes_are_taken_away_and_given_back(
    three: list[Comment], other_member: User, moderator: User, article: Article
) -> None:
    three[0].set_liked(other_member, True)
    db.session.commit()
    batch = decided(three[:1], "reset_likes", moderator)
    db.session.expire_all()
    assert three[0].like_count == 0
    assert db.session.scalar(select(func.count()).select_from(Reaction)) == 0
    assert faults(article.id) == []
    three[0].set_liked(moderator, True)
    db.session.commit()
    undone(batch, moderator)
    db.session.expire_all()
    assert three[0].like_count == 2
    assert faults(article.id) == []


def test_closing_an_articles_comments_is_one_act_however_many_are_chosen(
    article: Article, three: list[Comment], moderator: User, acts: Any
) -> None:
    batch = decided(three, "close", moderator)
    assert db.session.get_one(Article, article.id).comments == "closed"
    assert acts().count("comments.closed") == 1
    undone(batch, moderator)
    assert db.session.get_one(Article, article.id).comments == "open"


@pytest.mark.parametrize("act", sorted(DEEDS))
def test_each_decision_makes_the_kept_page_anew_and_is_logged(
    three: list[Comment], moderator: User, article: Article, act: str
) -> None:
    if act in {"restore", "unlock", "unfeature", "reopen"}:
        before = {"restore": "remove", "unlock": "lock", "unfeature": "feature", "reopen": "close"}[act]
        decided(three, before, moderator, reason="abuse")
    if act == "reset_likes":
        three[2].set_liked(moderator, True)
        db.session.commit()
    version, edited = db.session.get_one(Thread, article.id).version, article.updated_at
    batch = decided(three, act, moderator, reason="abuse")
    assert batch.done
    db.session.expire_all()
    assert (db.session.get_one(Thread, article.id).version, article.updated_at) != (version, edited)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry and entry.before and entry.after and entry.before != entry.after
    assert entry.before.keys() == entry.after.keys()
    assert {DEEDS[act].done, DEEDS[act].undone} <= set(ACTS)
    assert len(undone(batch, moderator).done) == len(batch.done)
    assert decided(three, act, moderator, reason="abuse").done
