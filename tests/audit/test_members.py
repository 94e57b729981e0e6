"""What members change in their own accounts is in the log, and nothing in it says who they are."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_security.signals import wan_deleted, wan_registered
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.audit import AuditEntry
from board.comments.models import Comment
from board.extensions import db
from board.moderation.acts import ACTS
from board.storage import now
from tests.accounts.inbox import link_in, mails_to, token_on
from tests.accounts.test_second_factor import log_in, set_up
from tests.conftest import PASSWORD, Browser
from tests.factories import make_comment, make_member
from tests.matrix.entries import all_entries


def entries() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def actions() -> list[str]:
    return [entry.action for entry in entries()]


def test_registering_and_confirming(client: Browser) -> None:
    client.post("/register", {"email": "nina@example.com", "display_name": "Nina New", "password": "four plain words"})
    assert client.post(link_in(mails_to("nina@example.com")[0])).status_code == 303
    assert actions() == ["member.registered", "member.confirmed"]
    assert {entry.actor_id for entry in entries()} == {int(entries()[0].subject_id)}


def test_a_new_password_by_mail(client: Browser, author: User) -> None:
    client.post("/reset", {"email": "ada@example.com"})
    link = link_in(mails_to("ada@example.com")[0])
    assert client.post(link, {"password": "four other plain words"}).status_code == 303
    assert actions() == ["member.password_reset"]


def test_another_address_and_another_name_leave_fingerprints_alone(app: Flask, author: User) -> None:
    browser, _ = log_in(app)
    token = token_on(browser, "/account")
    browser.post("/account/email", {"csrf_token": token, "email": "ada@new.example", "password": PASSWORD})
    link = link_in(mails_to("ada@new.example")[0])
    assert browser.post(link, {"csrf_token": token}).status_code == 303
    again = Browser(app).sign_in(author)
    assert again.post("/account/name", {"display_name": "Ada Otherwise"}).status_code == 303
    assert actions() == ["member.address_changed", "member.renamed"]
    for entry, what in zip(entries(), ("address", "name"), strict=True):
        assert entry.before and entry.after
        assert entry.before.keys() == entry.after.keys() == {what}
        assert entry.before[what] != entry.after[what]
        assert "ada" not in f"{entry.before} {entry.after} {entry.note} {entry.actor_name}".lower()


def test_an_app_for_codes(app: Flask, author: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        browser, _ = log_in(app)
        set_up(browser, clock)
    assert actions() == ["member.authenticator_added"]


def test_passkeys(app: Flask, author: User) -> None:
    wan_registered.send(app, user=author, name="key")
    wan_deleted.send(app, user=author, name="key")
    db.session.commit()
    assert actions() == ["member.passkey_added", "member.passkey_removed"]


def test_what_the_walk_makes_up_is_shown_here() -> None:
    made_up = {entry.logs for entry in all_entries() if entry.made_up and entry.logs.startswith("member.")}
    shown = {"member.confirmed", "member.password_reset", "member.address_changed", "member.authenticator_added"}
    assert made_up <= shown | {"member.passkey_added", "member.passkey_removed"}


def test_every_action_in_the_tables_has_words() -> None:
    assert sorted({entry.logs for entry in all_entries() if entry.logs} - set(ACTS)) == []


@pytest.mark.parametrize("act", ["edit", "deletion"])
def test_a_comments_text_is_not_in_the_log(browser_for: Any, author: User, article: Article, act: str) -> None:
    comment = make_comment(article, author, "Something that Ada may regret.")
    assert browser_for(author).post(f"/comments/{comment.id}/{act}", {"body": "Something else."}).status_code == 303
    (entry,) = entries()
    assert "omething" not in f"{entry.before} {entry.after} {entry.note}"
    if act == "edit":
        assert entry.before and entry.after
        assert (entry.before["characters"], entry.after["characters"]) == (30, 15)
        assert entry.before["text"] != entry.after["text"]


def test_an_edit_that_changes_nothing_leaves_no_entry(browser_for: Any, author: User, article: Article) -> None:
    comment = make_comment(article, author, "The same.")
    browser_for(author).post(f"/comments/{comment.id}/edit", {"body": "The same."})
    assert not entries()
    assert db.session.get_one(Comment, comment.id).edited_at is None


def test_an_erased_member_is_not_in_the_log(browser_for: Any, article: Article, admin: User) -> None:
    member = make_member("Nina Known", "nina@example.com")
    comment = make_comment(article, member, "Hello from Nina Known.")
    browser = browser_for(member)
    browser.post(f"/comments/{comment.id}/edit", {"body": "Nina Known says less."})
    browser.post("/account/name", {"display_name": "Nina Renamed"})
    browser_for(admin).post(f"/manage/members/{member.id}/removal")
    log = " ".join(str([getattr(entry, column.name) for column in entry.__table__.columns]) for entry in entries())
    assert "Nina" not in log
    assert "nina@example.com" not in log
    assert f"'{member.id}'" in log


def test_what_screening_holds_is_in_the_log(browser_for: Any, author: User, article: Article) -> None:
    body = " ".join(f"https://example.com/{number}" for number in range(9))
    browser_for(author).post(f"/articles/{article.external_id}/comments", {"body": body})
    (entry,) = entries()
    assert (entry.action, entry.actor_id) == ("comment.held", None)
    assert entry.after and entry.after["reasons"]
