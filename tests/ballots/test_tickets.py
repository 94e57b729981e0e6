"""A ticket is for one ballot, one voter, this origin and some minutes; only a form of ours votes, and only once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from board.articles.models import Site
from board.ballots.models import Ballot
from board.ballots.tickets import LIFETIME_SECONDS
from board.ballots.voters import DEVICE_COOKIE
from board.storage import now
from tests.ballots.conftest import FRAGMENT, counts, make_ballot
from tests.ballots.pressing import ask_again, press, states
from tests.conftest import Browser

NewReader = Callable[[], Browser]


def test_replayed_vote_does_not_undo_a_change_of_mind(reader: Browser, ballot: Ballot) -> None:
    path, form = ask_again(reader, ballot, 0)
    reader.post(path, form)
    press(reader, ballot, 1)
    replayed = reader.post(path, form, headers=FRAGMENT)
    assert replayed.status_code == 409
    assert "your vote stands" in replayed.text
    assert counts(ballot) == [0, 1, 0]


def test_replay_of_the_standing_vote_changes_nothing_and_is_no_mistake(reader: Browser, ballot: Ballot) -> None:
    path, form = ask_again(reader, ballot, 0)
    assert [reader.post(path, form).status_code for _ in range(3)] == [303] * 3
    assert counts(ballot) == [1, 0, 0]


def test_used_form_shows_a_fresh_one_with_the_new_choice(reader: Browser, ballot: Ballot) -> None:
    press(reader, ballot, 0)
    page = reader.get(f"/ballots/{ballot.slug}?change=1", headers=FRAGMENT).text
    ticket = page.partition('name="ticket" value="')[2].partition('"')[0]
    press(reader, ballot, 1, form={"ticket": ticket})
    refused = press(reader, ballot, 2, form={"ticket": ticket})
    assert refused.status_code == 409
    assert f'value="{ballot.options[2].id}" required checked' in refused.text
    fresh = refused.text.partition('name="ticket" value="')[2].partition('"')[0]
    assert press(reader, ballot, 2, form={"ticket": fresh}).status_code == 200
    assert counts(ballot) == [0, 0, 1]


def test_ticket_of_another_ballot_does_not_vote(reader: Browser, site: Site, ballot: Ballot) -> None:
    path, _form = ask_again(reader, make_ballot(site, "other"))
    ticket = path.partition("ticket=")[2]
    form = {"option": ballot.options[0].id}
    assert reader.post(f"/ballots/{ballot.slug}/votes?ticket={ticket}", form).status_code == 409
    assert reader.post(f"/ballots/{ballot.slug}/votes", {**form, "ticket": ticket}).status_code == 307
    assert counts(ballot) == [0, 0, 0]


def test_ticket_of_another_device_does_not_vote(new_reader: NewReader, ballot: Ballot) -> None:
    first, second = new_reader(), new_reader()
    path, form = ask_again(first, ballot)
    ask_again(second, ballot)
    assert second.post(path, form).status_code == 409
    assert counts(ballot) == [0, 0, 0]


def test_ticket_of_another_origin_does_not_vote(app: Flask, reader: Browser, ballot: Ballot) -> None:
    path, form = ask_again(reader, ballot)
    app.config["BOARD"].public_url = "https://elsewhere.example"
    assert reader.post(path, form).status_code == 409
    assert counts(ballot) == [0, 0, 0]


def test_expired_ticket_does_not_vote(reader: Browser, ballot: Ballot) -> None:
    path, form = ask_again(reader, ballot)
    with time_machine.travel(now() + timedelta(seconds=LIFETIME_SECONDS + 2), tick=False):
        assert reader.post(path, form).status_code == 409
    assert counts(ballot) == [0, 0, 0]


def test_ticket_without_its_cookie_does_not_vote(reader: Browser, ballot: Ballot) -> None:
    path, form = ask_again(reader, ballot)
    reader.http.delete_cookie(DEVICE_COOKIE)
    assert reader.post(path, form).status_code == 409
    assert counts(ballot) == [0, 0, 0]


@pytest.mark.parametrize("ticket", ["", ".", "..", "x.y.z", "9" * 5000, "1.é.ü", "٣.a.b"])
def test_nonsense_for_a_ticket_does_not_vote(reader: Browser, ballot: Ballot, ticket: str) -> None:
    reader.post(f"/ballots/{ballot.slug}/votes", {"option": ballot.options[0].id})
    form = {"option": ballot.options[0].id, "ticket": ticket}
    assert reader.post(f"/ballots/{ballot.slug}/votes", form).status_code == 307
    assert counts(ballot) == [0, 0, 0]


def test_no_get_votes_whatever_it_carries(reader: Browser, ballot: Ballot) -> None:
    path, form = ask_again(reader, ballot)
    for address in (path, f"/ballots/{ballot.slug}", f"/ballots/{ballot.slug}/ticket"):
        reader.get(f"{address}{'&' if '?' in address else '?'}option={form['option']}")
        reader.http.head(address)
    assert counts(ballot) == [0, 0, 0]


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}])
def test_vote_from_another_origin_is_refused(reader: Browser, ballot: Ballot, headers: dict[str, str]) -> None:
    path, form = ask_again(reader, ballot)
    assert reader.post(path, form, headers=headers).status_code == 403
    assert counts(ballot) == [0, 0, 0]


def test_dropped_cookies_give_votes_that_wait_once_the_network_has_had_its_share(
    app: Flask, new_reader: NewReader, ballot: Ballot
) -> None:
    app.config["BOARD"].new_device_votes_per_network = 3
    for _ in range(5):
        press(new_reader(), ballot)
    assert counts(ballot) == [3, 0, 0]
    assert states(ballot) == ["counted"] * 3 + ["quarantined"] * 2
