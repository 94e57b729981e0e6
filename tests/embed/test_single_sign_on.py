"""A publisher's token signs its reader in: as the same account each time, and as nobody else's."""

from typing import Any

import pytest
from sqlalchemy import func, select

from board.accounts.models import User
from board.audit import AuditEntry
from board.embed.identities import DOMAIN
from board.embed.models import SiteKey, SsoIdentity
from board.embed.site_keys import add_key
from board.extensions import db
from tests.conftest import Browser
from tests.embed.vouching import AT, code_of, framed, name_in, show, token
from tests.factories import make_member, make_site


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


def test_the_same_subject_at_two_sites_is_two_readers(frame: Browser, key: SiteKey) -> None:
    second = make_site("second", "The Second")
    other = add_key(second)
    db.session.commit()
    show(frame, token(key))
    more = {"token": token(other, aud="second"), "csrf_token": token_in(frame)}
    assert frame.post("/embed/at/second/single-sign-on", more).status_code == 200
    assert db.session.scalar(select(func.count(SsoIdentity.user_id.distinct()))) == 2


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


def test_a_member_who_leaves_takes_the_identity_along(app: Any, frame: Browser, key: SiteKey) -> None:
    from board.accounts.operations import remove_member

    show(frame, token(key))
    identity = db.session.scalar(select(SsoIdentity))
    assert identity
    remove_member(identity.user)
    db.session.commit()
    assert db.session.scalar(select(SsoIdentity)) is None
