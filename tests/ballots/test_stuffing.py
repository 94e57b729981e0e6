"""What a stuffer tries: replays, other ballots' tickets, GET, forged headers, whole networks, dropped cookies."""

import hashlib
import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix

from board.accounts.models import User
from board.articles.models import Site
from board.ballots.mailboxes import disposable_domain, doubts_about, mailbox_of
from board.ballots.models import Ballot
from board.ballots.origins import hashed_network
from board.ballots.tickets import LIFETIME_SECONDS, is_worked
from board.ballots.voters import DEVICE_COOKIE
from board.ballots.votes import Vote
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import FRAGMENT, counts, make_ballot
from tests.conftest import Browser
from tests.factories import make_member

NewReader = Callable[[], Browser]
READER = "203.0.113.7"


def press(browser: Browser, ballot: Ballot, position: int = 0, *, peer: str = READER, **fields: Any) -> Any:
    """Press the button and follow the 307 as browsers do; the request comes from the address."""
    form = {"option": ballot.options[position].id, **fields.pop("form", {})}
    more = {"environ_base": {"REMOTE_ADDR": peer}, "headers": {**FRAGMENT, **fields.pop("headers", {})}}
    answer = browser.post(f"/ballots/{ballot.slug}/votes", form, **more)
    return browser.post(answer.headers["Location"], form, **more) if answer.status_code == 307 else answer


def ask_again(browser: Browser, ballot: Ballot, position: int = 0) -> tuple[str, dict[str, Any]]:
    """Press once; return where the form is to be sent again, and the form."""
    form = {"option": ballot.options[position].id}
    answer = browser.post(f"/ballots/{ballot.slug}/votes", form)
    assert answer.status_code == 307
    return answer.headers["Location"], form


def states(ballot: Ballot) -> list[str]:
    """Return the states of the votes as they came."""
    query = select(Vote.state).where(Vote.ballot_id == ballot.id).order_by(Vote.cast_at)
    return list(db.session.scalars(query))


def doubts(ballot: Ballot) -> list[list[str]]:
    """Return the doubts about the votes as they came."""
    query = select(Vote.doubts).where(Vote.ballot_id == ballot.id).order_by(Vote.cast_at)
    return list(db.session.scalars(query))


# Tickets


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


# Networks


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


# Accounts and addresses


def test_new_accounts_of_one_network_wait_beyond_a_few(
    app: Flask, browser_for: Callable[[User], Browser], site: Site
) -> None:
    ballot = make_ballot(site, who="member")
    app.config["BOARD"].fresh_account_votes_per_network = 2
    for n in range(4):
        press(browser_for(make_member(f"New {n}", f"new{n}@example.com")), ballot)
    old = make_member("Old", "old@example.com", created_at=now() - timedelta(days=30))
    press(browser_for(old), ballot)
    assert doubts(ballot) == [[], [], ["fresh_accounts"], ["fresh_accounts"], []]


def test_banned_member_does_not_vote_as_a_member(
    browser_for: Callable[[User], Browser], author: User, site: Site
) -> None:
    ballot = make_ballot(site, who="member")
    browser = browser_for(author)
    author.active = False
    db.session.commit()
    press(browser, ballot)
    assert counts(ballot) == [0, 0, 0]


def test_member_with_a_throw_away_address_waits(browser_for: Callable[[User], Browser], site: Site) -> None:
    ballot = make_ballot(site, who="email")
    press(browser_for(make_member("Gone", "gone@mailinator.com")), ballot)
    assert doubts(ballot) == [["disposable"]]
    assert counts(ballot) == [0, 0, 0]


@pytest.mark.parametrize("typed", ["troll@gmail.com", "troll+again@gmail.com", "tr.oll@googlemail.com"])
def test_address_of_a_closed_account_is_doubted_however_it_is_spelled(app: Flask, typed: str) -> None:
    make_member("Troll", "troll@gmail.com", active=False)
    assert [doubt.code for doubt in doubts_about(typed)] == ["banned"]


def test_operator_can_name_more_throw_away_domains(app: Flask) -> None:
    assert disposable_domain("a@spam.example") == ""
    app.config["BOARD"].disposable_domains = "spam.example, other.example"
    assert disposable_domain("a@SPAM.example") == disposable_domain("a@deep.spam.example") == "spam.example"


