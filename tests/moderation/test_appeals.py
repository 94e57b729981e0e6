"""Appeals: one a decision, in time, read by somebody other than who decided, told and logged."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from board.access import Refused
from board.accounts.models import User
from board.accounts.reach import EVERYWHERE
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.moderation.appeals import Appeal, decide_appeal, load_appeal
from board.moderation.models import Report
from board.moderation.operations import remove_comment, report_comment
from board.moderation.reporters import ReporterRecord
from board.moderation.statements import Statement
from board.storage import now
from tests.factories import make_member, make_site

OVERTURN = {"outcome": "overturned", "words": "It was about the play after all."}
UPHOLD = {"outcome": "upheld", "words": "It was an insult."}


@pytest.fixture
def statement(comment: Comment, moderator: User) -> Statement:
    """Return the statement about the comment that the moderator removed."""
    remove_comment(comment, moderator, "abuse")
    db.session.commit()
    return db.session.scalars(select(Statement)).one()


@pytest.fixture
def appeal(browser_for: Any, author: User, statement: Statement) -> Appeal:
    """Return the author's appeal."""
    browser_for(author).post(f"/account/decisions/{statement.id}", {"text": "I meant the second act."})
    return db.session.scalars(select(Appeal)).one()


def test_the_author_appeals_once(browser_for: Any, author: User, statement: Statement, acts: Any) -> None:
    browser, path = browser_for(author), f"/account/decisions/{statement.id}"
    assert browser.post(path, {"text": "I meant the second act."}).status_code == 303
    assert browser.post(path, {"text": "And another thing."}).status_code == 303
    appeal = db.session.scalars(select(Appeal)).one()
    assert (appeal.text, appeal.state) == ("I meant the second act.", "open")
    assert timedelta(days=13) < appeal.due_at - now() <= timedelta(days=14)
    assert acts().count("appeal.written") == 1
    assert "You have appealed this decision already." in browser.get(path).text


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_a_wrong_appeal_says_what_to_do(browser_for: Any, author: User, statement: Statement, text: str) -> None:
    answer = browser_for(author).post(f"/account/decisions/{statement.id}", {"text": text})
    assert answer.status_code == 422
    assert text.strip() in answer.text
    assert db.session.scalars(select(Appeal)).first() is None


def test_after_the_set_time_no_appeal_is_taken(browser_for: Any, author: User, statement: Statement) -> None:
    with time_machine.travel(now() + timedelta(days=184), tick=False):
        browser, path = browser_for(author), f"/account/decisions/{statement.id}"
        assert "The time to appeal this decision is over." in browser.get(path).text
        assert browser.post(path, {"text": "Too late?"}).status_code == 403
    assert db.session.scalars(select(Appeal)).first() is None


def test_another_moderator_overturns_and_the_comment_is_back(
    browser_for: Any, client: Any, author: User, colleague: User, appeal: Appeal, told: Any, acts: Any
) -> None:
    carl = browser_for(colleague)
    assert "I meant the second act." in carl.get("/moderation/appeals").text
    page = carl.get(f"/moderation/appeals/{appeal.statement_id}").text
    assert "The second act drags." in page
    assert carl.post(f"/moderation/appeals/{appeal.statement_id}", OVERTURN).status_code == 303
    assert "The second act drags." in client.get("/articles/opening-night").text
    (mail,) = [mail for mail in told() if mail["subject"] == "Your appeal: the decision is overturned"]
    assert OVERTURN["words"] in mail["text"]
    assert OVERTURN["words"] in browser_for(author).get(f"/account/decisions/{appeal.statement_id}").text
    assert acts()[-2:] == ["comment.restored", "appeal.overturned"]
    assert "I meant" not in carl.get("/moderation/appeals").text


def test_what_an_appeal_overturned_is_not_offered_to_be_undone(
    browser_for: Any, moderator: User, colleague: User, appeal: Appeal
) -> None:
    path = "/moderation/decisions"
    assert browser_for(moderator).get(path).text.count("/undoing?") == 1
    browser_for(colleague).post(f"/moderation/appeals/{appeal.statement_id}", OVERTURN)
    page = browser_for(moderator).get(path).text
    assert page.count("/undoing?") == 0
    assert page.count("changed since, or for others to undo") == 2
    assert browser_for(colleague).get(path).text.count("/undoing?") == 1


def test_upholding_leaves_the_comment_removed_and_is_told(
    browser_for: Any, client: Any, colleague: User, appeal: Appeal, told: Any, acts: Any
) -> None:
    assert browser_for(colleague).post(f"/moderation/appeals/{appeal.statement_id}", UPHOLD).status_code == 303
    assert "The second act drags." not in client.get("/articles/opening-night").text
    assert "Your appeal: the decision stands" in [mail["subject"] for mail in told()]
    assert acts()[-1] == "appeal.upheld"


def test_overturning_lifts_a_sanction(
    browser_for: Any, author: User, colleague: User, article: Article, sanction: Any
) -> None:
    sanction(author, "ban")
    about = db.session.scalars(select(Statement)).one()
    browser_for(author).post(f"/account/decisions/{about.id}", {"text": "It was a joke."})
    browser_for(colleague).post(f"/moderation/appeals/{about.id}", OVERTURN)
    db.session.expire_all()
    assert not db.session.get_one(User, author.id).is_barred()
    assert db.session.scalars(select(Statement.state)).one() == "overturned"


