"""The sponsor's report: what a sponsor may know, and who may open it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from board.accounts.models import User
from board.articles.models import Article, Site
from board.ballots.audience import Audience, BallotDay
from board.ballots.choices import one
from board.ballots.ledger.sealing import seal_ballot
from board.ballots.models import Ballot
from board.ballots.report import Figures, folded, make_link, report_of, withdraw_links
from board.ballots.votes import Origin, cast_vote
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import make_ballot, make_sponsor, place
from tests.conftest import Browser

BrowserFor = Callable[[User], Browser]


@pytest.fixture
def sponsored(site: Site) -> Ballot:
    sponsor = make_sponsor(site)
    return make_ballot(site, "sponsored", sponsor_id=sponsor.id, disclosure="Sponsored · presented by Stagecraft Ltd")


def tell(browser: Browser, ballot: Ballot, kind: str = "impressions", place: object = "", **more: object) -> int:
    """Send what the page's script sends; return the status."""
    path = f"/ballots/{ballot.slug}/audience"
    return int(browser.post(path, {"kind": kind, "place": str(place)}, **more).status_code)


def flush() -> None:
    from flask import current_app

    audience: Audience = current_app.extensions["audience"]
    audience.flush()


def days(ballot: Ballot) -> list[tuple[int, int, int]]:
    rows = db.session.query(BallotDay).filter_by(ballot_id=ballot.id).order_by(BallotDay.article_id)
    return [(row.article_id, row.impressions, row.presses) for row in rows]


def fill(ballot: Ballot, impressions: int = 500, votes: int = 120, presses: int = 40, **more: object) -> None:
    values = {"day": now().date(), "article_id": 0, **more}
    db.session.add(BallotDay(ballot_id=ballot.id, impressions=impressions, votes=votes, presses=presses, **values))
    db.session.commit()


def test_what_browsers_tell_is_counted_by_page(reader: Browser, sponsored: Ballot, article: Article) -> None:
    place(sponsored, article)
    for _ in range(3):
        assert tell(reader, sponsored, place=f"/articles/{article.external_id}") == 204
    tell(reader, sponsored, "presses", f"/articles/{article.external_id}")
    tell(reader, sponsored)
    flush()
    assert days(sponsored) == [(0, 1, 0), (article.id, 3, 1)]
    tell(reader, sponsored)
    flush()
    assert days(sponsored)[0] == (0, 2, 0)


@pytest.mark.parametrize(
    "place", ["/articles/nowhere", "/ballots/sponsored", "//evil.example", "x" * 9000, "/articles/%00"]
)
def test_pages_that_are_none_count_as_elsewhere(reader: Browser, sponsored: Ballot, place: str) -> None:
    assert tell(reader, sponsored, place=place) == 204
    flush()
    assert days(sponsored) == [(0, 1, 0)]


def test_another_site_cannot_tell(reader: Browser, sponsored: Ballot) -> None:
    assert tell(reader, sponsored, headers={"Origin": "https://evil.example"}) == 403
    assert tell(reader, sponsored, "votes") == 400
    flush()
    assert days(sponsored) == []


def test_drafts_and_unknown_ballots_have_no_audience(reader: Browser, site: Site) -> None:
    draft = make_ballot(site, "draft", state="draft")
    assert tell(reader, draft) == 404


def test_votes_are_added_when_they_are_sealed(sponsored: Ballot, article: Article) -> None:
    place(sponsored, article)
    for voter in range(3):
        origin = Origin(places=[article.external_id] if voter else ["nowhere"])
        cast_vote(sponsored, f"m:{voter}", one(sponsored.options[0].id), origin)
    db.session.commit()
    with time_machine.travel(now() + timedelta(minutes=2)):
        seal_ballot(sponsored.id)
    seal_ballot(sponsored.id)
    rows = db.session.query(BallotDay).filter_by(ballot_id=sponsored.id).order_by(BallotDay.article_id)
    assert [(row.article_id, row.votes) for row in rows] == [(0, 1), (article.id, 2)]


