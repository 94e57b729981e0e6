"""Registering, confirming, logging in and out, with plain forms."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.extensions import db
from tests.accounts.inbox import link_in, mails_to, token_on
from tests.conftest import PASSWORD, Browser

NEW = {"email": "nina@example.com", "display_name": "Nina New", "password": "four plain words here"}


def member(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email))


def test_register_confirm_login_logout(client: Browser) -> None:
    assert client.get("/register").status_code == 200
    sent = client.post("/register", NEW)
    assert sent.status_code == 303
    assert "Check your mail" in client.get(sent.location).text
    link = link_in(mails_to("nina@example.com")[0])
    assert "Nina New" in client.get(link).text
    confirmed = client.post(link)
    assert confirmed.status_code == 303
    assert client.get("/account").status_code == 200
    assert client.post("/logout", {"csrf_token": token_on(client, "/logout")}).status_code == 303
    assert client.get("/account").status_code == 303
    again = client.post("/login", NEW)
    assert again.status_code == 303
    assert client.get("/account").status_code == 200


def test_login_and_logout(client: Browser, author: User) -> None:
    answer = client.post("/login", {"email": "ada@example.com", "password": PASSWORD, "next": "/articles/a%20b?x=1#c2"})
    assert answer.status_code == 303
    assert answer.location == "/articles/a%20b?x=1#c2"
    assert client.get("/account").status_code == 200


def test_logging_out_takes_a_press(browser_for: Any, author: User) -> None:
    browser = browser_for(author)
    assert "Log out" in browser.get("/logout").text
    assert browser.get("/account").status_code == 200
    assert browser.post("/logout").status_code == 303
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize("page", ["/login", "/register", "/reset", "/confirm", "/logout", "/register/sent"])
def test_signed_out_pages_open(client: Browser, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "page",
    [
        "/account",
        "/account/name",
        "/account/email",
        "/account/password",
        "/account/security",
        "/account/authenticator",
        "/account/passkeys",
        "/account/verify",
        "/account/verify/passkey",
        "/account/export",
        "/account/removal",
        "/account/authenticator/removal",
    ],
)
def test_account_pages_open_for_members_only(app: Flask, client: Browser, author: User, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 303
    assert answer.location.startswith("/login?next=")
    assert Browser(app).sign_in(author, is_proven=False).get(page).status_code in {200, 303}
