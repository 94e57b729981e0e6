"""What moderation keeps of a member is in their export, and forgotten with their account."""

from typing import Any

from sqlalchemy import select

from board.accounts.models import User
from board.accounts.mutes import Mute, mute
from board.accounts.operations import remove_member
from board.accounts.sanctions import Sanction
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.moderation.appeals import Appeal
from board.moderation.models import Report
from board.moderation.statements import Statement
from tests.factories import make_comment


def act_it_out(
    browser_for: Any, author: User, other_member: User, moderator: User, article: Article, sanction: Any
) -> None:
    bad, theirs = make_comment(article, author, "My rude words."), make_comment(article, other_member, "Theirs.")
    browser = browser_for(author)
    browser.post(f"/comments/{theirs.id}/reports", {"reason": "spam", "note": "My report."})
    browser_for(moderator).post(f"/comments/{bad.id}/removal", {"reason": "abuse", "note": "A note to me."})
    statement = db.session.scalars(select(Statement)).one()
    browser.post(f"/account/decisions/{statement.id}", {"text": "My appeal."})
    mute(author, other_member, "")
    sanction(author, "warning", note="A warning to me.")


def test_the_export_has_decisions_sanctions_reports_appeals_and_mutes(
    browser_for: Any, author: User, other_member: User, moderator: User, article: Article, sanction: Any
) -> None:
    act_it_out(browser_for, author, other_member, moderator, article, sanction)
    export = browser_for(author).get("/account/export")
    for words in ("My rude words.", "A note to me.", "My appeal.", "A warning to me.", "My report.", "Otto Other"):
        assert words in export.text
    assert export.json["sanctions"][0]["kind"] == "warning"
    theirs = browser_for(other_member).get("/account/export").text
    assert "My" not in theirs and "to me" not in theirs


def test_leaving_forgets_the_words_and_keeps_the_numbers(
    browser_for: Any, author: User, other_member: User, moderator: User, article: Article, sanction: Any
) -> None:
    act_it_out(browser_for, author, other_member, moderator, article, sanction)
    remove_member(db.session.get_one(User, author.id))
    db.session.commit()
    assert db.session.scalars(select(Statement.quote + Statement.note)).all() == ["", ""]
    assert db.session.scalars(select(Sanction.note)).all() == [""]
    assert db.session.scalars(select(Report.note)).all() == [""]
    assert db.session.scalars(select(Mute)).all() == []
    assert db.session.scalars(select(Appeal)).all() == []
    assert db.session.scalars(select(Comment.state).order_by(Comment.id)).all() == ["removed", "published"]
