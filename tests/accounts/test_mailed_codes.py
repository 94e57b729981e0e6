"""Logging in with a mailed code: once, for ten minutes, in the browser that asked; the same answer for everybody."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.mailed_codes import MAX_TRIES, SignInCode
from board.accounts.models import User
from board.extensions import db
from board.outbox import OutboxRow, deliver_due
from board.storage import now
from tests.conftest import PASSWORD, Browser
from tests.factories import make_member


def ask(browser: Browser, email: str) -> Any:
    return browser.post("/login/mail", {"email": email, "next": "/account"})


def mailed(email: str) -> dict[str, Any]:
    """Deliver what is queued for accounts; return the mail to the address."""
    deliver_accounts()
    mails = [row.payload for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail"))]
    found = [mail for mail in mails if mail["to"] == email]
    return found[-1] if found else {}


def deliver_accounts() -> None:
    from board.accounts.mails import answer_request

    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "account_mail")).all():
        answer_request(row.payload)
        db.session.delete(row)
    db.session.commit()


def code_for(email: str) -> str:
    found = re.search(r"^(\d{6})$", mailed(email)["text"], re.MULTILINE)
    assert found
    return found[1]


def enter(browser: Browser, code: str) -> Any:
    return browser.post("/login/mail/code", {"code": code, "next": "/account"})


def is_signed_in(browser: Browser) -> bool:
    return bool(browser.get("/account").status_code == 200)


def test_the_code_in_the_mail_signs_in_once(client: Browser, app: Any, author: User) -> None:
    assert ask(client, author.email).status_code == 303
    code = code_for(author.email)
    assert enter(client, f" {code[:3]} {code[3:]} ").headers["Location"] == "/account"
    assert is_signed_in(client)
    assert db.session.scalar(select(SignInCode)) is None


def test_the_code_is_nothing_to_another_browser(client: Browser, app: Any, author: User) -> None:
    ask(client, author.email)
    code, other = code_for(author.email), Browser(app)
    ask(other, author.email)
    assert enter(other, code).status_code == 422
    assert not is_signed_in(other)


def test_a_code_is_over_after_ten_minutes(client: Browser, author: User) -> None:
    ask(client, author.email)
    code = code_for(author.email)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert enter(client, code).status_code == 422
    assert not is_signed_in(client)


def test_a_code_is_over_after_five_wrong_tries(client: Browser, author: User) -> None:
    ask(client, author.email)
    code = code_for(author.email)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(MAX_TRIES):
        assert enter(client, wrong).status_code == 422
    assert enter(client, code).status_code == 422
    assert not is_signed_in(client)


def test_looking_at_the_form_uses_nothing_up(client: Browser, author: User) -> None:
    ask(client, author.email)
    code = code_for(author.email)
    for _ in range(MAX_TRIES + 1):
        client.get("/login/mail/code")
    enter(client, code)
    assert is_signed_in(client)


def test_known_and_unknown_addresses_are_answered_alike(client: Browser, app: Any, author: User) -> None:
    other = Browser(app)
    known, unknown = ask(client, author.email), ask(other, "nobody@example.com")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    pages = [re.sub(r'value="[^"]*"', "", browser.get("/login/mail/code").text) for browser in (client, other)]
    assert pages[0] == pages[1]
    assert mailed("nobody@example.com") == {}


def test_the_database_does_not_hold_the_code(client: Browser, author: User) -> None:
    ask(client, author.email)
    code = code_for(author.email)
    row = db.session.scalar(select(SignInCode))
    assert row and code not in f"{row.code_hash} {row.token_hash}"


def test_a_second_factor_is_still_asked_for(client: Browser, author: User) -> None:
    author.tf_primary_method, author.tf_totp_secret = "authenticator", "secret"
    db.session.commit()
    ask(client, author.email)
    assert enter(client, code_for(author.email)).headers["Location"].startswith("/login/code")
    assert not is_signed_in(client)


def test_whoever_registers_can_confirm_with_the_code_on_the_spot(client: Browser, site: Any) -> None:
    form = {"email": "new@example.com", "display_name": "Nora New", "password": PASSWORD}
    assert client.post("/register", form).status_code == 303
    enter(client, code_for("new@example.com"))
    user = db.session.scalar(select(User).where(User.email == "new@example.com"))
    assert user and user.is_confirmed
    assert is_signed_in(client)


def test_a_code_confirms_no_account_that_somebody_else_registered(client: Browser, app: Any) -> None:
    """Whoever registered knows the password; the owner of the address must not make it theirs unasked."""
    make_member("Pre Hijacked", "victim@example.com", confirmed=False)
    ask(client, "victim@example.com")
    assert not re.search(r"^\d{6}$", mailed("victim@example.com")["text"], re.MULTILINE)
    user = db.session.scalar(select(User).where(User.email == "victim@example.com"))
    assert user and not user.is_confirmed


def test_registering_once_more_does_not_make_a_foreign_account_ones_own(client: Browser, app: Any, site: Any) -> None:
    make_member("Pre Hijacked", "victim@example.com", confirmed=False)
    form = {"email": "victim@example.com", "display_name": "The Owner", "password": PASSWORD}
    assert client.post("/register", form).status_code == 303
    assert not re.search(r"^\d{6}$", mailed("victim@example.com")["text"], re.MULTILINE)
    ask(client, "victim@example.com")
    assert not re.search(r"^\d{6}$", mailed("victim@example.com")["text"], re.MULTILINE)


def test_too_many_codes_are_refused(client: Browser, app: Any, author: User) -> None:
    app.config["BOARD"].sign_in_tries_per_account = 2
    assert [ask(client, author.email).status_code for _ in range(3)] == [303, 303, 429]


@pytest.mark.parametrize("code", ["", "abc", "123", "1" * 400, "１２３４５６"])
def test_what_is_no_code_is_refused_in_words(client: Browser, author: User, code: str) -> None:
    ask(client, author.email)
    assert enter(client, code).status_code == 422


def test_nobody_can_enter_a_code_who_asked_for_none(client: Browser, site: Any) -> None:
    assert "has not asked" in client.get("/login/mail/code").text
    assert enter(client, "123456").status_code in {200, 422}


def test_the_worker_delivers_the_mail(client: Browser, author: User) -> None:
    ask(client, author.email)
    assert deliver_due() >= 1


def test_more_codes_are_no_more_tries(app: Any, author: User) -> None:
    """Whoever guesses asks for code after code, in browser after browser."""
    allowed = app.config["BOARD"].sign_in_tries_per_account
    answers = []
    for _browser in range(allowed // MAX_TRIES + 1):
        browser = Browser(app)
        ask(browser, author.email)
        answers += [enter(browser, "12345x").status_code for _try in range(MAX_TRIES)]
    assert answers == [422] * allowed + [429] * MAX_TRIES
