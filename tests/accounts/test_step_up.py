"""Step-up: roles change only after a fresh proof, and what was chosen is not lost on the way."""

import re
from typing import Any

import pytest
import time_machine
from flask import Flask

from board.accounts.models import User
from board.extensions import db, security
from board.storage import now
from tests.conftest import PASSWORD, Browser

A_QUARTER = 15 * 60


@pytest.fixture
def unproven(app: Flask, admin: User) -> Browser:
    """Return the admin's browser, signed in for a while."""
    return Browser(app).sign_in(admin, is_proven=False)


def role_of(user: User) -> str:
    return db.session.get_one(User, user.id, populate_existing=True).role


def test_a_page_that_matters_leads_to_the_proof_and_back(unproven: Browser, author: User) -> None:
    way = f"/manage/members/{author.id}/role"
    asked = unproven.get(way)
    assert (asked.status_code, asked.location) == (303, f"/account/verify?next={way}")
    answer = unproven.post(asked.location, {"password": PASSWORD, "next": way})
    assert (answer.status_code, answer.location) == (303, way)
    assert unproven.get(way).status_code == 200


def test_a_form_without_a_proof_is_kept_and_sent_again_with_it(unproven: Browser, author: User) -> None:
    way = f"/manage/members/{author.id}/role"
    asked = unproven.post(way, {"role": "editor"})
    assert asked.status_code == 403
    assert role_of(author) == "member"
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
    assert fields["role"] == "editor"
    assert f'action="{way}"' in asked.text
    assert unproven.post(way, {**fields, "proof": PASSWORD}).status_code == 303
    assert role_of(author) == "editor"


def test_a_wrong_proof_changes_nothing_and_keeps_the_form(unproven: Browser, author: User) -> None:
    answer = unproven.post(f"/manage/members/{author.id}/role", {"role": "editor", "proof": "wrong words here"})
    assert answer.status_code == 403
    assert "The password is wrong." in answer.text
    assert "wrong words here" not in answer.text
    assert 'name="role" value="editor"' in answer.text
    assert role_of(author) == "member"


def test_a_code_from_the_app_is_a_proof_once(app: Flask, unproven: Browser, admin: User, author: User) -> None:
    admin.tf_primary_method, admin.tf_totp_secret = "authenticator", security.totp_factory.generate_totp_secret()
    db.session.commit()
    form = {"role": "editor"}
    with time_machine.travel(now(), tick=False):
        code = security.totp_factory.generate_totp_password(admin.tf_totp_secret)
        way = f"/manage/members/{author.id}/role"
        assert "a code from the app" in unproven.post(way, form).text
        assert unproven.post(way, {**form, "proof": f"{code[:3]} {code[3:]}"}).status_code == 303
        again = Browser(app).sign_in(admin, is_proven=False)
        assert again.post(way, {"role": "member", "proof": code}).status_code == 403
    assert role_of(author) == "editor"


def test_a_proof_lasts_a_quarter_of_an_hour(app: Flask, admin: User, author: User) -> None:
    way, form = f"/manage/members/{author.id}/role", {"role": "member"}
    with time_machine.travel(now(), tick=False) as clock:
        browser = Browser(app).sign_in(admin)
        clock.shift(A_QUARTER - 1)
        assert browser.post(way, form).status_code == 303
        clock.shift(2)
        assert browser.post(way, form).status_code == 403


def test_proofs_are_tried_ten_times(unproven: Browser, author: User) -> None:
    form = {"role": "editor", "proof": "wrong"}
    answers: list[Any] = [unproven.post(f"/manage/members/{author.id}/role", form) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert unproven.post(f"/manage/members/{author.id}/role", {**form, "proof": PASSWORD}).status_code == 429
    assert role_of(author) == "member"


def test_the_pages_script_is_led_to_the_proof_and_back(unproven: Browser, author: User) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/moderation?queue=held"}
    answer = unproven.post(f"/manage/members/{author.id}/role", {"role": "editor"}, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["HX-Redirect"] == "/account/verify?next=/moderation?queue%3Dheld"


@pytest.mark.parametrize("told", ["https://evil.example/x", "http://localhost.evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(unproven: Browser, author: User, told: str) -> None:
    answer = unproven.post(f"/manage/members/{author.id}/role", {"role": "editor"}, headers={"Referer": told})
    assert "evil" not in answer.text
    assert "javascript:" not in answer.text


@pytest.mark.parametrize("path", ["/manage/members/new", "/manage/members/{}/role", "/manage/members/{}/removal"])
def test_roles_and_removals_ask_for_a_proof(unproven: Browser, author: User, path: str) -> None:
    assert unproven.get(path.format(author.id)).status_code == 303
    assert unproven.post(path.format(author.id)).status_code == 403
