"""What a stuffer tries with networks: dropped cookies, whole networks, forged headers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from board.articles.models import Site
from board.ballots.models import Ballot
from board.ballots.origins import hashed_network
from board.storage import now
from tests.ballots.conftest import counts, make_ballot
from tests.ballots.pressing import READER, doubts, press, states
from tests.conftest import Browser

NewReader = Callable[[], Browser]


def test_fifty_readers_behind_one_address_are_counted(new_reader: NewReader, ballot: Ballot) -> None:
    for _ in range(50):
        press(new_reader(), ballot)
    assert counts(ballot) == [50, 0, 0]


def test_all_addresses_of_a_network_share_its_budget(app: Flask, new_reader: NewReader, ballot: Ballot) -> None:
    app.config["BOARD"].votes_per_network_hour = 20
    for last in range(0, 256, 8):
        assert press(new_reader(), ballot, peer=f"203.0.113.{last}").status_code == 200
    assert counts(ballot) == [20, 0, 0]
    assert states(ballot).count("quarantined") == 12
    assert doubts(ballot)[-1] == ["network"]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:0:1200::1", "2001:db8:0:12ff::9", True),
        ("2001:db8:0:1200::1", "2001:db8:0:1300::1", False),
        ("::ffff:203.0.113.7", "203.0.113.9", True),
        ("", "not an address", True),
    ],
)
def test_network_is_a_24_or_a_56(ballot: Ballot, one: str, other: str, is_same: bool) -> None:
    assert (hashed_network(ballot, one) == hashed_network(ballot, other)) is is_same


def test_network_cannot_be_followed_to_another_ballot(site: Site, ballot: Ballot) -> None:
    assert hashed_network(ballot, READER) != hashed_network(make_ballot(site, "other"), READER)
    assert READER not in hashed_network(ballot, READER)


def test_budget_comes_back_with_the_next_hour(app: Flask, new_reader: NewReader, ballot: Ballot) -> None:
    app.config["BOARD"].votes_per_network_hour = 1
    with time_machine.travel(now().replace(minute=5), tick=False):
        press(new_reader(), ballot)
        press(new_reader(), ballot)
    with time_machine.travel(now().replace(minute=5) + timedelta(hours=1), tick=False):
        press(new_reader(), ballot)
    assert states(ballot).count("counted") == 2


def test_network_has_a_share_of_the_whole_ballot_too(app: Flask, new_reader: NewReader, ballot: Ballot) -> None:
    app.config["BOARD"].votes_per_network = 2
    for hours in range(3):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            press(new_reader(), ballot)
    assert doubts(ballot) == [[], [], ["shared"]]


def test_voter_who_repeats_and_changes_spends_one_vote_of_the_budget(
    app: Flask, new_reader: NewReader, ballot: Ballot
) -> None:
    app.config["BOARD"].votes_per_network_hour = 2
    first = new_reader()
    for position in (0, 0, 1, 2):
        press(first, ballot, position)
    press(new_reader(), ballot, 1)
    assert states(ballot) == ["counted", "counted"]


FORGED = [
    {"X-Forwarded-For": "198.51.100.{n}"},
    {"Forwarded": "for=198.51.{n}.1"},
    {"X-Real-IP": "198.51.{n}.1"},
    {"X-Forwarded-For": "198.51.{n}.1", "Forwarded": "for=198.51.{n}.2", "X-Real-Ip": "198.51.{n}.3"},
    {"CF-Connecting-IP": "198.51.{n}.1", "True-Client-IP": "198.51.{n}.1"},
]


@pytest.mark.parametrize("forged", FORGED)
def test_forged_forwarding_header_makes_no_new_network(
    app: Flask, new_reader: NewReader, ballot: Ballot, forged: dict[str, str]
) -> None:
    app.config["BOARD"].votes_per_network_hour = 2
    for n in range(4):
        press(new_reader(), ballot, headers={name: value.format(n=n) for name, value in forged.items()})
    assert counts(ballot) == [2, 0, 0]


def test_behind_a_trusted_proxy_only_what_the_proxy_added_is_believed(
    app: Flask, new_reader: NewReader, ballot: Ballot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "wsgi_app", ProxyFix(app.wsgi_app, x_for=1))
    app.config["BOARD"].votes_per_network_hour = 2
    for n in range(4):  # the reader forges the first address, the proxy adds the second
        press(new_reader(), ballot, headers={"X-Forwarded-For": f"198.51.{n}.1, 203.0.113.{n}"})
    assert counts(ballot) == [2, 0, 0]
    press(new_reader(), ballot, headers={"X-Forwarded-For": "203.0.113.1, 192.0.2.1"})
    assert counts(ballot) == [3, 0, 0]
