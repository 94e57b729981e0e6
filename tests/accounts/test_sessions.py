"""Sessions die when they should: a copied cookie is replayed after each way to end them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.models import MemberSession, User
from board.accounts.operations import change_role, remove_member
from board.accounts.sessions import BROWSER_SESSION
from board.extensions import db
from board.storage import now
from tests.accounts.inbox import link_in, mails_to, token_on
from tests.conftest import PASSWORD, Browser

BETTER = "another four plain words"


def sign_in(app: Any, **more: str) -> Browser:
    """Sign in through the form."""
    browser = Browser(app)
    answer = browser.post("/login", {"email": "ada@example.com", "password": PASSWORD, **more})
    assert answer.status_code == 303, answer.text
    return browser


def cookie(browser: Browser) -> Any:
    found = browser.http.get_cookie("board")
    assert found
    return found


def replay(app: Any, value: str) -> bool:
    """Tell whether a copy of the cookie still opens the account."""
    thief = Browser(app)
    thief.http.set_cookie("board", value)
    return bool(thief.get("/account").status_code == 200)


def send(browser: Browser, path: str, **fields: str) -> Any:
    return browser.post(path, {"csrf_token": token_on(browser, path), **fields})


def log_out(browser: Browser) -> None:
    assert send(browser, "/logout").status_code == 303


def reset_password(browser: Browser) -> None:
    other = Browser(browser.app)
    other.post("/reset", {"email": "ada@example.com"})
    link = link_in(mails_to("ada@example.com")[-1])
    assert other.get(link).status_code == 200
    assert other.post(link, {"password": BETTER}).status_code == 303


def change_password_elsewhere(browser: Browser) -> None:
    other = sign_in(browser.app)
    assert send(other, "/account/password", password=PASSWORD, new_password=BETTER).status_code == 303
    assert other.get("/account").status_code == 200, "the browser that changed it goes on"


def change_email_elsewhere(browser: Browser) -> None:
    other = sign_in(browser.app)
    assert send(other, "/account/email", email="ada2@example.com", password=PASSWORD).status_code == 303
    link = link_in(mails_to("ada2@example.com")[-1])
    assert send(other, link).status_code == 303
    assert other.get("/account").status_code == 200, "the browser that changed it goes on"


def end_others(browser: Browser) -> None:
    other = sign_in(browser.app)
    token = token_on(other, "/account")
    assert other.post("/account/sessions/others/removal", {"csrf_token": token}).status_code == 303
    assert other.get("/account").status_code == 200


def end_this_one_elsewhere(browser: Browser) -> None:
    first = db.session.scalars(select(MemberSession).where(MemberSession.is_live)).one().token_hash
    other = sign_in(browser.app)
    token = token_on(other, "/account")
    assert other.post(f"/account/sessions/{first}/removal", {"csrf_token": token}).status_code == 303


def ada() -> User:
    return db.session.scalars(select(User).where(User.email == "ada@example.com")).one()


def get_another_role(_browser: Browser) -> None:
    change_role(ada(), "moderator")
    db.session.commit()


def be_banned(_browser: Browser) -> None:
    ada().active = False
    db.session.commit()


def have_sessions_ended(_browser: Browser) -> None:
    ada().end_sessions()
    db.session.commit()


def be_removed(_browser: Browser) -> None:
    remove_member(ada())
    db.session.commit()


@pytest.mark.parametrize(
    "end",
    [
        log_out,
        reset_password,
        change_password_elsewhere,
        change_email_elsewhere,
        end_others,
        end_this_one_elsewhere,
        get_another_role,
        be_banned,
        have_sessions_ended,
        be_removed,
    ],
)
def test_copied_cookie_opens_nothing_after(app: Any, author: User, end: Callable[[Browser], None]) -> None:
    browser = sign_in(app, remember="y")
    copied = cookie(browser).value
    assert replay(app, copied)
    end(browser)
    assert not replay(app, copied)


def test_stay_signed_in_is_one_cookie_that_ends(app: Any, author: User) -> None:
    staying, passing = sign_in(app, remember="y"), sign_in(app)
    assert cookie(staying).expires is not None
    assert cookie(passing).expires is None
    assert staying.http._cookies is not None
    kept = {c.key for c in staying.http._cookies.values()} - {"fresh"}
    assert kept == {"board"}, "no remember cookie beside it"


def test_session_lasts_from_its_last_visit(app: Any, author: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        browser = sign_in(app)
        clock.shift(BROWSER_SESSION - timedelta(hours=1))
        assert browser.get("/account").status_code == 200
        clock.shift(BROWSER_SESSION - timedelta(hours=1))
        assert browser.get("/account").status_code == 200
        clock.shift(BROWSER_SESSION + timedelta(minutes=1))
        assert browser.get("/account").status_code == 303


def test_staying_session_ends_when_unused(app: Any, author: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        browser = sign_in(app, remember="y")
        clock.shift(timedelta(days=29))
        assert "board=" in browser.get("/account").headers.get("Set-Cookie", ""), "the cookie lasts longer now, too"
        clock.shift(timedelta(days=29))
        assert browser.get("/account").status_code == 200
        clock.shift(timedelta(days=31))
        assert browser.get("/account").status_code == 303


def test_visits_are_written_at_most_every_ten_minutes(app: Any, author: User) -> None:
    def seen() -> Any:
        return db.session.scalars(select(MemberSession.seen_at)).one()

    with time_machine.travel(now(), tick=False) as clock:
        browser = sign_in(app)
        began = seen()
        clock.shift(timedelta(minutes=9))
        browser.get("/account")
        assert seen() == began
        clock.shift(timedelta(minutes=2))
        browser.get("/account")
        assert seen() == began + timedelta(minutes=11)


def test_planted_cookie_does_not_become_the_session(app: Any, author: User) -> None:
    victim = Browser(app)
    with victim.http.session_transaction() as planted:
        planted.update(sid="planted", csrf_token="planted", registered="planted", anything="planted")
    before = cookie(victim).value
    victim.post("/login", {"email": "ada@example.com", "password": PASSWORD})
    with victim.http.session_transaction() as kept:
        assert "planted" not in dict(kept).values()
    assert not replay(app, before)


def test_list_names_device_and_network(app: Any, author: User) -> None:
    browser = Browser(app)
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    form = {"email": "ada@example.com", "password": PASSWORD}
    browser.post("/login", form, headers={"User-Agent": agent})
    page = browser.get("/account").text
    assert "Firefox on Linux" in page
    assert "127.0.0.0/24" in page
    assert "127.0.0.1" not in page


def test_nobody_ends_sessions_of_others(app: Any, author: User, other_member: User, browser_for: Any) -> None:
    browser = sign_in(app)
    row = db.session.scalars(select(MemberSession)).one().token_hash
    intruder = browser_for(other_member)
    assert intruder.post(f"/account/sessions/{row}/removal").status_code == 404
    assert browser.get("/account").status_code == 200
