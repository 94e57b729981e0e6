"""`/manage/members`: admins only; roles and removals leave a trace."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.audit import AuditEntry
from board.extensions import db
from tests.accounts.inbox import link_in, mails_to
from tests.conftest import Browser
from tests.factories import make_member

Open = Callable[[User], Browser]


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.mark.parametrize("path", ["", "/new", "/1/role", "/1/removal"])
def test_only_admins_come_in(app: Flask, client: Browser, browser_for: Open, editor: User, path: str) -> None:
    assert client.get(f"/manage/members{path}").status_code == 303
    for method in ("get", "post"):
        allowed = {403, 405} if path == "" else {403}
        assert getattr(browser_for(editor), method)(f"/manage/members{path}").status_code in allowed


def test_admin_adds_somebody_who_then_chooses_a_password(app: Flask, browser_for: Open, admin: User) -> None:
    form = {"email": "New@Example.com", "display_name": "Newcomer", "role": "editor"}
    assert browser_for(admin).post("/manage/members/new", form).status_code == 303
    link = link_in(mails_to("new@example.com")[0])
    guest = Browser(app)
    assert guest.post(link, {"password": "four plain words here"}).status_code == 303
    answer = guest.post("/login", {"email": "new@example.com", "password": "four plain words here"})
    assert answer.status_code == 303
    assert actions() == ["member.added", "member.password_reset"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": "adele@example.com"}, "e-mail address already"),
        ({"display_name": "АDELE Admin"}, "is taken"),
        ({"display_name": "x"}, "at least"),
        ({"role": "king"}, "Not a valid choice"),
        ({"email": ""}, "Enter an e-mail address"),
    ],
)
def test_wrong_input_is_kept_and_explained(browser_for: Open, admin: User, change: dict[str, str], said: str) -> None:
    form = {"email": "new@example.com", "display_name": "Newcomer", "role": "editor", **change}
    answer = browser_for(admin).post("/manage/members/new", form)
    assert answer.status_code == 422
    assert said in answer.text
    assert form["display_name"] in answer.text


def test_role_changes_with_a_trace(browser_for: Open, admin: User, author: User) -> None:
    assert browser_for(admin).post(f"/manage/members/{author.id}/role", {"role": "moderator"}).status_code == 303
    db.session.refresh(author)
    assert author.is_moderator
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.actor_id, entry.before, entry.after) == (admin.id, {"role": "member"}, {"role": "moderator"})


def test_last_admin_stays(browser_for: Open, admin: User) -> None:
    browser = browser_for(admin)
    assert browser.post(f"/manage/members/{admin.id}/role", {"role": "member"}).status_code == 409
    assert browser.post(f"/manage/members/{admin.id}/removal").status_code == 409
    db.session.refresh(admin)
    assert admin.is_admin


def test_removal_erases_who_it_was(browser_for: Open, admin: User, author: User) -> None:
    browser = browser_for(author)
    number = author.id
    assert browser_for(admin).post(f"/manage/members/{number}/removal").status_code == 303
    db.session.refresh(author)
    kept = " ".join(str(getattr(author, column.name)) for column in User.__table__.columns)
    assert "Ada" not in kept
    assert "ada@example.com" not in kept
    assert author.display_name == f"Deleted member {number}"
    assert author.password is None
    assert browser.get("/account").status_code == 303
    assert "member.removed" in actions()
    make_member("Ada Author", "ada@example.com")


def test_member_leaves(app: Flask, author: User) -> None:
    from tests.accounts.inbox import token_on
    from tests.conftest import PASSWORD

    browser = Browser(app)
    browser.post("/login", {"email": "ada@example.com", "password": PASSWORD})
    token = token_on(browser, "/account")
    assert browser.post("/account/removal", {"csrf_token": token, "password": "wrong"}).status_code == 422
    assert browser.post("/account/removal", {"csrf_token": token, "password": PASSWORD}).status_code == 303
    assert browser.get("/account").status_code == 303
    assert actions() == ["member.left"]


@pytest.mark.parametrize("words", ["%", "_", "%%", "\\", "'", '"', "<script>alert(1)</script>", "\x00", "x" * 5000])
def test_search_takes_signs_for_themselves(browser_for: Open, admin: User, author: User, words: str) -> None:
    answer: Any = browser_for(admin).get("/manage/members", query_string={"q": words})
    assert answer.status_code == 200
    assert "Ada Author" not in answer.text
    assert "<script>alert" not in answer.text


def test_list_goes_on_by_pages(browser_for: Open, admin: User) -> None:
    for n in range(55):
        db.session.add(User(email=f"m{n}@example.com", display_name=f"Member {n:03}", name_key=f"member{n}"))
    db.session.commit()
    browser = browser_for(admin)
    first = browser.get("/manage/members").text
    assert "Member 054" in first
    assert "Member 004" not in first
    more = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Member 004" in browser.get(more).text
