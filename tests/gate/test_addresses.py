"""What may be typed into the gate's one field."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from board.articles.models import Article
from board.extensions import db
from board.gate import views
from board.gate.models import Subscriber
from tests.gate.conftest import leave_address

WRONG = [
    "", " ", "reader", "@", "a@", "@b.example", "a b@c.example", "a@b", "a@@b.example", "a@b..example", "a@-b.example",
    "a@b.example\nBcc: x@y.example", "a@b.example\r\nX: y", "a@b.example,c@d.example",
    "<script>alert(1)</script>@b.example",
    '"><img src=x onerror=alert(1)>', "a\0@b.example", "a@b.example\0", "x" * 250 + "@b.example", "x" * 10_001,
    "a@[127.0.0.1]", "a@localhost", "\u202emoc.elpmaxe@a", "a\u200b@b.example", "' OR 1=1 --", "{{ 7*7 }}", "%s%n",
    "../../etc/passwd", "＠", "田中さんにあげて下さい", "a@b.example;", "Name <a@b.example>", "mailto:a@b.example",
]  # fmt: skip
RIGHT = [
    ("reader@example.com", "reader@example.com"),
    ("  reader@example.com  ", "reader@example.com"),
    ("first.last+news@sub.example.co.uk", "first.last+news@sub.example.co.uk"),
    ("o'hara@example.com", "o'hara@example.com"),
    ("reader@bücher.example", "reader@bücher.example"),
]


@pytest.mark.parametrize("typed", WRONG)
def test_what_is_no_address_is_refused_and_kept(client: Any, gated: Article, typed: str) -> None:
    for as_fragment in (False, True):
        answer = leave_address(client, typed, as_fragment=as_fragment)
        assert answer.status_code == 422
        assert "like name@example.com" in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert "Set-Cookie" not in answer.headers
        for raw in ("<script>alert", "<img src=x"):
            assert raw not in answer.text
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_a_refused_address_stays_in_its_field(client: Any, gated: Article) -> None:
    assert 'value="reader@example"' in leave_address(client, "reader@example").text


def test_a_refused_form_keeps_the_tick(client: Any, gated: Article) -> None:
    assert "checked" in leave_address(client, "reader@example", newsletter="y").text
    assert "checked" not in leave_address(client, "reader@example").text


@pytest.mark.parametrize(("typed", "kept"), RIGHT)
def test_an_address_is_kept_in_normal_form(client: Any, gated: Article, typed: str, kept: str) -> None:
    assert leave_address(client, typed).status_code == 303
    assert db.session.scalars(select(Subscriber.email)).all() == [kept]


def test_a_throw_away_address_opens_and_is_marked(client: Any, gated: Article) -> None:
    assert leave_address(client, "someone@mailinator.com").status_code == 303
    assert db.session.scalars(select(Subscriber.is_disposable)).all() == [True]


def test_a_form_without_the_field_is_refused(client: Any, gated: Article) -> None:
    assert client.post("/articles/whodunit/unlock").status_code == 422


def test_one_network_cannot_leave_addresses_without_end(
    new_browser: Callable[[], Any], gated: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "UNLOCKS_PER_NETWORK", 3)
    answers = [leave_address(new_browser(), f"r{n}@example.com").status_code for n in range(5)]
    assert answers == [303, 303, 303, 429, 429]
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 3
