"""Tokens that sign nobody in, and what is said about them."""

import base64
import json
import time
from typing import Any

import pytest
from sqlalchemy import select

from board.embed.models import SiteKey, SsoIdentity
from board.embed.site_keys import secret_of
from board.extensions import db
from tests.conftest import Browser
from tests.embed.vouching import AT, claims, code_of, framed, name_in, show, signed_with, token


def test_a_token_opens_once(app: Any, frame: Browser, key: SiteKey) -> None:
    text, other = token(key), framed(app)
    show(frame, text)
    assert code_of(show(other, text)) == "used"
    assert name_in(other) == ""


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"aud": "second"}, "aud"),
        ({"aud": None}, "aud"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"jti": None}, "jti"),
        ({"jti": "short"}, "jti"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": 7}, "sub"),
        ({"name": None}, "name"),
        ({"name": "Administrator"}, "name"),
        ({"name": "x" * 60}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"email": "no address"}, "email"),
        ({"email": 7}, "email"),
    ],
)
def test_a_token_that_says_something_wrong_is_refused_in_words(
    frame: Browser, key: SiteKey, more: dict[str, Any], code: str
) -> None:
    assert code_of(show(frame, token(key, **more))) == code
    assert name_in(frame) == ""
    assert db.session.scalar(select(SsoIdentity)) is None


def test_a_token_lives_five_minutes_at_most(frame: Browser, key: SiteKey) -> None:
    present = int(time.time())
    assert code_of(show(frame, token(key, exp=present + 301))) == "exp"
    assert code_of(show(frame, token(key, iat=present - 400, exp=present - 120))) == "expired"
    assert code_of(show(frame, token(key, iat=present + 100, exp=present + 200))) == "iat"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30.", "x" * 5000, "é.é.é"])
def test_what_is_no_token_is_refused(frame: Browser, text: str) -> None:
    assert code_of(show(frame, text)) == "malformed" or code_of(show(frame, text)) == "kid"


def test_a_token_without_a_signature_is_refused(frame: Browser, key: SiteKey) -> None:
    head, body, _signature = token(key).split(".")
    assert code_of(show(frame, f"{head}.{body}.")) in {"signature", "malformed"}
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": key.kid}).encode()).rstrip(b"=").decode()
    assert code_of(show(frame, f"{none}.{body}.")) in {"signature", "malformed"}
    assert name_in(frame) == ""


def test_a_token_gives_no_rank_and_opens_no_staff_account(app: Any, frame: Browser, key: SiteKey) -> None:
    show(frame, token(key, role="admin", roles=["admin"]))
    identity = db.session.scalar(select(SsoIdentity))
    assert identity and identity.user.role == "member"
    identity.user.role = "moderator"
    db.session.commit()
    assert code_of(show(framed(app), token(key))) == "staff"


@pytest.mark.parametrize("origin", ["null", "https://paper.example", "https://elsewhere.example"])
def test_only_the_frame_itself_can_show_a_token(frame: Browser, key: SiteKey, origin: str) -> None:
    answer = frame.post(f"{AT}/single-sign-on", {"token": token(key)}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert name_in(frame) == ""


def test_nobody_can_show_a_token_outside_of_a_frame(client: Browser, key: SiteKey) -> None:
    assert client.post("/single-sign-on", {"token": token(key)}).status_code == 404


@pytest.mark.parametrize("claim", ["sub", "jti", "name"])
@pytest.mark.parametrize("text", ["reader-\0-one", "reader-\ud800-one"])
def test_a_text_that_no_database_keeps_is_refused_in_words(frame: Browser, key: SiteKey, claim: str, text: str) -> None:
    head = {"alg": "HS256", "kid": key.kid}
    assert code_of(show(frame, signed_with(secret_of(key), head, claims(**{claim: text})))) == claim
