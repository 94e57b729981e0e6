"""Mails: short, to the right address, with links to our public address only, and never a flood."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import func, select

from board import create_app
from board.accounts.links import LIFETIMES, make_link_token
from board.accounts.mails import answer_request, as_html, queue_request
from board.accounts.models import User
from board.articles.models import Site
from board.config import load_settings
from board.extensions import db
from board.outbox import OutboxRow, deliver_due
from board.storage import now
from tests.accounts.inbox import link_in, mails_to, token_on
from tests.conftest import PASSWORD, Browser
from tests.factories import make_site
from tests.ports import free_port

FLOOD = 300
JOIN = {"email": "n@example.com", "display_name": "Nina", "password": "four plain words here"}


def mail_count() -> int:
    return db.session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == "mail")) or 0


def test_flood_of_requests_makes_three_mails(app: Flask, author: User) -> None:
    payload = {"purpose": "registered", "email": "ada@example.com", "next": ""}
    for _ in range(FLOOD):
        answer_request(payload)
    db.session.commit()
    assert mail_count() == 3


def test_flood_at_one_address_leaves_mails_for_others(app: Flask, author: User, other_member: User) -> None:
    app.config["BOARD"].mail_per_hour = 10
    for _ in range(50):
        queue_request("reset", "ada@example.com")
    queue_request("reset", "otto@example.com")
    db.session.commit()
    assert len(mails_to("ada@example.com")) == 3
    assert len(mails_to("otto@example.com")) == 1


@pytest.mark.parametrize(
    ("path", "name", "front"),
    [
        ("/register?next=/articles/far%3Fsite%3Devening", "Evening Post", "/?site=evening"),
        ("/embed/at/evening/register", "Evening Post", "/?site=evening"),
        ("/register", "The Callboard", "/"),
    ],
)
def test_a_mail_is_signed_by_the_site_that_it_was_asked_for_on(
    app: Flask, site: Site, path: str, name: str, front: str
) -> None:
    make_site("evening", "Evening Post")
    browser = Browser(app)
    browser.get(path)
    browser.post(path, JOIN)
    assert mails_to("n@example.com")[0]["text"].endswith(f"-- \n{name}\nhttp://localhost{front}\n")


def test_links_lead_to_the_public_address_whatever_host_is_asked(app: Flask, author: User) -> None:
    browser = Browser(app)
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Origin": "http://localhost"}
    assert browser.post("/reset", {"email": "ada@example.com"}, headers=headers).status_code == 303
    assert "http://localhost/reset/" in mails_to("ada@example.com")[0]["text"]
    assert "evil" not in str(mails_to("ada@example.com")[0])


@pytest.mark.parametrize("path", ["/confirm", "/reset", "/account/email"])
def test_scanner_that_opens_the_link_uses_nothing_up(app: Flask, client: Browser, path: str) -> None:
    client.post("/register", JOIN)
    link = link_in(mails_to("n@example.com")[-1])
    if path != "/confirm":
        client.post(link)
        token = token_on(client, "/account")
        form = {"email": "n@example.com" if path == "/reset" else "m@example.com", "password": JOIN["password"]}
        client.post(path, form | {"csrf_token": token})
        link = link_in(mails_to(form["email"])[-1])
    assert link.startswith(path)
    scanner = Browser(app)
    for _ in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.http.head(link).status_code == 200
    token = token_on(client, link)
    used = client.post(link, {"csrf_token": token, "password": "five other plain words"})
    assert used.status_code == 303
    again = Browser(app).post(link, {"password": "six more plain words here"})
    assert again.status_code == 303
    assert "too old" in Browser(app).get(link, follow_redirects=True).text


@pytest.mark.parametrize("purpose", list(LIFETIMES))
@pytest.mark.parametrize("path", ["/confirm", "/reset", "/account/email"])
def test_link_serves_one_purpose(app: Flask, author: User, purpose: str, path: str) -> None:
    author.confirmed_at = None
    db.session.commit()
    right = {"confirm": "/confirm", "reset": "/reset", "invitation": "/reset", "new_address": "/account/email"}
    status = Browser(app).get(f"{path}/{make_link_token(purpose, author, 'x@example.com')}").status_code
    assert status == (200 if right[purpose] == path else 303)


@pytest.mark.parametrize("purpose", list(LIFETIMES))
def test_link_is_short_lived(app: Flask, author: User, purpose: str) -> None:
    path = {"confirm": "/confirm", "new_address": "/account/email"}.get(purpose, "/reset")
    with time_machine.travel(now(), tick=False) as clock:
        link = f"{path}/{make_link_token(purpose, author, 'x@example.com')}"
        clock.shift(LIFETIMES[purpose].total_seconds() - 2)
        assert Browser(app).get(link).status_code == 200
        clock.shift(4)
        assert Browser(app).get(link).status_code == 303


@pytest.mark.parametrize("token", ["x", "x.y.z", "WzEsIngiLCIiXQ.aaaaaa.bbbbbbbbbbb", "%00", "%ff", "a" * 3000])
@pytest.mark.parametrize("path", ["/confirm", "/reset", "/account/email"])
def test_link_that_is_not_whole_says_what_to_do(client: Browser, path: str, token: str) -> None:
    answer = client.get(f"{path}/{token}", follow_redirects=True)
    assert answer.status_code in {200, 404}
    assert answer.status_code == 404 or "too old" in answer.text


def test_old_reset_link_dies_with_a_new_address(app: Flask, author: User) -> None:
    link = f"/reset/{make_link_token('reset', author)}"
    author.email = "ada2@example.com"
    db.session.commit()
    assert Browser(app).get(link).status_code == 303


def test_text_that_people_wrote_never_becomes_a_link(app: Flask) -> None:
    html = as_html("Hello <b>https://evil.example</b>,\n\nhttps://evil.example/x\n\nhttp://localhost/reset/abc")
    assert re.findall(r'href="([^"]+)"', html) == ["http://localhost/reset/abc"]
    assert "<b>" not in html


@pytest.mark.parametrize("name", ["Nina\r\nBcc: x@evil.example", "Nina\nX", "Nina\u2028X", "Nina\x00"])
def test_name_with_a_line_break_is_refused_or_folded(client: Browser, name: str) -> None:
    client.post("/register", JOIN | {"display_name": name})
    for mail in mails_to("n@example.com"):
        assert "\n" not in mail["subject"]
        assert "Bcc" not in mail["text"].splitlines()[0] or "\n" not in name


@pytest.mark.parametrize(
    "email",
    ["n@example.com\r\nBcc: x@evil.example", "n@example.com,x@evil.example", "<n@example.com>", "n@[127.0.0.1]", "@"],
)
def test_only_one_whole_address_is_accepted(client: Browser, email: str) -> None:
    for path in ("/register", "/login", "/reset", "/confirm"):
        answer = client.post(path, JOIN | {"email": email})
        assert answer.status_code == 422
        assert "Enter an e-mail address" in answer.text
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0


class Sink:
    """An SMTP server's handler that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.got.append((envelope.rcpt_tos, message))
        return "250 OK"


