"""A publisher's token signs its reader in: once, for minutes, as the same account each time, and as nobody else's."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.embed.identities import DOMAIN
from board.embed.models import SiteKey, SsoIdentity
from board.embed.site_keys import MAX_LIVE_KEYS, NotAKey, add_key, live_keys, retire_key, secret_of
from board.extensions import db
from tests.conftest import Browser
from tests.factories import make_member, make_site

AT = "/embed/at/main"


@pytest.fixture
def key(framable: Site, article: Article) -> SiteKey:
    """Return a shared secret of the primary site."""
    made = add_key(framable)
    db.session.commit()
    return made


@pytest.fixture
def frame(app: Any, key: SiteKey) -> Browser:
    """Return a frame whose browser keeps its cookies."""
    return framed(app)


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


def test_the_log_says_that_a_reader_became_a_member(app: Any, key: SiteKey) -> None:
    assert show(framed(app), token(key)).status_code == 200
    assert show(framed(app), token(key)).status_code == 200  # the second time, nobody registers
    member = db.session.scalars(select(User)).one()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "member.registered")).one()
    assert (entry.subject_id, entry.actor_id, entry.site_id) == (str(member.id), member.id, key.site_id)
    assert "Rita" not in str([entry.note, entry.actor_name, entry.before, entry.after])


def test_a_token_signs_its_reader_in_and_makes_the_account(frame: Browser, key: SiteKey) -> None:
    answer = show(frame, token(key))
    assert answer.json == {"member": True, "is_new": True}
    assert all("Partitioned" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert name_in(frame) == "Rita Reader"


def test_the_same_reader_is_the_same_account_whatever_the_address(app: Any, frame: Browser, key: SiteKey) -> None:
    show(frame, token(key, email="rita@example.com", email_verified=True))
    show(framed(app), token(key, email="rita@elsewhere.example", email_verified=True))
    assert db.session.scalar(select(func.count()).select_from(SsoIdentity)) == 1


@pytest.mark.parametrize("verified", [True, False, None, "true"])
def test_an_address_gives_nobody_an_account_that_is_there(
    frame: Browser, key: SiteKey, author: User, verified: Any
) -> None:
    show(frame, token(key, email=author.email, email_verified=verified))
    assert name_in(frame) == "Rita Reader"
    identity = db.session.scalar(select(SsoIdentity))
    assert identity and identity.user_id != author.id
    assert identity.user.email.endswith(f"@{DOMAIN}")
    assert db.session.get_one(User, author.id).password


def test_an_address_that_is_not_verified_is_not_kept_as_ones_own(frame: Browser, key: SiteKey) -> None:
    show(frame, token(key, email="rita@example.com"))
    assert db.session.scalar(select(User.id).where(User.email == "rita@example.com")) is None


def test_a_token_opens_once(app: Any, frame: Browser, key: SiteKey) -> None:
    text, other = token(key), framed(app)
    show(frame, text)
    assert code_of(show(other, text)) == "used"
    assert name_in(other) == ""


def test_a_reload_with_the_same_token_changes_nothing(frame: Browser, key: SiteKey) -> None:
    text = token(key)
    assert show(frame, text).json["is_new"]
    again = frame.post(f"{AT}/single-sign-on", {"token": text, "csrf_token": token_in(frame)})
    assert again.json == {"member": True, "is_new": False}


def token_in(frame: Browser) -> str:
    page = frame.get("/embed/thread?article_id=opening-night").text
    return str(page.partition('name="csrf_token" value="')[2].partition('"')[0])


def test_another_reader_at_the_publisher_is_another_here(frame: Browser, key: SiteKey) -> None:
    show(frame, token(key))
    more = {"token": token(key, sub="reader-2", name="Rolf Reader"), "csrf_token": token_in(frame)}
    frame.post(f"{AT}/single-sign-on", more)
    assert name_in(frame) == "Rolf Reader"


def test_who_logged_in_by_themselves_stays_who_they_are(frame: Browser, key: SiteKey, author: User) -> None:
    from tests.embed.test_inside import log_in

    log_in(frame, author)
    frame.post(f"{AT}/single-sign-on", {"token": token(key), "csrf_token": token_in(frame)})
    assert name_in(frame) == "Ada Author"


def test_logging_out_at_the_publisher_ends_the_session_and_no_other(app: Any, frame: Browser, key: SiteKey) -> None:
    from tests.embed.test_inside import log_in

    show(frame, token(key))
    frame.post(f"{AT}/single-sign-on/end", {"csrf_token": token_in(frame)})
    assert name_in(frame) == ""
    other = framed(app)
    log_in(other, make_member("Otto Other", "otto@example.com"))
    other.post(f"{AT}/single-sign-on/end", {"csrf_token": token_in(other)})
    assert name_in(other) == "Otto Other"


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


def test_the_same_subject_at_two_sites_is_two_readers(frame: Browser, key: SiteKey) -> None:
    second = make_site("second", "The Second")
    other = add_key(second)
    db.session.commit()
    show(frame, token(key))
    more = {"token": token(other, aud="second"), "csrf_token": token_in(frame)}
    assert frame.post("/embed/at/second/single-sign-on", more).status_code == 200
    assert db.session.scalar(select(func.count(SsoIdentity.user_id.distinct()))) == 2


def test_a_token_gives_no_rank_and_opens_no_staff_account(app: Any, frame: Browser, key: SiteKey) -> None:
    show(frame, token(key, role="admin", roles=["admin"]))
    identity = db.session.scalar(select(SsoIdentity))
    assert identity and identity.user.role == "member"
    identity.user.role = "moderator"
    db.session.commit()
    assert code_of(show(framed(app), token(key))) == "staff"


def test_a_closed_account_stays_closed(app: Any, frame: Browser, key: SiteKey) -> None:
    show(frame, token(key))
    identity = db.session.scalar(select(SsoIdentity))
    assert identity
    identity.user.active = False
    db.session.commit()
    assert code_of(show(framed(app), token(key))) == "closed"


def test_a_taken_name_gets_a_number(app: Any, frame: Browser, key: SiteKey, author: User) -> None:
    show(frame, token(key, name="Ada Author"))
    assert name_in(frame) == "Ada Author 2"
    other = framed(app)
    show(other, token(key, sub="reader-2", name="Ada Author"))
    assert name_in(other) == "Ada Author 3"


def test_a_new_name_at_the_publisher_is_followed_if_it_can_be_had(
    app: Any, frame: Browser, key: SiteKey, author: User
) -> None:
    show(frame, token(key))
    other = framed(app)
    show(other, token(key, name="Rita Renamed"))
    assert name_in(other) == "Rita Renamed"
    third = framed(app)
    assert show(third, token(key, name="Ada Author")).status_code == 200
    assert name_in(third) == "Rita Renamed"


@pytest.mark.parametrize("origin", ["null", "https://paper.example", "https://elsewhere.example"])
def test_only_the_frame_itself_can_show_a_token(frame: Browser, key: SiteKey, origin: str) -> None:
    answer = frame.post(f"{AT}/single-sign-on", {"token": token(key)}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert name_in(frame) == ""


def test_nobody_can_show_a_token_outside_of_a_frame(client: Browser, key: SiteKey) -> None:
    assert client.post("/single-sign-on", {"token": token(key)}).status_code == 404


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


def test_a_member_who_leaves_takes_the_identity_along(app: Any, frame: Browser, key: SiteKey) -> None:
    from board.accounts.operations import remove_member

    show(frame, token(key))
    identity = db.session.scalar(select(SsoIdentity))
    assert identity
    remove_member(identity.user)
    db.session.commit()
    assert db.session.scalar(select(SsoIdentity)) is None


def test_the_secret_is_used_as_the_text_that_is_printed(frame: Browser, key: SiteKey) -> None:
    text = signed_with(secret_of(key), {"alg": "HS256", "kid": key.kid}, claims())
    assert show(frame, text).status_code == 200


def test_an_operator_makes_lists_and_retires_keys(app: Any, framable: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from board.cli import site_keys

    monkeypatch.setattr("board.create_app", lambda: app)
    monkeypatch.setattr("board.operations.schema.ensure_schema", lambda: None)
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


@pytest.mark.parametrize("claim", ["sub", "jti", "name"])
@pytest.mark.parametrize("text", ["reader-\0-one", "reader-\ud800-one"])
def test_a_text_that_no_database_keeps_is_refused_in_words(frame: Browser, key: SiteKey, claim: str, text: str) -> None:
    head = {"alg": "HS256", "kid": key.kid}
    assert code_of(show(frame, signed_with(secret_of(key), head, claims(**{claim: text})))) == claim