def test_sponsor_reads_the_report_at_the_secret_link_only(reader: Browser, sponsored: Ballot) -> None:
    fill(sponsored)
    key = make_link(sponsored)
    db.session.commit()
    answer = reader.get(f"/ballots/sponsored/report/{key}")
    assert answer.status_code == 200
    assert "500" in answer.text and "120" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    for wrong in (key[:-1], key + "x", "x" * 500, "x"):
        assert reader.get(f"/ballots/sponsored/report/{wrong}").status_code == 404


def test_link_of_another_ballot_opens_nothing(reader: Browser, sponsored: Ballot, site: Site) -> None:
    other = make_ballot(site, "other")
    key = make_link(other)
    db.session.commit()
    assert reader.get(f"/ballots/sponsored/report/{key}").status_code == 404


def test_new_link_ends_the_former_and_a_withdrawn_one_is_dead(reader: Browser, sponsored: Ballot) -> None:
    first, second = make_link(sponsored), make_link(sponsored)
    db.session.commit()
    assert reader.get(f"/ballots/sponsored/report/{first}").status_code == 404
    assert reader.get(f"/ballots/sponsored/report/{second}").status_code == 200
    assert withdraw_links(sponsored)
    db.session.commit()
    assert reader.get(f"/ballots/sponsored/report/{second}").status_code == 404


def test_report_tells_no_results(reader: Browser, sponsored: Ballot) -> None:
    fill(sponsored)
    key = make_link(sponsored)
    db.session.commit()
    page = reader.get(f"/ballots/sponsored/report/{key}").text
    assert not [option.text for option in sponsored.options if option.text in page]


def test_rows_with_too_few_are_counted_together(sponsored: Ballot) -> None:
    today = now().date()
    fill(sponsored, 100, 30, 0, day=today)
    fill(sponsored, 100, 9, 0, day=today - timedelta(days=1))
    fill(sponsored, 4, 2, 0, day=today - timedelta(days=2))
    report = report_of(sponsored)
    assert [row.counts for row in report.days] == [(100, 30, 0), (104, 11, 0)]
    assert report.days[1].label is None
    assert report.totals.counts == (204, 41, 0)


def test_too_few_in_all_are_not_told() -> None:
    assert [row.counts for row in folded([Figures("a", counts=(3, 0, 12))])] == [(None, 0, 12)]


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([(500, 50, 3), (400, 40, 20), (300, 30, 30)], [(400, 40, 20), (800, 80, 33)]),
        ([(500, 50, 3), (400, 40, 0), (300, 30, 4)], [(1200, 120, None)]),
        ([(50, 4, 0), (90, 7, 0), (80, 60, 0)], [(80, 60, 0), (140, 11, 0)]),
    ],
)
def test_what_is_too_few_does_not_follow_from_the_total(
    rows: list[tuple[int, int, int]], shown: list[tuple[int | None, ...]]
) -> None:
    assert [row.counts for row in folded([Figures(str(counts), counts=counts) for counts in rows])] == shown


def test_editor_makes_and_withdraws_the_link(browser_for: BrowserFor, editor: User, sponsored: Ballot) -> None:
    desk = browser_for(editor)
    made = desk.post("/manage/ballots/sponsored/report/link", {})
    assert made.status_code == 303
    page = desk.get(made.headers["Location"]).text
    (address,) = set(re.findall(r"http://localhost(/ballots/sponsored/report/[\w-]+)", page))
    assert browser_for(editor).get(address).status_code == 200
    again = desk.get(made.headers["Location"]).text
    assert address not in again, "the address is shown once"
    assert "Withdraw the link" in again
    assert desk.post("/manage/ballots/sponsored/report/link/withdrawal", {}).status_code == 303
    assert "Withdraw the link" not in desk.get("/manage/ballots/sponsored/report").text


def test_members_have_no_report(browser_for: BrowserFor, other_member: User, sponsored: Ballot) -> None:
    member = browser_for(other_member)
    assert member.get("/manage/ballots/sponsored/report").status_code == 403
    assert member.post("/manage/ballots/sponsored/report/link", {}).status_code == 403
