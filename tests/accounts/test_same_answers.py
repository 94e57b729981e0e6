"""Whether an address has an account is never told: same answer, same work."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from board.accounts import registering
from board.accounts.models import User
from board.extensions import db
from board.outbox import OutboxRow
from tests.accounts.inbox import mails_to
from tests.conftest import Browser
from tests.factories import make_member

KNOWN, UNKNOWN = "ada@example.com", "nobody@example.com"


class Counter:
    """Counts how often passwords are hashed or verified."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
        self.count = 0
        context = app.extensions["security"].pwd_context
        for name in ("hash", "verify"):
            monkeypatch.setattr(context, name, self._counted(getattr(context, name)))

    def _counted(self, function: Any) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            self.count += 1
            return function(*args, **more)

        return call

    def take(self) -> int:
        count, self.count = self.count, 0
        return count


def without(text: str, address: str) -> str:
    return text.replace(address, "ADDRESS")


@pytest.mark.parametrize("state", ["known", "unconfirmed", "banned", "placeholder"])
def test_login_answers_and_hashes_the_same(app: Flask, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    more: dict[str, Any] = {"active": state != "banned", "is_placeholder": state == "placeholder"}
    user = make_member("Ada", KNOWN, confirmed=state != "unconfirmed", **more)
    if state == "placeholder":
        user.password = None
        db.session.commit()
    counter, answers = Counter(monkeypatch, app), []
    for address in (KNOWN, UNKNOWN):
        answer = Browser(app).post("/login", {"email": address, "password": "a wrong password"})
        answers.append((answer.status_code, without(answer.text, address), counter.take()))
    assert answers[0] == answers[1]
    assert answers[0][2] == 1


def test_register_answers_and_hashes_the_same(app: Flask, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    counter, answers = Counter(monkeypatch, app), []
    for address, name in ((KNOWN, "Norma"), (UNKNOWN, "Nora")):
        form = {"email": address, "display_name": name, "password": "four plain words here"}
        answer = Browser(app).post("/register", form)
        rows = db.session.scalar(select(func.count()).select_from(OutboxRow))
        answers.append((answer.status_code, answer.location, sorted(answer.headers.keys()), counter.take()))
        assert rows == len(answers)
    assert answers[0] == answers[1]
    assert answers[0][-1] == 1
    assert "You already have an account" in mails_to(KNOWN)[0]["subject"]
    assert "Confirm" in mails_to(UNKNOWN)[0]["subject"]


@pytest.mark.parametrize("path", ["/reset", "/confirm"])
def test_asking_for_a_mail_does_the_same(app: Flask, author: User, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counter, answers = Counter(monkeypatch, app), []
    for address in (KNOWN, UNKNOWN):
        answer = Browser(app).post(path, {"email": address})
        answers.append((answer.status_code, answer.location, counter.take()))
    assert answers[0] == answers[1]
    rows = db.session.scalars(select(OutboxRow)).all()
    assert [row.kind for row in rows] == ["account_mail", "account_mail"], "the same row, whoever it is"
    assert not mails_to(UNKNOWN)


@pytest.mark.parametrize("address", [KNOWN, UNKNOWN])
def test_taken_name_is_told_plainly_whoever_asks(app: Flask, author: User, other_member: User, address: str) -> None:
    form = {"email": address, "display_name": "OTTO 0ther", "password": "four plain words here"}
    answer = Browser(app).post("/register", form)
    assert answer.status_code == 422
    assert "is taken" in answer.text
    assert address in answer.text
    assert "OTTO 0ther" in answer.text
    assert "four plain words here" not in answer.text


@pytest.mark.parametrize("name", ["Ada Author", "ADA AUTHOR", "Аda Author", "Ada  Authоr", "ada-author", "Âda Authór"])
def test_lookalike_cannot_register(client: Browser, author: User, name: str) -> None:
    form = {"email": "impostor@example.com", "display_name": name, "password": "four plain words here"}
    assert client.post("/register", form).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_two_with_one_name_at_once_get_one_account(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check before the insert is late here; the constraint decides, and what was typed is kept."""
    real = registering._insert

    def late(user: User) -> bool:
        if user.email == "second@example.com":
            make_member("Same Name", "first@example.com")
        return real(user)

    monkeypatch.setattr(registering, "_insert", late)
    form = {"email": "second@example.com", "display_name": "Same Name", "password": "four plain words here"}
    answer = Browser(app).post("/register", form)
    assert answer.status_code == 422
    assert "second@example.com" in answer.text
    assert [user.email for user in db.session.scalars(select(User))] == ["first@example.com"]
