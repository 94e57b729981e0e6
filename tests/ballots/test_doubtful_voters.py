"""Accounts and addresses that are doubted, voters who are not told, and work that browsers do."""

import hashlib
import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Site
from board.ballots.mailboxes import disposable_domain, doubts_about, mailbox_of
from board.ballots.models import Ballot
from board.ballots.tickets import is_worked
from board.ballots.votes import Vote
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import FRAGMENT, counts, make_ballot
from tests.ballots.pressing import doubts, press, states
from tests.conftest import Browser
from tests.factories import make_member

NewReader = Callable[[], Browser]


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
    ballot = make_ballot(site, work_bits=20)
    assert press(reader, ballot).status_code == 200
    assert doubts(ballot) == [["no_work"]]
    assert counts(ballot) == [0, 0, 0]


def test_work_for_another_device_or_ballot_is_none(new_reader: NewReader, site: Site) -> None:
    ballot, other = make_ballot(site, work_bits=16), make_ballot(site, "other", work_bits=16)
    first, second = new_reader(), new_reader()
    ticket = first.get(f"/ballots/{ballot.slug}/ticket").json["ticket"]
    work = {"ticket": ticket, "work": worked(ticket, 16)}
    second.get(f"/ballots/{ballot.slug}/ticket")
    press(second, ballot, form=work)
    press(first, other, form=work)
    assert doubts(ballot) == doubts(other) == [["no_work"]]


def test_work_is_the_leading_zero_bits_of_a_sha256() -> None:
    work = worked("ticket", 12)
    assert hashlib.sha256(f"ticket.{work}".encode()).hexdigest().startswith("000")
    assert is_worked("ticket", "anything", 0)
