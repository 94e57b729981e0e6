"""A moderator's decisions: with a reason, logged, told to the author, undone."""

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

import board
from board.accounts.models import User
from board.articles.models import Article
from board.audit import AuditEntry
from board.comments.models import Comment, Thread
from board.extensions import db
from board.moderation.acts import ACTS
from board.moderation.models import Report
from board.moderation.operations import remove_comment
from board.moderation.views import load_comment
from tests.factories import make_comment, make_member
from tests.reading import queries


def present(comment: Comment) -> Comment:
    return db.session.get_one(Comment, comment.id)


def test_a_removal_shows_its_reason_and_tells_the_author(
    browser_for: Any, client: Any, moderator: User, comment: Comment, article: Article, told: Any, acts: Any
) -> None:
    form = {"reason": "abuse", "note": "Keep it about the play."}
    assert browser_for(moderator).post(f"/comments/{comment.id}/removal", form).status_code == 303
    page = client.get(f"/articles/{article.external_id}").text
    assert "The second act drags." not in page
    assert "Abuse or harassment" in page
    assert "Keep it about the play." not in page
    mail = told()[-1]
    assert mail["to"] == "ada@example.com"
    assert "Abuse or harassment" in mail["text"]
    assert "Keep it about the play." in mail["text"]
    assert "The second act drags." in mail["text"]
    assert acts()[-1] == "comment.removed"


def test_the_log_names_who_what_when_and_why(browser_for: Any, moderator: User, comment: Comment) -> None:
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "spam", "note": "An advert."})
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.actor_id, entry.actor_name, entry.subject_id) == (moderator.id, "Mona Moderator", str(comment.id))
    assert (entry.reason, entry.note, entry.before, entry.after) == (
        "spam",
        "An advert.",
        {"state": "published"},
        {"state": "removed"},
    )
    page = browser_for(moderator).get("/moderation/log").text
    assert "Removed a comment" in page
    assert "An advert." in page


def test_a_removal_is_undone_from_the_desk(
    browser_for: Any, client: Any, moderator: User, comment: Comment, article: Article, told: Any
) -> None:
    browser = browser_for(moderator)
    browser.post(f"/comments/{comment.id}/removal", {"reason": "abuse", "next": "/moderation"})
    undoing = "/moderation/decisions/1/undoing"
    assert f'action="{undoing}"' in browser.get("/moderation").text
    assert undoing not in browser.get("/moderation").text, (
        "it is offered once; the list of decisions keeps it for a day"
    )
    assert undoing in browser.get("/moderation/decisions").text
    assert browser.post(undoing).status_code == 303
    assert "The second act drags." in client.get(f"/articles/{article.external_id}").text
    assert db.session.get_one(Thread, article.id).comment_count == 1
    assert told() == []


def test_a_removal_is_undone_from_the_articles_page(
    browser_for: Any, moderator: User, comment: Comment, article: Article
) -> None:
    browser, path = browser_for(moderator), f"/articles/{article.external_id}"
    browser.post(f"/comments/{comment.id}/removal", {"reason": "abuse", "next": path})
    assert "/moderation/decisions/1/undoing" in browser.get(path).text
    assert browser.post("/moderation/decisions/1/undoing", {"next": path}).headers["Location"] == path
    assert present(comment).state == "published"


def test_a_removed_comment_is_put_back_later(
    browser_for: Any, client: Any, moderator: User, comment: Comment, article: Article, told: Any
) -> None:
    browser = browser_for(moderator)
    browser.post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    told()
    assert "restore 1-1" in browser.get("/moderation?queue=removed").text
    assert browser.post(f"/comments/{comment.id}/restoration").status_code == 303
    assert "The second act drags." in client.get(f"/articles/{article.external_id}").text
    assert "put it back" in told()[-1]["text"]


def test_delete_on_the_removal_restores(browser_for: Any, moderator: User, comment: Comment) -> None:
    browser = browser_for(moderator)
    browser.post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    assert browser.delete(f"/comments/{comment.id}/removal").status_code == 303
    assert present(comment).state == "published"


@pytest.mark.parametrize("act", ["removal", "restoration", "approval"])
@pytest.mark.parametrize("who", ["author", "other_member"])
def test_members_cannot_decide(
    request: pytest.FixtureRequest, browser_for: Any, comment: Comment, act: str, who: str
) -> None:
    answer = browser_for(request.getfixturevalue(who)).post(f"/comments/{comment.id}/{act}", {"reason": "abuse"})
    assert answer.status_code == 403
    assert present(comment).state == "published"