def test_registration_over_real_smtp(tmp_path: Path) -> None:
    sink = Sink()
    port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    settings = load_settings(
        instance_path=tmp_path, public_url="http://localhost", secret_key="test " * 10, log_level="error",
        mail_url=f"smtp://127.0.0.1:{port}", mail_from="The Callboard <board@example.org>",
    )  # fmt: skip
    app = create_app(settings)
    try:
        with app.app_context():
            db.create_all()
            browser = Browser(app)
            browser.post("/register", JOIN | {"display_name": "Ñina Ω"})
            while deliver_due():
                pass
            [(recipients, mail)] = sink.got
            assert recipients == ["n@example.com"]
            assert mail["Subject"] == "Confirm your e-mail address"
            assert mail["From"] == "The Callboard <board@example.org>"
            body, html = mail.get_body(("plain",)), mail.get_body(("html",))
            assert body and html
            text = body.get_content()
            assert "Ñina Ω" in text
            link = re.search(r"http://localhost(/\S+)", text)
            assert link and f'href="http://localhost{link[1]}"' in html.get_content()
            assert browser.post(link[1]).status_code == 303
            assert browser.get("/account").status_code == 200
            db.engine.dispose()
    finally:
        controller.stop()


def test_password_change_is_told_to_its_owner(app: Flask, author: User) -> None:
    browser = Browser(app)
    browser.post("/login", {"email": "ada@example.com", "password": PASSWORD})
    form = {"password": PASSWORD, "new_password": "five other plain words", "csrf_token": token_on(browser, "/account")}
    assert browser.post("/account/password", form).status_code == 303
    assert mails_to("ada@example.com")[-1]["subject"] == "Your password was changed"


def test_mail_says_which_site_sent_it(author: User, site: Site) -> None:
    queue_request("reset", author.email)
    db.session.commit()
    (mail,) = mails_to(author.email)
    assert mail["text"].endswith(f"-- \n{site.name}\nhttp://localhost/\n")


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("de", "Bestätigen Sie Ihre E-Mail-Adresse", "Guten Tag Nina,"),
        ("ar", "أكِّد عنوان بريدك الإلكتروني", "مرحبًا Nina،"),
    ],
)
def test_a_member_gets_mails_in_the_language_they_registered_in(
    client: Browser, site: Site, language: str, subject: str, words: str
) -> None:
    site.language = language
    db.session.commit()
    client.post("/register", JOIN)
    db.session.expire_all()
    site.language = ""
    db.session.commit()
    mail = mails_to("n@example.com")[-1]
    assert mail["subject"] == subject
    assert words in mail["text"]
    assert f'<div lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in mail["html"]


def test_whoever_chose_none_gets_the_first_sites_language(author: User, site: Site) -> None:
    site.language = "de"
    db.session.commit()
    queue_request("reset", author.email)
    db.session.commit()
    (mail,) = mails_to(author.email)
    assert mail["subject"] == "Wählen Sie ein neues Passwort"
