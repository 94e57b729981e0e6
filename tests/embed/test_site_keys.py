"""The keys that vouch for a publisher’s readers: made, changed, retired, and never shown again."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from board.articles.models import Site
from board.embed.models import SiteKey
from board.embed.site_keys import MAX_LIVE_KEYS, NotAKey, add_key, live_keys, retire_key, secret_of
from board.extensions import db
from tests.conftest import Browser
from tests.embed.vouching import claims, code_of, framed, show, signed_with, token
from tests.factories import make_site


def test_a_public_key_is_no_shared_secret(frame: Browser, framable: Site) -> None:
    pair = ECKey.generate_key("P-256")
    public = pair.as_pem(private=False).decode()
    made = add_key(framable, public)
    db.session.commit()
    good = jwt.encode({"alg": "ES256", "kid": made.kid}, claims(), pair)
    forged = signed_with(public, {"alg": "HS256", "kid": made.kid}, claims(sub="forged"))
    assert code_of(show(frame, forged)) == "signature"
    assert show(frame, good).json == {"member": True, "is_new": True}


def test_an_ed25519_key_signs_too(frame: Browser, framable: Site) -> None:
    pair = OKPKey.generate_key("Ed25519")
    made = add_key(framable, pair.as_pem(private=False).decode())
    db.session.commit()
    text = jwt.encode({"alg": "EdDSA", "kid": made.kid}, claims(), pair, algorithms=["EdDSA"])
    assert show(frame, text).json == {"member": True, "is_new": True}


def test_keys_are_changed_without_a_gap(app: Any, frame: Browser, framable: Site, key: SiteKey) -> None:
    newer = add_key(framable)
    db.session.commit()
    assert show(frame, token(key)).json and show(framed(app), token(newer, sub="reader-2", name="Rolf")).json
    retire_key(framable, key.kid)
    db.session.commit()
    assert code_of(show(framed(app), token(key))) == "kid"
    assert show(framed(app), token(newer)).status_code == 200


def test_the_key_of_another_site_signs_nobody_in(frame: Browser, key: SiteKey) -> None:
    other = add_key(make_site("second", "The Second"))
    db.session.commit()
    assert code_of(show(frame, token(other))) == "kid"
    assert code_of(frame.post("/embed/at/second/single-sign-on", {"token": token(key)})) == "kid"


def test_no_secret_is_in_the_database(key: SiteKey) -> None:
    assert secret_of(key) not in f"{key.kid} {key.public_key} {key.algorithm}"
    assert key.public_key == ""


def test_a_private_key_and_what_is_no_key_are_refused(framable: Site) -> None:
    pair = OKPKey.generate_key("Ed25519")
    for wrong in (
        pair.as_pem(private=True).decode(),
        "no key",
        ECKey.generate_key("P-384").as_pem(private=False).decode(),
    ):
        with pytest.raises(NotAKey):
            add_key(framable, wrong)


def test_a_site_has_a_handful_of_keys_at_most(framable: Site) -> None:
    from board.access import Refused

    for _ in range(MAX_LIVE_KEYS):
        add_key(framable)
    with pytest.raises(Refused):
        add_key(framable)
    assert len(live_keys(framable)) == MAX_LIVE_KEYS


def test_the_secret_is_used_as_the_text_that_is_printed(frame: Browser, key: SiteKey) -> None:
    text = signed_with(secret_of(key), {"alg": "HS256", "kid": key.kid}, claims())
    assert show(frame, text).status_code == 200


def test_an_operator_makes_lists_and_retires_keys(app: Any, framable: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from board.cli import site_keys

    monkeypatch.setattr("board.create_app", lambda: app)
    monkeypatch.setattr("board.operations.schema.ensure_schema", lambda: None)
    monkeypatch.setattr("board.operations.schema.must_be_there", lambda: None)
    run = CliRunner().invoke
    made = run(site_keys.key, ["main", "--new"])
    assert made.exit_code == 0, made.output
    kid = made.output.split()[1]
    assert "secret" in made.output
    listed = run(site_keys.key, ["main"])
    assert kid in listed.output and "secret" not in listed.output
    assert run(site_keys.key, ["main", "--retire", kid]).exit_code == 0
    assert kid not in run(site_keys.key, ["main"]).output
    assert run(site_keys.key, ["main", "--retire", "unknown"]).exit_code == 1
    assert run(site_keys.key, ["unknown"]).exit_code == 1
