"""Statements of reasons: what the author is told, when, in which words; and what is taken back before it was told."""

from typing import Any

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.reasons import find_reason, reword
from board.extensions import db
from board.moderation.statements import Statement
from board.storage import now
from tests.factories import make_comment, make_site


def statement() -> Statement:
    db.session.expire_all()
    return db.session.scalars(select(Statement).order_by(Statement.id.desc())).first() or Statement()


def test_a_removal_states_its_reasons_by_mail_and_on_the_page(
    browser_for: Any, author: User, moderator: User, comment: Comment, told: Any
) -> None:
    form = {"reason": "abuse", "note": "You called the director a thief."}
    browser_for(moderator).post(f"/comments/{comment.id}/removal", form)
    page = browser_for(author).get(f"/account/decisions/{statement().id}").text
    mail = told()[-1]["text"]
    for text in (page, mail):
        for words in (
            "The second act drags.",
            "Abuse or harassment",
            "It attacks or harasses somebody.",
            "It breaks the rules of the house.",
            "You called the director a thief.",
            "A moderator found it. A person decided.",
            "It has no end, unless somebody takes it back.",
            "It applies wherever the site is read.",
            "out-of-court dispute settlement",
        ):
            assert words in text
    assert f"/account/decisions/{statement().id}" in mail
    assert "on “Opening night”:\n\n    The second act drags.\n\nReason: Abuse or harassment\n" in mail
    assert "Another moderator reads your appeal." not in page  # there is none
    assert "your appeal waits until somebody is" in page


def test_what_is_undone_before_it_was_told_is_never_told(
    browser_for: Any, moderator: User, comment: Comment, told: Any
) -> None:
    browser = browser_for(moderator)
    browser.post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    browser.post(f"/comments/{comment.id}/restoration")
    assert told() == []
    assert statement().state == "withdrawn"


def test_the_mail_waits_until_the_time_to_undo_is_over(browser_for: Any, moderator: User, comment: Comment) -> None:
    from board.outbox import OutboxRow, deliver_due

    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    row = db.session.scalars(select(OutboxRow)).one()
    assert row.due_at is not None
    assert 10 < (row.due_at - now()).total_seconds() < 20
    assert deliver_due() == 0


def test_a_statement_delivered_twice_is_one_mail(
    browser_for: Any, moderator: User, comment: Comment, told: Any
) -> None:
    from board.moderation.statements import mail_statement

    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    assert len(told()) == 1
    mail_statement({"statement": statement().id})
    db.session.commit()
    assert len(told()) == 1


def test_a_name_or_note_adds_no_header_to_the_mail(
    browser_for: Any, author: User, moderator: User, article: Article, told: Any
) -> None:
    bad = make_comment(article, author, "Hello\nBcc: everybody@example.com")
    author.display_name = "Ada\r\nBcc: all@example.com"
    db.session.commit()
    form = {"reason": "spam", "note": "A\r\nBcc: some@example.com\r\n\r\nB"}
    browser_for(moderator).post(f"/comments/{bad.id}/removal", form)
    (mail,) = told()
    assert mail["headers"] == {}
    assert "\n" not in mail["subject"] and "\r" not in mail["subject"]
    assert mail["to"] == "ada@example.com"


def test_a_report_or_a_notice_that_led_to_it_is_named(
    browser_for: Any, client: Any, author: User, other_member: User, moderator: User, comment: Comment, article: Article
) -> None:
    browser_for(other_member).post(f"/comments/{comment.id}/reports", {"reason": "spam"})
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "spam"})
    assert statement().found_by == "report"
    unlawful = make_comment(article, author, "Unlawful.")
    notice = {"name": "Lou Law", "email": "lou@example.org", "explanation": "Libel.", "good_faith": "y"}
    assert client.post(f"/comments/{unlawful.id}/notices", notice).status_code == 200
    browser_for(moderator).post(f"/comments/{unlawful.id}/removal", {"reason": "illegal"})
    assert (statement().found_by, statement().ground) == ("notice", "law")


