"""Giving and lifting sanctions: the form, and who may."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.sanctions import Sanction
from board.articles.models import Article
from board.extensions import db
from board.moderation.sanctioning import sanction_member
from board.storage import now
from tests.conftest import PASSWORD
from tests.factories import make_member, make_site
from tests.moderation.sanctioned import A_WEEK, FORM, count, present


def test_the_form_sanctions_and_the_member_finds_it_on_their_page(
    browser_for: Any, author: User, moderator: User, article: Article, told: Any
) -> None:
    browser = browser_for(moderator)
    path = f"/moderation/members/{author.id}/sanctions"
    assert "Suspend for a time" in browser.get(path).text
    assert browser.post(path, FORM).status_code == 303
    given = db.session.scalars(select(Sanction)).one()
    assert (given.kind, given.site_id, given.member_id) == ("suspension", 1, author.id)
    assert given.until is not None and abs(given.until - now() - A_WEEK) < timedelta(minutes=1)
    assert "Suspend for a time" in browser.get(f"/moderation/members/{author.id}").text
    assert "Account suspended" in browser_for(author).get("/account/decisions").text
    mail = told()[-1]
    assert (mail["to"], mail["subject"]) == ("ada@example.com", "Your account is suspended")
    assert "/account/decisions/" in mail["text"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": ""}, "Choose a sanction."),
        ({"kind": "exile"}, "Not a valid choice"),
        ({"where": "99"}, "Not a valid choice"),
        ({"lasts": "for_good"}, "A suspension has an end."),
        ({"lasts": "date"}, "Choose the last day below."),
        ({"lasts": "date", "until": "2001-01-01"}, "Choose a day to come."),
        ({"lasts": "date", "until": "soon"}, "Not a valid date"),
        ({"reason": ""}, "Choose a reason."),
        ({"note": ""}, "Say what happened"),
        ({"note": "x" * 1001}, "Write at most 1,000 characters."),
    ],
)
def test_a_wrong_form_says_what_to_do_and_sanctions_nobody(
    browser_for: Any, author: User, moderator: User, article: Article, change: dict[str, str], words: str
) -> None:
    answer = browser_for(moderator).post(f"/moderation/members/{author.id}/sanctions", FORM | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(Sanction) == 0


@pytest.mark.parametrize(
    ("who", "status"), [("author", 403), ("other_member", 403), ("colleague", 403), ("admin", 403)]
)
def test_nobody_sanctions_upwards_sideways_or_as_a_member(
    request: pytest.FixtureRequest, browser_for: Any, article: Article, who: str, status: int
) -> None:
    culprit = request.getfixturevalue(who)
    by = culprit if culprit.role == "member" else request.getfixturevalue("moderator")
    answer = browser_for(by).post(f"/moderation/members/{culprit.id}/sanctions", FORM)
    assert answer.status_code == status
    assert count(Sanction) == 0


def test_moderators_of_one_site_sanction_there_alone(
    browser_for: Any, author: User, article: Article, sanction: Any
) -> None:
    other = make_site("other", "The Other")
    local = make_member("Lena Local", "lena@example.com")
    local.set_site_role(other.id, "moderator")
    db.session.commit()
    browser, path = browser_for(local), f"/moderation/members/{author.id}/sanctions"
    for where in ("1", "all"):
        assert browser.post(path, FORM | {"where": where}).status_code == 422
    everywhere = sanction(author, "hold")
    assert browser.post(f"/moderation/sanctions/{everywhere.id}/end").status_code == 404
    assert browser.post(path, FORM | {"where": str(other.id)}).status_code == 303
    assert present(author).is_barred(other.id)
    assert not present(author).is_barred(1)


def test_a_ban_asks_for_a_fresh_proof(browser_for: Any, author: User, moderator: User, article: Article) -> None:
    browser, path = browser_for(moderator), f"/moderation/members/{author.id}/sanctions"
    form = FORM | {"kind": "ban", "lasts": "for_good"}
    with time_machine.travel(now() + timedelta(minutes=20), tick=False):
        asked = browser.post(path, form)
        assert asked.status_code == 403
        assert "Three insults in a row." in asked.text  # nobody writes it twice
        assert count(Sanction) == 0
        assert browser.post(path, form | {"proof": "wrong"}).status_code == 403
        assert count(Sanction) == 0
        assert browser.post(path, form | {"proof": PASSWORD}).status_code == 303
    assert db.session.scalars(select(Sanction.kind)).one() == "ban"


def test_nobody_lifts_their_own_sanction_nor_one_of_their_own_rank(
    browser_for: Any, admin: User, moderator: User, colleague: User, article: Article
) -> None:
    terms = {"site_id": article.site_id, "reason": "abuse", "note": "Three insults in a row.", "until": now() + A_WEEK}
    given = sanction_member(moderator, admin, "suspension", **terms)
    db.session.commit()
    path = f"/moderation/sanctions/{given.id}/end"
    for who in (moderator, colleague):
        assert browser_for(who).get(path).status_code == 403
        assert browser_for(who).post(path).status_code == 403
        assert path not in browser_for(who).get(f"/moderation/members/{moderator.id}").text
    assert present(moderator).is_barred(article.site_id)
    assert path in browser_for(admin).get(f"/moderation/members/{moderator.id}").text
    assert browser_for(admin).post(path).status_code == 303
    assert not present(moderator).is_barred(article.site_id)


def test_an_end_that_no_calendar_has_is_refused(
    browser_for: Any, moderator: User, author: User, article: Article
) -> None:
    form = {**FORM, "lasts": "date", "until": "9999-12-31"}
    answer = browser_for(moderator).post(f"/moderation/members/{author.id}/sanctions", form)
    assert answer.status_code == 422
    assert "Choose a day to come." in answer.text
