"""After logging in one is back where one was, and never anywhere else."""

from typing import Any

import pytest
from flask import Flask

from board.accounts.models import User
from tests.accounts.inbox import link_in, mails_to, token_on
from tests.conftest import PASSWORD, Browser

PLACE = "/articles/a%2520b%2Fc?sort=new&x=%26#comment-12"
TRICKS = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/%09/evil.example\t",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://localhost@evil.example/",
    "//localhost@evil.example/",
    "/\r\nSet-Cookie: a=b",
    "/\n/evil.example",
    "\u2028//evil.example",
    "evil.example",
    "@evil.example",
    "/\u0000/evil.example",
    ".//evil.example",
]


def test_login_leads_back_to_the_very_place(client: Browser, author: User) -> None:
    assert PLACE.replace("&", "&amp;") in client.get("/login", query_string={"next": PLACE}).text
    answer = client.post("/login", {"email": "ada@example.com", "password": PASSWORD, "next": PLACE})
    assert answer.location == PLACE


def test_wrong_password_keeps_the_place(client: Browser, author: User) -> None:
    answer = client.post("/login", {"email": "ada@example.com", "password": "wrong", "next": PLACE})
    assert PLACE.replace("&", "&amp;") in answer.text


def test_registering_leads_back_through_the_mail(client: Browser) -> None:
    form = {"email": "n@example.com", "display_name": "Nina", "password": "four plain words here", "next": PLACE}
    client.post("/register", form)
    link = link_in(mails_to("n@example.com")[0])
    assert client.post(link).location == PLACE


def test_confirming_in_another_browser_asks_to_log_in_and_then_leads_back(app: Flask, client: Browser) -> None:
    form = {"email": "n@example.com", "display_name": "Nina", "password": "four plain words here", "next": PLACE}
    client.post("/register", form)
    link = link_in(mails_to("n@example.com")[0])
    phone = Browser(app)
    answer = phone.post(link)
    assert answer.location.startswith("/login?next=")
    assert phone.get("/account").status_code == 303
    assert PLACE.replace("&", "&amp;") in phone.get(answer.location).text


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_lead_to_the_front_page(app: Flask, author: User, trick: str) -> None:
    browser = Browser(app)
    answer = browser.post("/login", {"email": "ada@example.com", "password": PASSWORD, "next": trick})
    assert answer.status_code == 303
    assert answer.location == "/"
    assert "Set-Cookie: a=b" not in str(answer.headers)
    form = {"password": PASSWORD, "next": trick, "csrf_token": token_on(browser, "/account")}
    assert browser.post("/account/verify", form).location == "/account"
    assert browser.get("/login", query_string={"next": trick}).location == "/"
    form = {"next": trick, "csrf_token": token_on(browser, "/account")}
    assert browser.post("/logout", form).location == "/"


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_do_not_survive_the_mail(client: Browser, trick: str) -> None:
    form = {"email": "n@example.com", "display_name": "Nina", "password": "four plain words here", "next": trick}
    assert client.post("/register", form).location == "/register/sent"
    mail = mails_to("n@example.com")[0]
    assert "evil" not in mail["text"]
    link = link_in(mail)
    assert client.post(f"{link}?next={trick}".replace("\n", "").replace("\r", "")).location == "/"


def test_signed_out_visitor_of_a_private_page_comes_back(client: Browser, author: User) -> None:
    answer = client.get("/account/name?x=1")
    assert answer.location == "/login?next=/account/name?x%3D1"
    page: Any = client.get(answer.location)
    assert "/account/name?x=1" in page.text


@pytest.mark.parametrize("path", ["/login", "/register", "/reset"])
def test_account_pages_are_kept_nowhere(client: Browser, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "private, no-store"
