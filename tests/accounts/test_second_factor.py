"""The second step: codes that open once, recovery codes, and what staff need."""

import re
import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
import time_machine
from flask import Flask

from board.accounts.models import User
from board.extensions import db, security
from board.storage import now
from tests.accounts.inbox import mails_to, token_on
from tests.conftest import PASSWORD, Browser

KEY = re.compile(r"<code[^>]*>([A-Z2-7-]+)</code>")
STATE = re.compile(r'name="state" type="hidden" value="([^"]+)"')
CODE = re.compile(r"<code[^>]*>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>")
HALF_A_MINUTE = 31


@pytest.fixture
def clock() -> Any:
    """Stop the clock, so that the code of the moment is known."""
    with time_machine.travel(now(), tick=False) as stopped:
        yield stopped


def log_in(app: Flask, **more: str) -> tuple[Browser, Any]:
    browser = Browser(app)
    return browser, browser.post("/login", {"email": "ada@example.com", "password": PASSWORD, **more})


def code_now(user: User) -> str:
    db.session.refresh(user)
    assert user.tf_totp_secret
    return security.totp_factory.generate_totp_password(user.tf_totp_secret)


def set_up(browser: Browser, clock: Any) -> None:
    """Set an app up, through the form, as the app would."""
    page = browser.get("/account/authenticator").text
    assert "data:image/svg+xml;base64," in page
    found, state = KEY.search(page), STATE.search(page)
    assert found and state
    code = security.totp_factory._totp(key=found[1].replace("-", ""), format="base32").generate().token
    form = {"csrf_token": token_on(browser, "/account"), "state": state[1], "code": code}
    answer = browser.post("/account/authenticator", form)
    assert answer.status_code == 303, answer.text
    clock.shift(HALF_A_MINUTE)


def make_codes(browser: Browser) -> list[str]:
    answer = browser.post("/account/recovery-codes", {"csrf_token": token_on(browser, "/account")})
    return CODE.findall(answer.text)


def test_wrong_code_keeps_the_key_that_was_scanned(browser_for: Callable[[User], Browser], author: User) -> None:
    browser, _ = log_in(browser_for(author).app)
    page = browser.get("/account/authenticator").text
    key, state = KEY.search(page), STATE.search(page)
    assert key and state
    form = {"csrf_token": token_on(browser, "/account"), "state": state[1], "code": "000000"}
    answer = browser.post("/account/authenticator", form)
    assert answer.status_code == 422
    assert key[1] in answer.text
    db.session.refresh(author)
    assert not author.has_second_factor


def test_login_asks_for_a_code_and_leads_back(app: Flask, author: User, clock: Any) -> None:
    browser, _ = log_in(app)
    set_up(browser, clock)
    assert "How you log in was changed" in mails_to("ada@example.com")[-1]["subject"]
    second, answer = log_in(app, next="/articles/x?y=1#c3", remember="y")
    assert answer.location.startswith("/login/code?next=")
    assert second.get("/account").status_code == 303, "the password alone opens nothing"
    assert second.post("/login/code", {"code": "000000", "next": "/articles/x?y=1#c3"}).status_code == 422
    done = second.post("/login/code", {"code": code_now(author), "next": "/articles/x?y=1#c3"})
    assert done.location == "/articles/x?y=1#c3"
    assert second.get("/account").status_code == 200
    stored = second.http.get_cookie("board")
    assert stored and stored.expires is not None, "still stays signed in"


def test_code_opens_once(app: Flask, author: User, clock: Any) -> None:
    browser, _ = log_in(app)
    set_up(browser, clock)
    code = code_now(author)
    first, _ = log_in(app)
    assert first.post("/login/code", {"code": code}).status_code == 303
    second, _ = log_in(app)
    assert second.post("/login/code", {"code": code}).status_code == 422


def test_codes_are_tried_ten_times(app: Flask, author: User, clock: Any) -> None:
    browser, _ = log_in(app)
    set_up(browser, clock)
    thief, _ = log_in(app)
    for _ in range(10):
        assert thief.post("/login/code", {"code": "123456"}).status_code == 422
    refused = thief.post("/login/code", {"code": code_now(author)})
    assert refused.status_code == 429
    assert "Retry-After" in refused.headers


def test_half_way_ends_after_ten_minutes(app: Flask, author: User, clock: Any) -> None:
    browser, _ = log_in(app)
    set_up(browser, clock)
    half, _ = log_in(app)
    clock.shift(11 * 60)
    assert half.post("/login/code", {"code": code_now(author)}).location.startswith("/login")
    assert half.get("/account").status_code == 303


@pytest.mark.parametrize(
    "path", ["/tf-setup", "/tf-validate", "/tf-rescue", "/tf-select", "/mf-recovery", "/us-signin"]
)
def test_pages_of_flask_security_that_are_not_ours_open_nothing(client: Browser, path: str) -> None:
    assert client.get(path).status_code in {404, 409}


def test_recovery_code_opens_once(app: Flask, author: User, clock: Any) -> None:
    browser, _ = log_in(app)
    set_up(browser, clock)
    codes = make_codes(browser)
    assert len(codes) == 8
    db.session.refresh(author)
    assert not set(codes) & set(author.mf_recovery_codes or []), "they are kept encrypted"
    assert codes[0] not in browser.get("/account/recovery-codes").text, "they are shown once"
    for status in (303, 422):
        other, _ = log_in(app)
        assert other.post("/login/code", {"code": f" {codes[0].upper()} "}).status_code == status


def test_recovery_code_used_twice_at_once_opens_once(app: Flask, author: User, clock: Any) -> None:
    browser, _ = log_in(app)
    set_up(browser, clock)
    code = make_codes(browser)[0]
    browsers = [log_in(app)[0] for _ in range(4)]
    barrier, statuses, token = threading.Barrier(4), [], browsers[0].token()

    def use(one: Browser) -> None:
        barrier.wait()
        form = {"code": code, "csrf_token": token}
        answer = one.http.post("/login/code", data=form, headers={"Origin": "http://localhost"})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=Context().run, args=(use, one)) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 422, 422, 422]


def test_changing_the_second_step_needs_the_password_anew(app: Flask, author: User, clock: Any) -> None:
    browser, _ = log_in(app)
    clock.shift(31 * 60)
    for path in ("/account/authenticator", "/account/authenticator/removal", "/account/passkeys"):
        answer = browser.get(path)
        assert answer.status_code == 303
        assert answer.location == f"/account/verify?next={path}"
    form = {"csrf_token": token_on(browser, "/account"), "password": PASSWORD, "next": "/account/authenticator"}
    assert browser.post("/account/verify", form).location == "/account/authenticator"
    assert browser.get("/account/authenticator").status_code == 200


def test_codes_can_be_turned_off(app: Flask, author: User, clock: Any) -> None:
    browser, _ = log_in(app)
    set_up(browser, clock)
    token = token_on(browser, "/account")
    assert browser.post("/account/authenticator/removal", {"csrf_token": token}).status_code == 303
    assert log_in(app)[1].location == "/"


def test_staff_without_second_step_are_sent_to_set_one_up(
    app: Flask, admin: User, browser_for: Callable[[User], Browser]
) -> None:
    app.config["BOARD"].staff_need_second_factor = True
    answer = browser_for(admin).get("/manage/members")
    assert answer.status_code == 303
    assert answer.location == "/account/security"
    admin.tf_primary_method = "authenticator"
    db.session.commit()
    assert browser_for(admin).get("/manage/members").status_code == 200
