"""Reporting: who may, once each, and what the desk then shows."""

from typing import Any

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.comments.models import Comment
from board.extensions import db
from board.moderation.models import Report
from tests.factories import make_article, make_comment, make_member, make_site


def test_a_member_reports_with_a_reason(browser_for: Any, other_member: User, comment: Comment, acts: Any) -> None:
    answer = browser_for(other_member).post(f"/comments/{comment.id}/reports", {"reason": "abuse", "note": "Rude."})
    assert answer.status_code == 303
    report = db.session.scalars(select(Report)).one()
    assert (report.reason, report.note, report.state) == ("abuse", "Rude.", "open")
    assert db.session.get_one(Comment, comment.id).report_count == 1
    assert acts()[-1] == "comment.reported"


def test_reporting_twice_counts_once(browser_for: Any, other_member: User, comment: Comment) -> None:
    browser = browser_for(other_member)
    for _ in range(2):
        assert browser.post(f"/comments/{comment.id}/reports", {"reason": "spam"}).status_code == 303
    assert db.session.get_one(Comment, comment.id).report_count == 1


def test_a_reader_who_is_not_signed_in_is_shown_the_way(client: Any, comment: Comment) -> None:
    answer = client.post(f"/comments/{comment.id}/reports", {"reason": "spam"})
    assert answer.status_code == 303
    assert "/login" in answer.headers["Location"]


def test_authors_cannot_report_themselves(browser_for: Any, author: User, comment: Comment) -> None:
    assert browser_for(author).post(f"/comments/{comment.id}/reports", {"reason": "spam"}).status_code == 403


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose a reason."),
        ({"reason": "nonsense"}, "Not a valid choice"),
        ({"reason": "other"}, "Say in a few words what is wrong."),
        ({"reason": "spam", "note": "x" * 1001}, "Write at most 1,000 characters."),
    ],
)
def test_a_wrong_report_says_what_to_do_and_keeps_the_text(
    browser_for: Any, other_member: User, comment: Comment, form: dict[str, str], words: str
) -> None:
    answer = browser_for(other_member).post(f"/comments/{comment.id}/reports", form)
    assert answer.status_code == 422
    assert words in answer.text
    assert form.get("note", "") in answer.text
    assert db.session.scalars(select(Report)).first() is None


def test_the_form_alone_is_at_the_same_address(browser_for: Any, other_member: User, comment: Comment) -> None:
    answer = browser_for(other_member).get(f"/comments/{comment.id}/reports")
    assert answer.status_code == 200
    assert "The second act drags." in answer.text


def test_a_comment_that_is_not_there_cannot_be_reported(browser_for: Any, other_member: User) -> None:
    assert browser_for(other_member).post("/comments/999/reports", {"reason": "spam"}).status_code == 404


def test_the_most_reported_comes_first(browser_for: Any, author: User, moderator: User) -> None:
    article = make_article(make_site())
    mild, bad = make_comment(article, author, "Mildly bad."), make_comment(article, author, "Very bad.")
    for number in range(3):
        member = browser_for(make_member(f"Reporter {number}x", f"reporter{number}@example.com"))
        member.post(f"/comments/{bad.id}/reports", {"reason": "abuse"})
        if number == 0:
            member.post(f"/comments/{mild.id}/reports", {"reason": "spam"})
    page = browser_for(moderator).get("/moderation").text
    assert page.index("Very bad.") < page.index("Mildly bad.")
