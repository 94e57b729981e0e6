"""A vote in a frame, and the tab of Board's own that the frame leads to: one browser, one vote."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from board.articles.models import Site
from board.ballots.models import Ballot
from board.storage import now
from tests.ballots.conftest import cast, counts, make_ballot
from tests.conftest import Browser
from tests.embed.vouching import AT, framed

TICKET = re.compile(r'name="ticket" value="([^"]+)"[^<]*></form>')


@pytest.fixture
def ballot(framable: Site) -> Ballot:
    return make_ballot(framable, results="always")


@pytest.fixture
def frame(app: Any, ballot: Ballot) -> Browser:
    return framed(app)


def vote_in(frame: Browser, ballot: Ballot) -> Any:
    form = {"option": ballot.options[0].id}
    answer = frame.post(f"{AT}/ballots/{ballot.slug}/votes", form, headers={"HX-Request": "true"})
    while answer.status_code == 307:
        answer = frame.post(answer.headers["Location"], form, headers={"HX-Request": "true"})
    return answer


def ticket_in(answer: Any) -> str:
    found = TICKET.search(answer.text)
    assert found, answer.text
    return found[1]


def follow(tab: Browser, ballot: Ballot, ticket: str, **more: Any) -> Any:
    return tab.post(f"/ballots/{ballot.slug}/tab", {"ticket": ticket, "to": "results"}, **more)


def test_the_tab_that_a_frame_leads_to_has_voted(app: Any, frame: Browser, ballot: Ballot) -> None:
    ticket, tab = ticket_in(vote_in(frame, ballot)), Browser(app)
    answer = follow(tab, ballot, ticket)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/ballots/{ballot.slug}/results")
    assert "Your vote" in tab.get(f"/ballots/{ballot.slug}").text
    cast(tab, ballot, 1)
    assert counts(ballot) == [0, 1, 0]  # changed, not cast once more


def test_so_has_the_frame_when_it_is_loaded_again(app: Any, frame: Browser, ballot: Ballot) -> None:
    vote_in(frame, ballot)
    tab = Browser(app)
    follow(tab, ballot, ticket_in(frame.get(f"/embed/ballots/{ballot.slug}")))
    assert "Your vote" in tab.get(f"/ballots/{ballot.slug}").text


def test_a_tab_keeps_what_it_has_voted_elsewhere(app: Any, frame: Browser, ballot: Ballot) -> None:
    other, tab = make_ballot(ballot.site, slug="best-dress"), Browser(app)
    cast(tab, other, 0)
    follow(tab, ballot, ticket_in(vote_in(frame, ballot)))
    for slug in (other.slug, ballot.slug):
        assert "Your vote" in tab.get(f"/ballots/{slug}").text


def test_nobody_is_brought_into_a_tab_by_another_page(app: Any, frame: Browser, ballot: Ballot) -> None:
    ticket, tab = ticket_in(vote_in(frame, ballot)), Browser(app)
    assert follow(tab, ballot, ticket, headers={"Origin": "https://paper.example"}).status_code == 403
    assert tab.get(f"/ballots/{ballot.slug}/tab?ticket={ticket}").status_code == 405
    assert "Your vote" not in tab.get(f"/ballots/{ballot.slug}").text


def test_a_ticket_is_one_ballots_and_lasts_an_hour(app: Any, frame: Browser, ballot: Ballot) -> None:
    ticket, other = ticket_in(vote_in(frame, ballot)), make_ballot(ballot.site, slug="best-dress")
    tab = Browser(app)
    for wrong in (ticket[:-4], f"x{ticket}", "", "a.b.c"):
        assert follow(tab, ballot, wrong).status_code == 303
    follow(tab, other, ticket)
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert follow(tab, ballot, ticket).status_code == 303
    assert "Your vote" not in tab.get(f"/ballots/{ballot.slug}").text


def test_board_s_own_pages_hold_no_ticket(app: Any, ballot: Ballot) -> None:
    reader = Browser(app)
    assert "/results" in cast(reader, ballot, 0).text
    assert "/tab" not in reader.get(f"/ballots/{ballot.slug}").text
    assert "/tab" not in framed(app).get(f"/embed/ballots/{ballot.slug}").text


def test_after_the_vote_the_results_offer_no_other(app: Any, ballot: Ballot) -> None:
    reader = Browser(app)
    path = f"/ballots/{ballot.slug}/results"
    assert f'<a href="/ballots/{ballot.slug}">Vote</a>' in reader.get(path).text
    cast(reader, ballot, 0)
    assert f'<a href="/ballots/{ballot.slug}">Your vote</a>' in reader.get(path).text
