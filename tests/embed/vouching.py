"""Vouch for readers as a publisher does, and look at what comes of it."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey

from board.embed.models import SiteKey
from board.embed.site_keys import secret_of
from tests.conftest import Browser

AT = "/embed/at/main"


def framed(app: Any) -> Browser:
    browser = Browser(app)
    browser.get(f"{AT}/login")
    return browser


def claims(**more: Any) -> dict[str, Any]:
    present = int(time.time())
    usual = {"aud": "main", "sub": "reader-1", "name": "Rita Reader", "iat": present, "exp": present + 60}
    said = {**usual, "jti": secrets.token_hex(16), **more}
    return {name: value for name, value in said.items() if value is not None}


def token(key: SiteKey, header: dict[str, Any] | None = None, **more: Any) -> str:
    head = {"alg": "HS256", "kid": key.kid, **(header or {})}
    return str(jwt.encode(head, claims(**more), OctKey.import_key(secret_of(key))))


def signed_with(secret: str, header: dict[str, Any], said: dict[str, Any]) -> str:
    """Sign by HS256 with a secret that the library would refuse to use."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, said)]
    digest = hmac.new(secret.encode(), b".".join(parts), hashlib.sha256).digest()
    return b".".join([*parts, base64.urlsafe_b64encode(digest).rstrip(b"=")]).decode()


def show(frame: Browser, text: str) -> Any:
    return frame.post(f"{AT}/single-sign-on", {"token": text})


def code_of(answer: Any) -> str:
    assert answer.status_code == 422
    assert answer.json["error"]
    return str(answer.json["code"])


def name_in(frame: Browser) -> str:
    text = frame.get("/embed/thread?article_id=opening-night").text
    return str(text.partition("You write as ")[2].partition("<bdi>")[2].partition("</bdi>")[0])