def test_decisions_are_for_whom_they_are_about(
    browser_for: Any, client: Any, other_member: User, moderator: User, comment: Comment
) -> None:
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    path = f"/account/decisions/{statement().id}"
    for somebody in (other_member, moderator):
        assert browser_for(somebody).get(path).status_code == 404
        assert browser_for(somebody).post(path, {"text": "Mine."}).status_code == 404
    assert "/login" in client.get(path).headers["Location"]
    assert "The second act drags." not in browser_for(other_member).get("/account/decisions").text


def test_an_editor_words_a_reason_and_old_decisions_keep_theirs(
    browser_for: Any, client: Any, author: User, editor: User, moderator: User, article: Article, comment: Comment,
    told: Any,
) -> None:  # fmt: skip
    browser, path = browser_for(editor), "/manage/sites/1/reasons/off_topic"
    wording = {
        "name": "Beside the point",
        "words": "Stay with the play.",
        "ground": "house",
        "rule": "§ 3",
        "is_active": "y",
    }
    assert "Off topic" in browser.get("/manage/sites/1/reasons").text
    assert browser.post(path, wording).status_code == 303
    form = browser_for(moderator).get(f"/comments/{comment.id}/removal").text
    assert "Beside the point" in form and "Off topic" not in form
    key = find_reason("r1").key
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": key})
    assert browser.post(path, wording | {"name": "Not about the play", "words": "Later words."}).status_code == 303
    assert "Not about the play" in browser.get("/manage/sites/1/reasons").text
    assert "Removed by a moderator: Beside the point" in client.get("/articles/opening-night").text
    page = browser_for(author).get(f"/account/decisions/{statement().id}").text
    for words in ("Beside the point", "Stay with the play.", "§ 3"):
        assert words in page and words in told()[-1]["text"]
    assert "Later words." not in page


def test_a_reason_that_is_not_offered_cannot_be_chosen_and_the_last_one_stays(
    browser_for: Any, editor: User, moderator: User, comment: Comment
) -> None:
    browser = browser_for(editor)
    assert browser.post("/manage/sites/1/reasons/abuse", {"name": "Abuse", "ground": "house"}).status_code == 303
    answer = browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "abuse"})
    assert answer.status_code == 422
    for base in ("hate", "spam", "off_topic", "private_data", "impersonation", "illegal"):
        browser.post(f"/manage/sites/1/reasons/{base}", {"name": base, "ground": "house"})
    last = browser.post("/manage/sites/1/reasons/other", {"name": "Other", "ground": "house"})
    assert last.status_code == 422
    assert "at least one reason" in last.text


def test_one_sites_reasons_are_not_anothers(browser_for: Any, editor: User, moderator: User, comment: Comment) -> None:
    other = make_site("other", "The Other")
    new = {"name": "Spoils the ending", "ground": "house", "is_active": "y"}
    assert browser_for(editor).post(f"/manage/sites/{other.id}/reasons/new", new).status_code == 303
    assert "Spoils the ending" not in browser_for(moderator).get(f"/comments/{comment.id}/removal").text
    answer = browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "r1"})
    assert answer.status_code == 422


def test_of_two_wordings_at_once_one_is_current(article: Article) -> None:
    from sqlalchemy.exc import IntegrityError

    from board.comments.reasons import ReasonWording

    reword(1, "spam", name="First", words="", ground="house", rule="", is_active=True)
    db.session.add(ReasonWording(site_id=1, base="spam", name="Second"))
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize("who", ["author", "moderator"])
def test_reasons_are_for_editors(request: pytest.FixtureRequest, browser_for: Any, article: Article, who: str) -> None:
    browser = browser_for(request.getfixturevalue(who))
    assert browser.get("/manage/sites/1/reasons").status_code == 403
    assert browser.post("/manage/sites/1/reasons/new", {"name": "Mine", "ground": "house"}).status_code == 403
