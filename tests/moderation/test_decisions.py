"""Decisions on many comments at once, and their undoing: exact, told, and never done twice."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from board.access import Refused
from board.accounts.models import User
from board.accounts.reach import EVERYWHERE, Reach, reach
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.comments.counting import faults
from board.comments.models import Comment, Reaction, Thread
from board.extensions import db
from board.moderation.acts import ACTS
from board.moderation.batches import DecisionBatch, DecisionItem
from board.moderation.decisions import Batch, decide, undo
from board.moderation.deeds import DEEDS
from board.moderation.models import Report
from board.moderation.operations import report_comment
from board.outbox import deliver_due
from board.storage import now
from tests.factories import make_article, make_comment, make_member


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


@pytest.fixture(autouse=True)
def in_request(app: Flask) -> Iterator[None]:
    """Be in a request, as decisions are: mails are written in its language."""
    with app.test_request_context("/"):
        yield


def decided(comments: list[Comment], act: str, by: User, **more: Any) -> Batch:
    batch = decide(comments, act, by, **more)
    db.session.commit()
    return batch


def undone(batch: Batch, by: User, within: Reach = EVERYWHERE) -> Batch:
    assert batch.record
    result = undo(batch.record, by, within)
    db.session.commit()
    return result


def states(comments: list[Comment]) -> list[str]:
    return [db.session.get_one(Comment, comment.id).state for comment in comments]


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
