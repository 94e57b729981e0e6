"""Sanctions: what they keep a member from, where, from when and until when; and who may give them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from board.accounts.models import MemberSession, User
from board.accounts.sanctions import Sanction, restrict_by_domain
from board.articles.models import Article
from board.audit import AuditEntry
from board.ballots.votes import Vote
from board.comments.models import Comment, Reaction
from board.extensions import db
from board.moderation.models import Report
from board.moderation.sanctioning import end_due_sanctions, lift, sanction_domain, sanction_member
from board.moderation.statements import Statement
from board.storage import now
from tests.ballots.conftest import make_ballot, place
from tests.conftest import PASSWORD
from tests.factories import make_article, make_comment, make_member, make_site

A_WEEK = timedelta(days=7)
FORM = {"kind": "suspension", "where": "1", "lasts": "7", "reason": "abuse", "note": "Three insults in a row."}


def present(user: User) -> User:
    db.session.expire_all()
    return db.session.get_one(User, user.id)


def post(browser: Any, path: str = "/articles/opening-night/comments", body: str = "Back again.") -> Any:
    return browser.post(path, {"body": body, "key": body})


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("kind", ["suspension", "ban"])
def test_barred_means_barred_everywhere_within_the_session_that_is_open(
    browser_for: Any, author: User, other_member: User, article: Article, sanction: Any, kind: str
) -> None:
    theirs, own = make_comment(article, other_member, "Go on."), make_comment(article, author, "I will.")
    ballot = make_ballot(article.site)
    place(ballot, article)
    browser = browser_for(author)
    assert browser.get(f"/comments/{own.id}/edit").status_code == 200
    sanction(author, kind, site_id=article.site_id, until=now() + A_WEEK)
    refusals = [
        post(browser),
        post(browser, f"/comments/{theirs.id}/replies"),
        browser.post(f"/comments/{own.id}/edit", {"body": "I changed it."}),
        browser.post(f"/comments/{theirs.id}/reaction", {"liked": "yes"}),
        browser.post(f"/comments/{theirs.id}/reports", {"reason": "spam"}),
        browser.post(f"/ballots/{ballot.slug}/votes", {"option": str(ballot.options[0].id)}),
    ]
    assert [answer.status_code for answer in refusals] == [403] * len(refusals)
    assert all("may not take part" in answer.text for answer in refusals)
    assert (count(Comment), count(Reaction), count(Report), count(Vote)) == (2, 0, 0, 0)
    assert db.session.get_one(Comment, own.id).body_source == "I will."


def test_a_ban_on_all_sites_ends_every_session_and_leaves_reading_export_and_appeal(
    browser_for: Any, author: User, article: Article, sanction: Any
) -> None:
    make_comment(article, author, "My own words.")
    old = browser_for(author)
    sanction(author, "ban")
    assert "/login" in old.get("/account").headers["Location"]
    assert not db.session.scalars(select(MemberSession).where(MemberSession.ended_at.is_(None))).all()
    browser = browser_for(author)
    assert "My own words." in browser.get("/articles/opening-night").text
    assert browser.get("/account/export").status_code == 200
    statement = db.session.scalars(select(Statement)).one()
    path = f"/account/decisions/{statement.id}"
    assert "Three insults in a row." in browser.get(path).text
    assert browser.post(path, {"text": "I was provoked."}).status_code == 303
    assert post(browser).status_code == 403


def test_a_sanction_on_one_site_leaves_the_others_alone(
    browser_for: Any, author: User, article: Article, sanction: Any
) -> None:
    make_article(make_site("other", "The Other"), "other-night")
    sanction(author, "ban", site_id=article.site_id)
    browser = browser_for(author)
    assert post(browser).status_code == 403
    assert post(browser, "/articles/other-night/comments?site=other").status_code == 303


def test_a_suspension_ends_by_time_alone(browser_for: Any, author: User, article: Article, sanction: Any) -> None:
    sanction(author, "suspension", until=now() + A_WEEK)
    assert post(browser_for(author)).status_code == 403
    with time_machine.travel(now() + A_WEEK - timedelta(hours=1), tick=False):
        assert post(browser_for(author)).status_code == 403
    with time_machine.travel(now() + A_WEEK + timedelta(hours=1), tick=False):
        assert post(browser_for(author)).status_code == 303


def test_the_end_by_time_is_noted_and_logged_once(author: User, sanction: Any, acts: Any) -> None:
    sanction(author, "suspension", until=now() + A_WEEK)
    assert end_due_sanctions() == 0
    with time_machine.travel(now() + A_WEEK + timedelta(seconds=2), tick=False):
        assert end_due_sanctions() == 1
        db.session.commit()
        assert end_due_sanctions() == 0
        assert present(author).restrictions is None
    assert acts().count("sanction.over") == 1


def test_whoever_is_held_writes_for_a_moderator_first(
    browser_for: Any, client: Any, author: User, article: Article, sanction: Any
) -> None:
    earlier = make_comment(article, author, "Earlier.")
    sanction(author, "hold")
    browser = browser_for(author)
    assert post(browser, body="Watched.").status_code == 303
    assert db.session.scalars(select(Comment.state).order_by(Comment.id)).all() == ["published", "held"]
    assert "Watched." not in client.get("/articles/opening-night").text
    assert browser.post(f"/comments/{earlier.id}/edit", {"body": "Changed unseen."}).status_code == 403


def test_a_warning_restricts_nothing_and_is_told(
    browser_for: Any, author: User, article: Article, sanction: Any, told: Any
) -> None:
    sanction(author, "warning")
    assert post(browser_for(author)).status_code == 303
    assert present(author).restrictions is None
    mail = told()[-1]
    assert mail["subject"] == "A warning from the moderators"
    assert "Three insults in a row." in mail["text"]


def test_the_log_says_what_was_done_with_before_and_after(author: User, moderator: User, sanction: Any) -> None:
    given = sanction(author, "suspension", until=now() + A_WEEK)
    lift(given, moderator)
    db.session.commit()
    first, second = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("sanction.")))
    assert (first.action, first.reason, first.note) == ("sanction.given", "abuse", "Three insults in a row.")
    assert first.after is not None and first.after["kind"] == "suspension" and first.after["member"] == author.id
    assert (second.action, second.before, second.after) == ("sanction.lifted", first.after, {"lasts": False})


def test_lifting_counts_at_once_and_is_told(
    browser_for: Any, author: User, moderator: User, article: Article, sanction: Any, told: Any
) -> None:
    given, browser = sanction(author, "ban", site_id=article.site_id), browser_for(author)
    told()
    assert post(browser).status_code == 403
    mona = browser_for(moderator)
    assert mona.get(f"/moderation/sanctions/{given.id}/end").status_code == 200
    assert mona.post(f"/moderation/sanctions/{given.id}/end").status_code == 303
    assert post(browser).status_code == 303
    assert told()[-1]["subject"] == "A decision about you is lifted"
    assert not lift(db.session.get_one(Sanction, given.id), moderator)


def test_of_two_sanctions_the_longer_counts_and_both_are_mirrored(author: User, sanction: Any) -> None:
    sanction(author, "suspension", until=now() + A_WEEK)
    second = sanction(author, "suspension", until=now() + 2 * A_WEEK)
    with time_machine.travel(now() + A_WEEK + timedelta(hours=1), tick=False):
        assert present(author).is_barred()
        lift(second, author)
        db.session.commit()
        assert not present(author).is_barred()


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


def test_a_domain_is_barred_for_those_who_are_here_and_those_who_come(
    app: Flask, browser_for: Any, client: Any, article: Article, moderator: User
) -> None:
    here = make_member("Sid Spam", "sid@mail.spam.example.com")
    spared = make_member("Eve Elsewhere", "eve@notspam.example.org")
    sanction_domain(
        "spam.example.com", moderator, "ban", site_id=None, reason="spam", note="Only adverts come from there."
    )
    db.session.commit()
    assert present(here).is_barred()
    assert not present(spared).is_barred()
    form = {"email": "new@spam.example.com", "display_name": "Newly Come", "password": "correct horse battery"}
    answer = client.post("/register", form)
    assert answer.status_code == 422
    assert "cannot register here" in answer.text
    assert client.post("/register", form | {"email": "new@example.org"}).status_code == 303


def test_whoever_registers_at_a_domain_held_on_one_site_is_held_there(
    client: Any, article: Article, moderator: User
) -> None:
    sanction_domain("example.net", moderator, "hold", site_id=1, reason="spam", note="Adverts.")
    newcomer = make_member("Nora New", "nora@example.net")
    restrict_by_domain(newcomer)
    db.session.commit()
    assert present(newcomer).is_held(1)
    assert not present(newcomer).is_held()


def test_the_staff_are_spared_by_a_domains_sanction(moderator: User, editor: User, article: Article) -> None:
    sanction_domain("example.com", moderator, "ban", site_id=None, reason="spam", note="All of them.")
    db.session.commit()
    assert not present(editor).is_barred()
    assert not present(moderator).is_barred()


def test_lifting_a_domains_sanction_frees_its_accounts(article: Article, moderator: User) -> None:
    here = make_member("Sid Spam", "sid@spam.example.com")
    given = sanction_domain("spam.example.com", moderator, "ban", site_id=None, reason="spam", note="Adverts.")
    db.session.commit()
    lift(given, moderator)
    db.session.commit()
    assert not present(here).is_barred()
    assert db.session.scalars(select(Statement.state)).one() == "withdrawn"


def test_a_domain_is_sanctioned_from_its_page(browser_for: Any, article: Article, moderator: User) -> None:
    make_member("Sid Spam", "sid@spam.example.com")
    browser = browser_for(moderator)
    assert browser.get("/moderation/domains/sanctions?domain=%20%20").status_code == 303
    page = browser.get("/moderation/domains/sanctions?domain=@SPAM.example.com").text
    assert "It concerns 1 account," in page
    path = "/moderation/domains/sanctions?domain=spam.example.com"
    assert browser.post(path, FORM | {"kind": "warning"}).status_code == 422
    assert browser.post(path, FORM).status_code == 303
    assert "spam.example.com" in browser.get("/moderation/domains").text


def test_a_vote_that_waits_for_the_log_in_of_somebody_barred_is_not_cast(
    client: Any, author: User, article: Article, sanction: Any
) -> None:
    ballot = make_ballot(article.site, who="member")
    client.post(f"/ballots/{ballot.slug}/votes", {"option": str(ballot.options[0].id)})
    sanction(author, "suspension", until=now() + A_WEEK)
    way = f"/login?next=/ballots/{ballot.slug}"
    form = {"email": author.email, "password": "correct horse battery staple", "next": f"/ballots/{ballot.slug}"}
    assert client.post(way, form).status_code == 303
    assert count(Vote) == 0


@pytest.mark.parametrize("site_id", [None, 1])
def test_whoever_is_barred_keeps_their_name(
    browser_for: Any, author: User, article: Article, sanction: Any, site_id: int | None
) -> None:
    sanction(author, "suspension", site_id=site_id, until=now() + A_WEEK)
    answer = browser_for(author).post("/account/name", {"display_name": "Something rude"})
    assert answer.status_code == 403
    assert present(author).display_name == "Ada Author"


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
