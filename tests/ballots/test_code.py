"""Where each e-mail address votes once: a mailed code shows that the address is the voter's."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from board.accounts.models import User
from board.articles.models import Site
from board.ballots import views
from board.ballots.codes import MAX_TRIES, VoteCode
from board.ballots.models import Ballot, BallotOption
from board.extensions import db
from board.outbox import OutboxRow
from board.storage import now
from tests.ballots.conftest import FRAGMENT, cast, counts, make_ballot
from tests.conftest import Browser


@pytest.fixture
def ballot(site: Site) -> Ballot:
    """Return an open ballot in which each address has one vote."""
    return make_ballot(site, who="email")


def send(browser: Browser, ballot: Ballot, position: int = 0, **fields: str) -> Any:
    """Press the ballot's button."""
    form = {"option": ballot.options[position].id, **fields}
    return browser.post(f"/ballots/{ballot.slug}/votes", form, headers=FRAGMENT)


def ask(browser: Browser, ballot: Ballot, address: str = "reader@example.com", position: int = 0) -> dict[str, str]:
    """Ask for a code; return what the next form has to hold."""
    page = send(browser, ballot, position, email=address).text
    token = re.search(r'name="token" value="([^"]+)"', page)
    mails = list(db.session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
    code = re.search(r"\d{6}", mails[-1].payload["subject"])
    assert token
    assert code
    assert mails[-1].payload["to"] == address
    return {"token": token[1], "code": code[0], "email": address}


def test_address_votes_after_its_code_and_the_choice_is_kept(reader: Browser, ballot: Ballot) -> None:
    page = send(reader, ballot, 1, email="reader@example.com")
    assert page.status_code == 200
    assert f'value="{ballot.options[1].id}" required checked' in page.text
    assert counts(ballot) == [0, 0, 0]
    answer = send(reader, ballot, 1, **ask(reader, ballot, position=1))
    assert answer.status_code == 200
    assert "is-own" in answer.text
    assert counts(ballot) == [0, 1, 0]


def test_one_network_cannot_have_codes_without_end(
    reader: Browser, ballot: Ballot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "CODES_PER_NETWORK", 2)
    answers = [send(reader, ballot, email=f"reader{number}@example.com") for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Wait 15 minutes, then press the button again." in answers[2].text
    assert 'value="reader2@example.com"' in answers[2].text
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 2


def test_browser_remembers_the_address_and_may_change_the_vote(reader: Browser, ballot: Ballot) -> None:
    send(reader, ballot, 0, **ask(reader, ballot))
    assert "is-own" in reader.get(f"/ballots/{ballot.slug}", headers=FRAGMENT).text
    assert cast(reader, ballot, 2).status_code == 200
    assert counts(ballot) == [0, 0, 1]


@pytest.mark.parametrize("address", ["reader@example.com", "READER@Example.com"])
def test_address_votes_once_in_two_browsers(new_reader: Callable[[], Browser], ballot: Ballot, address: str) -> None:
    first, second = new_reader(), new_reader()
    send(first, ballot, 0, **ask(first, ballot))
    send(second, ballot, 0, **{**ask(second, ballot), "email": address})
    assert counts(ballot) == [1, 0, 0]


def test_member_and_their_address_are_one_voter(
    browser_for: Callable[[User], Browser], author: User, reader: Browser, ballot: Ballot
) -> None:
    cast(browser_for(author), ballot, 0)
    send(reader, ballot, 1, **ask(reader, ballot, author.email))
    assert counts(ballot) == [0, 1, 0]


def test_pressing_twice_with_the_code_is_one_vote_and_no_mistake(
    new_reader: Callable[[], Browser], ballot: Ballot
) -> None:
    form = ask(new_reader(), ballot)
    answers = [send(new_reader(), ballot, 0, **form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert counts(ballot) == [1, 0, 0]


def test_used_code_does_not_change_the_vote(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    form = ask(new_reader(), ballot)
    send(new_reader(), ballot, 0, **form)
    answer = send(new_reader(), ballot, 1, **form)
    assert answer.status_code == 422
    assert "used up" in answer.text
    assert counts(ballot) == [1, 0, 0]


@pytest.mark.parametrize("text", ["Rent", "<b>", ""])
def test_used_code_suggests_nothing(reader: Browser, new_reader: Callable[[], Browser], site: Site, text: str) -> None:
    ballot = make_ballot(site, "with-write-ins", who="email", takes_write_ins=True)
    form = {**ask(reader, ballot), "option": "0", "write_in": "Cats"}
    assert send(reader, ballot, 0, **form).status_code == 200
    answer = send(new_reader(), ballot, 0, **{**form, "write_in": text})
    assert answer.status_code == 422
    suggested = select(BallotOption.text).where(BallotOption.state == "proposed")
    assert list(db.session.scalars(suggested)) == ["Cats"]


def test_wrong_code_can_be_tried_again_a_few_times(reader: Browser, ballot: Ballot) -> None:
    form = ask(reader, ballot)
    wrong = {**form, "code": "000000" if form["code"] != "000000" else "111111"}
    for _ in range(MAX_TRIES):
        assert "not the code" in send(reader, ballot, 0, **wrong).text
    assert "used up" in send(reader, ballot, 0, **form).text
    assert counts(ballot) == [0, 0, 0]


def test_code_is_over_after_ten_minutes(reader: Browser, ballot: Ballot) -> None:
    form = ask(reader, ballot)
    db.session.execute(update(VoteCode).values(expires_at=now() - timedelta(seconds=1)))
    db.session.commit()
    assert "too old" in send(reader, ballot, 0, **form).text
    assert counts(ballot) == [0, 0, 0]


def test_code_of_another_ballot_is_refused(reader: Browser, site: Site, ballot: Ballot) -> None:
    form = ask(reader, make_ballot(site, "other", who="email"))
    assert send(reader, ballot, 0, **form).status_code == 422


def test_code_is_stored_hashed(reader: Browser, ballot: Ballot) -> None:
    form = ask(reader, ballot)
    row = db.session.scalars(select(VoteCode)).one()
    kept = f"{row.token_hash}{row.voter_key}{row.code_hash}"
    assert all(secret not in kept for secret in form.values())


def test_address_gets_no_flood_of_codes(reader: Browser, ballot: Ballot) -> None:
    answers = [send(reader, ballot, 0, email="reader@example.com").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 3


@pytest.mark.parametrize("address", ["", "reader", "a@b@c", "reader@example.com\nBcc: x@example.com", "x" * 300])
def test_what_is_no_address_is_said_beside_the_field(reader: Browser, ballot: Ballot, address: str) -> None:
    answer = send(reader, ballot, 0, email=address)
    assert answer.status_code == 422
    assert "Enter an e-mail address" in answer.text
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_no_code_is_mailed_once_voting_has_closed(reader: Browser, ballot: Ballot) -> None:
    ballot.close()
    db.session.commit()
    assert send(reader, ballot, 0, email="reader@example.com").status_code == 409
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_another_code_can_be_asked_for_and_the_choice_is_kept(reader: Browser, ballot: Ballot) -> None:
    form = ask(reader, ballot, position=1)
    page = send(reader, ballot, 1, **{**form, "code": "", "again": "1"}).text
    assert 'type="email"' in page
    assert 'value="reader@example.com"' in page
    assert f'value="{ballot.options[1].id}" required checked' in page


def test_enter_in_the_code_field_votes(reader: Browser, ballot: Ballot) -> None:
    page = send(reader, ballot, 1, email="reader@example.com").text
    form = page[page.index('name="code"') :]
    assert form.index(">Vote</button>") < form.index('name="again"')
