"""Reporters: whose reports are dismissed weighs less; who asks is told the outcome, never the sanction."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.moderation.models import Report
from board.moderation.notices import Notice, forget_notices
from board.moderation.operations import approve_comment, remove_comment, report_comment, restore_comment
from board.moderation.reporters import FULL_WEIGHT, LEAST_WEIGHT, ReporterRecord, weight_of
from board.storage import now
from tests.factories import make_comment, make_member

NOTICE = {"name": "Lou Law", "email": "lou@example.org", "explanation": "It is libel.", "good_faith": "y"}


def record_of(member: User) -> tuple[int, int]:
    db.session.expire_all()
    record = db.session.get_one(ReporterRecord, member.id)
    return record.upheld, record.dismissed


def report(article: Article, author: User, by: User) -> Comment:
    comment = make_comment(article, author, f"Bravo {secrets.token_hex(4)}.")
    report_comment(comment, by, "spam", "")
    return comment


def test_dismissed_reports_take_weight_and_upheld_ones_give_it_back(
    article: Article, author: User, other_member: User, moderator: User
) -> None:
    weights = [weight_of(other_member)]
    for decide in (approve_comment, approve_comment, approve_comment):
        decide(report(article, author, other_member), moderator)
        db.session.commit()
        db.session.expire_all()
        weights.append(weight_of(other_member))
    assert weights == [100, 75, 60, 50]
    assert record_of(other_member) == (0, 3)
    bad = report(article, author, other_member)
    assert (bad.report_count, bad.report_weight) == (1, 50)
    remove_comment(bad, moderator, "spam")
    db.session.commit()
    assert record_of(other_member) == (1, 3)
    assert weight_of(other_member) == 57


@pytest.mark.parametrize(("upheld", "dismissed"), [(0, 10_000), (10_000, 0), (0, 0)])
def test_the_weight_is_bounded(upheld: int, dismissed: int) -> None:
    assert LEAST_WEIGHT <= ReporterRecord(upheld=upheld, dismissed=dismissed).weight <= FULL_WEIGHT


def test_an_undone_removal_takes_the_point_back_and_the_report_waits_again(
    article: Article, author: User, other_member: User, moderator: User
) -> None:
    bad = report(article, author, other_member)
    remove_comment(bad, moderator, "spam")
    assert record_of(other_member) == (1, 0)
    restore_comment(bad, moderator)
    db.session.commit()
    assert record_of(other_member) == (0, 0)
    assert db.session.scalars(select(Report.state)).one() == "open"
    assert db.session.get_one(Comment, bad.id).report_weight == 100


def test_who_asks_is_told_the_outcome_and_nothing_of_the_author(
    browser_for: Any, other_member: User, moderator: User, comment: Comment, told: Any
) -> None:
    form = {"reason": "abuse", "wants_outcome": "y"}
    browser_for(other_member).post(f"/comments/{comment.id}/reports", form)
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "abuse", "note": "Insults."})
    (mail,) = [mail for mail in told() if mail["to"] == "otto@example.com"]
    assert "agreed with you" in mail["text"]
    for secret in ("Insults.", "Ada Author", "Abuse"):
        assert secret not in mail["text"]


def test_who_does_not_ask_is_not_told(
    browser_for: Any, other_member: User, moderator: User, comment: Comment, told: Any
) -> None:
    browser_for(other_member).post(f"/comments/{comment.id}/reports", {"reason": "abuse"})
    browser_for(moderator).post(f"/comments/{comment.id}/approval")
    assert [mail for mail in told() if mail["to"] == "otto@example.com"] == []


def test_an_outcome_that_was_undone_is_not_told(
    browser_for: Any, other_member: User, moderator: User, comment: Comment, told: Any
) -> None:
    browser_for(other_member).post(f"/comments/{comment.id}/reports", {"reason": "abuse", "wants_outcome": "y"})
    mona = browser_for(moderator)
    mona.post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    mona.post(f"/comments/{comment.id}/restoration")
    assert told() == []


def test_anybody_gives_notice_and_gets_a_receipt_and_an_answer(
    browser_for: Any, client: Any, moderator: User, comment: Comment, told: Any
) -> None:
    assert "with or without an account" in client.get(f"/comments/{comment.id}/notices").text
    answer = client.post(f"/comments/{comment.id}/notices", NOTICE)
    assert answer.status_code == 200
    receipt = told()[-1]
    assert (receipt["to"], receipt["subject"]) == ("lou@example.org", "We have your notice")
    assert "libel" not in receipt["text"] and "Lou Law" not in receipt["text"]  # nobody mails through us
    mona = browser_for(moderator)
    assert "It is libel." in mona.get("/moderation/notices").text
    mona.post(f"/comments/{comment.id}/removal", {"reason": "illegal"})
    (answer_mail,) = [mail for mail in told() if mail["subject"] == "Your notice: what we decided"]
    assert "A moderator has removed it. Reason: Against the law" in answer_mail["text"]
    assert "It is libel." not in mona.get("/moderation/notices").text


def test_letting_the_comment_stand_answers_the_notice(
    browser_for: Any, client: Any, moderator: User, comment: Comment, told: Any
) -> None:
    client.post(f"/comments/{comment.id}/notices", NOTICE)
    browser_for(moderator).post(f"/comments/{comment.id}/approval")
    assert db.session.scalars(select(Notice.state)).one() == "dismissed"
    assert "lets it stand" in told()[-1]["text"]


def test_one_address_gives_notice_of_a_comment_once(client: Any, comment: Comment, told: Any) -> None:
    for _time in range(2):
        assert client.post(f"/comments/{comment.id}/notices", NOTICE).status_code == 200
    assert len(db.session.scalars(select(Notice)).all()) == 1
    assert len(told()) == 1


def test_a_flood_of_notices_from_one_network_is_stopped(client: Any, comment: Comment) -> None:
    codes = [
        client.post(f"/comments/{comment.id}/notices", NOTICE | {"email": f"lou{number}@example.org"}).status_code
        for number in range(12)
    ]
    assert codes == [200] * 10 + [429] * 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Enter your name."),
        ({"email": "lou@example.org\r\nBcc: all@example.com"}, "Enter an e-mail address"),
        ({"email": "nobody"}, "Enter an e-mail address"),
        ({"explanation": ""}, "Say which law it breaks"),
        ({"explanation": "x" * 4001}, "Write at most 4,000 characters."),
        ({"good_faith": ""}, "good faith"),
    ],
)
def test_a_wrong_notice_says_what_to_do(client: Any, comment: Comment, change: dict[str, str], words: str) -> None:
    answer = client.post(f"/comments/{comment.id}/notices", NOTICE | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalars(select(Notice)).first() is None


def test_a_comment_that_is_not_shown_takes_no_notice(
    browser_for: Any, client: Any, moderator: User, comment: Comment
) -> None:
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    assert client.get(f"/comments/{comment.id}/notices").status_code == 404


def test_a_report_by_who_is_mostly_wrong_comes_later_in_the_queue(
    browser_for: Any, article: Article, author: User, other_member: User, moderator: User
) -> None:
    good, doubtful = make_comment(article, author, "Trusted word."), make_comment(article, author, "Doubtful word.")
    db.session.add(ReporterRecord(user_id=other_member.id, upheld=0, dismissed=50))
    db.session.commit()
    trusted = browser_for(make_member("Tess Trusted", "tess@example.com"))
    trusted.post(f"/comments/{good.id}/reports", {"reason": "spam"})
    browser_for(other_member).post(f"/comments/{doubtful.id}/reports", {"reason": "spam"})
    page = browser_for(moderator).get("/moderation").text
    assert page.index("Trusted word.") < page.index("Doubtful word.")


def test_who_gave_a_notice_is_forgotten_a_year_after_the_answer(
    browser_for: Any, client: Any, moderator: User, comment: Comment
) -> None:
    client.post(f"/comments/{comment.id}/notices", NOTICE)
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        assert forget_notices() == 0  # nobody has answered it
        db.session.rollback()
    browser_for(moderator).post(f"/comments/{comment.id}/approval")
    assert forget_notices() == 0
    with time_machine.travel(now() + timedelta(days=366), tick=False):
        assert forget_notices() == 1
        assert forget_notices() == 0
    db.session.commit()
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.name, notice.state) == ("", "dismissed")
    assert "@" not in notice.email
