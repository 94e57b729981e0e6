"""Sanctions on all addresses of a domain."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.sanctions import restrict_by_domain
from board.articles.models import Article
from board.extensions import db
from board.moderation.sanctioning import lift, sanction_domain
from board.moderation.statements import Statement
from tests.factories import make_member
from tests.moderation.sanctioned import FORM, present


def test_a_domain_is_barred_for_those_who_are_here_and_those_who_come(
    app: Flask, browser_for: Any, client: Any, article: Article, moderator: User
) -> None:
    here = make_member("Sid Spam", "sid@mail.spam.example.com")
    spared = make_member("Eve Elsewhere", "eve@notspam.example.org")
    sanction_domain(
        "spam.example.com", moderator, "ban", site_id=None, reason="spam", note="Only adverts come from there."
    )
    db.session.commit()
    assert present(here).is_barred()
    assert not present(spared).is_barred()
    form = {"email": "new@spam.example.com", "display_name": "Newly Come", "password": "correct horse battery"}
    answer = client.post("/register", form)
    assert answer.status_code == 422
    assert "cannot register here" in answer.text
    assert client.post("/register", form | {"email": "new@example.org"}).status_code == 303


def test_whoever_registers_at_a_domain_held_on_one_site_is_held_there(
    client: Any, article: Article, moderator: User
) -> None:
    sanction_domain("example.net", moderator, "hold", site_id=1, reason="spam", note="Adverts.")
    newcomer = make_member("Nora New", "nora@example.net")
    restrict_by_domain(newcomer)
    db.session.commit()
    assert present(newcomer).is_held(1)
    assert not present(newcomer).is_held()


def test_the_staff_are_spared_by_a_domains_sanction(moderator: User, editor: User, article: Article) -> None:
    sanction_domain("example.com", moderator, "ban", site_id=None, reason="spam", note="All of them.")
    db.session.commit()
    assert not present(editor).is_barred()
    assert not present(moderator).is_barred()


def test_lifting_a_domains_sanction_frees_its_accounts(article: Article, moderator: User) -> None:
    here = make_member("Sid Spam", "sid@spam.example.com")
    given = sanction_domain("spam.example.com", moderator, "ban", site_id=None, reason="spam", note="Adverts.")
    db.session.commit()
    lift(given, moderator)
    db.session.commit()
    assert not present(here).is_barred()
    assert db.session.scalars(select(Statement.state)).one() == "withdrawn"


def test_a_domain_is_sanctioned_from_its_page(browser_for: Any, article: Article, moderator: User) -> None:
    make_member("Sid Spam", "sid@spam.example.com")
    browser = browser_for(moderator)
    assert browser.get("/moderation/domains/sanctions?domain=%20%20").status_code == 303
    page = browser.get("/moderation/domains/sanctions?domain=@SPAM.example.com").text
    assert "It concerns 1 account," in page
    path = "/moderation/domains/sanctions?domain=spam.example.com"
    assert browser.post(path, FORM | {"kind": "warning"}).status_code == 422
    assert browser.post(path, FORM).status_code == 303
    assert "spam.example.com" in browser.get("/moderation/domains").text