@pytest.mark.parametrize(
    ("typed", "mailbox"),
    [
        ("Ada@Example.com", "ada@example.com"),
        ("ada+vote7@example.com", "ada@example.com"),
        ("a.d.a+x@googlemail.com", "ada@gmail.com"),
        ("a.d.a@example.com", "a.d.a@example.com"),
        ("+x@example.com", "+x@example.com"),
    ],
)
def test_spellings_of_one_mailbox_are_one_voter(typed: str, mailbox: str) -> None:
    assert mailbox_of(typed) == mailbox


# Nobody is told


def test_quarantined_vote_is_answered_letter_by_letter_like_a_counted_one(
    app: Flask, new_reader: NewReader, site: Site
) -> None:
    ballot = make_ballot(site, results="after-close")
    app.config["BOARD"].votes_per_network_hour = 1
    answers = [press(new_reader(), ballot) for _ in range(2)]
    assert states(ballot) == ["counted", "quarantined"]
    assert without_receipt(answers[0]) == without_receipt(answers[1])
    assert answers[0].status_code == answers[1].status_code
    assert {*answers[0].headers.keys()} == {*answers[1].headers.keys()}


def test_voter_in_quarantine_sees_the_numbers_that_everybody_sees(
    app: Flask, new_reader: NewReader, ballot: Ballot
) -> None:
    app.config["BOARD"].votes_per_network_hour = 1
    counted, waiting = new_reader(), new_reader()
    press(counted, ballot)
    press(waiting, ballot)
    pages = [reader.get(f"/ballots/{ballot.slug}", headers=FRAGMENT) for reader in (counted, waiting)]
    assert without_receipt(pages[0]) == without_receipt(pages[1])


def test_voter_in_quarantine_may_change_their_mind_and_still_waits(
    app: Flask, new_reader: NewReader, ballot: Ballot
) -> None:
    app.config["BOARD"].votes_per_network_hour = 1
    press(new_reader(), ballot)
    reader = new_reader()
    for position in (0, 1):
        assert press(reader, ballot, position).status_code == 200
    assert counts(ballot) == [1, 0, 0]


def without_receipt(answer: Any) -> str:
    """Return the page without the voter's own receipt and ticket, which are random."""
    text: str = answer.text
    for receipt in db.session.scalars(select(Vote.receipt)):
        spaced = " ".join(receipt[place : place + 4] for place in range(0, len(receipt), 4))
        text = text.replace(receipt, "").replace(spaced, "")
    return "\n".join(line for line in text.splitlines() if 'name="ticket"' not in line)


# Proof of work


def worked(ticket: str, bits: int) -> str:
    """Do the work that the page's script does."""
    return next(str(n) for n in itertools.count() if is_worked(ticket, str(n), bits))


def test_vote_with_its_work_counts(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, work_bits=8)
    told = reader.get(f"/ballots/{ballot.slug}/ticket")
    assert told.headers["Cache-Control"] == "private, no-store"
    ticket, bits = told.json["ticket"], told.json["bits"]
    press(reader, ballot, form={"ticket": ticket, "work": worked(ticket, bits)})
    assert counts(ballot) == [1, 0, 0]


def test_reader_without_a_script_votes_and_waits(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, work_bits=8)
    assert press(reader, ballot).status_code == 200
    assert doubts(ballot) == [["no_work"]]
    assert counts(ballot) == [0, 0, 0]


def test_work_for_another_device_or_ballot_is_none(new_reader: NewReader, site: Site) -> None:
    ballot, other = make_ballot(site, work_bits=8), make_ballot(site, "other", work_bits=8)
    first, second = new_reader(), new_reader()
    ticket = first.get(f"/ballots/{ballot.slug}/ticket").json["ticket"]
    work = {"ticket": ticket, "work": worked(ticket, 8)}
    second.get(f"/ballots/{ballot.slug}/ticket")
    press(second, ballot, form=work)
    press(first, other, form=work)
    assert doubts(ballot) == doubts(other) == [["no_work"]]


def test_work_is_the_leading_zero_bits_of_a_sha256() -> None:
    work = worked("ticket", 12)
    assert hashlib.sha256(f"ticket.{work}".encode()).hexdigest().startswith("000")
    assert is_worked("ticket", "anything", 0)