@pytest.mark.parametrize("path", ["/moderation", "/moderation/log"])
def test_the_desk_is_for_moderators(browser_for: Any, client: Any, author: User, path: str) -> None:
    assert browser_for(author).get(path).status_code == 403
    assert "/login" in client.get(path).headers["Location"]


def test_a_removal_needs_a_reason(browser_for: Any, moderator: User, comment: Comment) -> None:
    answer = browser_for(moderator).post(f"/comments/{comment.id}/removal", {"note": "Because."})
    assert answer.status_code == 422
    assert "Choose a reason." in answer.text
    assert "Because." in answer.text
    assert present(comment).state == "published"


def test_letting_it_stand_dismisses_the_reports(
    browser_for: Any, other_member: User, moderator: User, comment: Comment, acts: Any
) -> None:
    browser_for(other_member).post(f"/comments/{comment.id}/reports", {"reason": "spam"})
    browser = browser_for(moderator)
    assert (
        browser.post(f"/comments/{comment.id}/approval", {"next": "/moderation"}).headers["Location"] == "/moderation"
    )
    assert present(comment).report_count == 0
    assert db.session.scalars(select(Report.state)).all() == ["dismissed"]
    assert "The second act drags." not in browser.get("/moderation").text
    assert acts()[-1] == "comment.approved"


def test_removing_upholds_the_reports(browser_for: Any, other_member: User, moderator: User, comment: Comment) -> None:
    browser_for(other_member).post(f"/comments/{comment.id}/reports", {"reason": "spam"})
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "spam"})
    assert db.session.scalars(select(Report.state)).all() == ["upheld"]


def test_removing_twice_is_one_removal_one_mail_one_entry(
    browser_for: Any, moderator: User, comment: Comment, told: Any, acts: Any
) -> None:
    browser = browser_for(moderator)
    browser.post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    browser.post(f"/comments/{comment.id}/removal", {"reason": "spam"})
    assert len(told()) == 1
    assert acts().count("comment.removed") == 1
    assert present(comment).removal_reason == "abuse"


def test_of_two_moderators_at_once_one_removes(app: Flask, moderator: User, comment: Comment, article: Article) -> None:
    comment_id, moderator_id, barrier, done = comment.id, moderator.id, threading.Barrier(4), []
    db.session.rollback()

    def remove() -> None:
        with app.test_request_context("/"):
            target = load_comment(comment_id)
            barrier.wait(60)
            done.append(remove_comment(target, db.session.get_one(User, moderator_id), "abuse"))
            db.session.commit()

    threads = [threading.Thread(target=remove) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(done) == [False, False, False, True]
    assert db.session.get_one(Thread, article.id).comment_count == 0
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_staff_without_the_second_factor_that_is_asked_for_are_sent_to_set_it_up(
    app: Flask, browser_for: Any, moderator: User, comment: Comment
) -> None:
    app.config["BOARD"].staff_need_second_factor = True
    answer = browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    assert answer.status_code == 303
    assert "/account" in answer.headers["Location"]
    assert present(comment).state == "published"
    assert browser_for(moderator).get(f"/comments/{comment.id}/history").status_code == 303


def test_the_list_takes_a_fixed_number_of_queries(
    browser_for: Any, author: User, moderator: User, article: Article
) -> None:
    browser, counts = browser_for(moderator), []
    for number in range(6):
        bad = make_comment(article, author, f"Bad {number}.")
        reporter = browser_for(make_member(f"Reporter {number}x", f"reporter{number}@example.com"))
        reporter.post(f"/comments/{bad.id}/reports", {"reason": "abuse"})
        with queries() as sent:
            browser.get("/moderation")
        counts.append(len(sent))
    assert counts[1] == counts[-1]


def test_every_action_that_is_logged_has_words() -> None:
    pattern = re.compile(r"record\(\s*((?:\"[a-z_.]+\"|[a-z_ ]+)+)")
    sources = "\n".join(file.read_text() for file in Path(board.__file__).parent.rglob("*.py"))
    logged = {name for call in pattern.findall(sources) for name in re.findall(r"\"([a-z_]+\.[a-z_]+)\"", call)}
    assert len(logged) > 15
    assert logged <= set(ACTS)
