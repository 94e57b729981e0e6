"""What moderators decide in English is told to members in their own language."""

from typing import Any

from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.extensions import db
from board.moderation.statements import Statement, mail_statement
from board.outbox import OutboxRow
from tests.factories import make_comment


def test_a_removal_is_told_in_the_members_language(
    browser_for: Any, site: Site, article: Article, author: User, moderator: User
) -> None:
    author.language = "de"
    comment = make_comment(article, author)
    answer = browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "spam", "note": ""})
    assert answer.status_code == 303
    statement = db.session.scalars(select(Statement)).one()
    mail_statement({"statement": statement.id})
    mail = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail")).one().payload
    assert mail["subject"] == "Ihr Kommentar wurde entfernt"
    assert "Spam oder Werbung" in mail["text"]
    assert "Er wirbt für etwas" in mail["text"]


def test_the_thread_says_why_in_its_own_language(
    browser_for: Any, client: Any, site: Site, article: Article, author: User, moderator: User
) -> None:
    comment = make_comment(article, author)
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "spam", "note": ""})
    site.language = "ar"
    db.session.commit()
    page = client.get("/articles/opening-night").text
    assert "أزاله مشرف: رسائل مزعجة أو إعلان" in page