@pytest.mark.parametrize("who", ["moderator", "author", "other_member"])
def test_who_decided_or_appeals_cannot_decide(
    request: pytest.FixtureRequest, browser_for: Any, appeal: Appeal, who: str
) -> None:
    browser = browser_for(request.getfixturevalue(who))
    assert browser.get(f"/moderation/appeals/{appeal.statement_id}").status_code in {403, 404}
    assert browser.post(f"/moderation/appeals/{appeal.statement_id}", OVERTURN).status_code in {403, 404}
    assert "I meant the second act." not in browser.get("/moderation/appeals").text
    assert db.session.scalars(select(Appeal.state)).one() == "open"


def test_the_database_refuses_the_same_moderator(moderator: User, appeal: Appeal) -> None:
    values = {"state": "upheld", "decided_by_id": moderator.id, "decided_at": now()}
    with pytest.raises(IntegrityError):
        db.session.execute(update(Appeal).values(values))


def test_the_operation_refuses_the_same_moderator_too(
    app: Flask, moderator: User, colleague: User, appeal: Appeal
) -> None:
    with app.test_request_context("/"):
        found = load_appeal(appeal.statement_id, colleague, EVERYWHERE)
        with pytest.raises(Refused):
            decide_appeal(found, moderator, "overturned", "Mine to mend.")


def test_of_two_who_decide_at_once_one_does(app: Flask, appeal: Appeal, colleague: User, admin: User) -> None:
    ids, statement_id = [colleague.id, admin.id, colleague.id, admin.id], appeal.statement_id
    barrier, done = threading.Barrier(len(ids)), []
    db.session.rollback()

    def decide(user_id: int) -> None:
        with app.test_request_context("/"):
            user = db.session.get_one(User, user_id)
            found = load_appeal(statement_id, user, EVERYWHERE)
            barrier.wait(60)
            try:
                decide_appeal(found, user, "upheld", "It stands.")
                db.session.commit()
                done.append(user_id)
            except Refused:
                db.session.rollback()

    threads = [threading.Thread(target=decide, args=(user_id,)) for user_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(done) == 1
    assert db.session.scalars(select(Appeal.decided_by_id)).one() == done[0]


def test_with_a_single_moderator_an_admin_gets_it_and_the_page_says_so(
    browser_for: Any, author: User, statement: Statement, admin: User
) -> None:
    path = f"/account/decisions/{statement.id}"
    assert "There is no other moderator, so an admin reads your appeal." in browser_for(author).get(path).text
    browser_for(author).post(path, {"text": "Please look again."})
    assert "Please look again." in browser_for(admin).get("/moderation/appeals").text


def test_moderators_of_other_sites_do_not_see_it(browser_for: Any, appeal: Appeal, author: User) -> None:
    other, local = make_site("other", "The Other"), make_member("Lena Local", "lena@example.com")
    local.set_site_role(other.id, "moderator")
    db.session.commit()
    assert "I meant" not in browser_for(local).get("/moderation/appeals").text
    assert browser_for(local).post(f"/moderation/appeals/{appeal.statement_id}", OVERTURN).status_code == 404
    local.set_site_role(1, "moderator")
    db.session.commit()
    assert "I meant" in browser_for(local).get("/moderation/appeals").text


def test_overturning_turns_the_reports_that_led_to_it(
    app: Flask, browser_for: Any, author: User, other_member: User, moderator: User, colleague: User, comment: Comment
) -> None:
    with app.test_request_context("/"):
        report_comment(comment, other_member, "abuse", "")
        remove_comment(comment, moderator, "abuse")
        db.session.commit()
    about = db.session.scalars(select(Statement)).one()
    browser_for(author).post(f"/account/decisions/{about.id}", {"text": "No."})
    browser_for(colleague).post(f"/moderation/appeals/{about.id}", OVERTURN)
    db.session.expire_all()
    record = db.session.get_one(ReporterRecord, other_member.id)
    assert (record.upheld, record.dismissed) == (0, 1)
    assert db.session.scalars(select(Report.state)).one() == "dismissed"
    assert db.session.get_one(Comment, comment.id).report_weight == 0


def test_a_late_appeal_is_marked(browser_for: Any, colleague: User, appeal: Appeal) -> None:
    assert "late" not in browser_for(colleague).get("/moderation/appeals").text
    with time_machine.travel(now() + timedelta(days=15), tick=False):
        assert "late" in browser_for(colleague).get("/moderation/appeals").text


@pytest.mark.parametrize("change", [{"outcome": ""}, {"outcome": "maybe"}, {"words": ""}, {"words": "x" * 1001}])
def test_a_decision_needs_an_outcome_and_words(
    browser_for: Any, colleague: User, appeal: Appeal, change: dict[str, str]
) -> None:
    answer = browser_for(colleague).post(f"/moderation/appeals/{appeal.statement_id}", UPHOLD | change)
    assert answer.status_code == 422
    assert db.session.scalars(select(Appeal.state)).one() == "open"


def test_an_appeal_ends_when_the_decision_is_taken_back_without_it(
    browser_for: Any, author: User, moderator: User, colleague: User, appeal: Appeal, comment: Comment
) -> None:
    assert browser_for(moderator).post(f"/comments/{comment.id}/restoration").status_code == 303
    db.session.expire_all()
    found = db.session.scalars(select(Appeal)).one()
    assert (found.state, found.decided_by_id) == ("overturned", None)
    assert "I meant" not in browser_for(colleague).get("/moderation/appeals").text
    assert "Appeal: overturned" in browser_for(author).get("/account/decisions").text
