"""What a voter keeps: the choice made before logging in, the receipt afterwards; and what a vote costs."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.ballots.choices import METHODS, ranking
from board.ballots.models import Ballot
from board.ballots.ordering import alphabetical_key
from board.ballots.votes import Vote, VoteRecord
from board.extensions import db
from tests.ballots.conftest import FRAGMENT, cast, make_ballot, place
from tests.ballots.test_methods import chosen, ids, send
from tests.conftest import PASSWORD, Browser

NewReader = Callable[[], Browser]
MAX_STATEMENTS = 5  # the ballot's version, the vote, the record, the network's budgets, the counts


def log_in(browser: Browser, user: User, path: str) -> Any:
    """Fill in the log-in form at the address."""
    return browser.post(path, {"email": user.email, "password": PASSWORD})


@pytest.mark.parametrize("method", METHODS)
def test_choice_made_before_logging_in_is_cast_by_the_log_in(
    reader: Browser, author: User, site: Site, method: str
) -> None:
    ballot = make_ballot(site, who="member", method=method, max_choices=2)
    first, second, _third = ids(ballot)
    form = {"option": [second, first][: 1 if method == "one" else 2], f"score-{second}": "4"}
    asked = reader.post(f"/ballots/{ballot.slug}/votes", form)
    assert chosen() is None
    answer = log_in(reader, author, asked.headers["Location"])
    assert answer.status_code == 303
    page = reader.get(answer.headers["Location"]).text
    assert "Thank you, your vote is in." in page
    vote = db.session.scalars(select(Vote)).one()
    assert vote.voter_key == f"m:{author.id}"
    assert second in [option for option, _mark in vote.choice]
    if method == "ranked":
        assert vote.choice == ranking([second, first])


def test_choice_with_a_suggestion_waits_for_the_log_in(reader: Browser, author: User, site: Site) -> None:
    ballot = make_ballot(site, who="member", takes_write_ins=True)
    asked = reader.post(f"/ballots/{ballot.slug}/votes", {"option": "0", "write_in": "Wicked"})
    answer = log_in(reader, author, asked.headers["Location"])
    assert "Wicked" in reader.get(answer.headers["Location"]).text


def test_log_in_for_something_else_casts_nothing(reader: Browser, author: User, site: Site) -> None:
    ballot = make_ballot(site, who="member")
    reader.post(f"/ballots/{ballot.slug}/votes", {"option": ids(ballot)[0]})
    log_in(reader, author, "/login")
    assert chosen() is None
    assert reader.http.get_cookie("waiting_vote") is None


def test_log_in_page_names_the_choice_that_it_casts(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, who="member")
    page = reader.post(f"/ballots/{ballot.slug}/votes", {"option": ids(ballot)[1]}).headers["Location"]
    assert "Logging in casts your vote: Musical 2." in reader.get(page).text
    assert "Logging in casts" not in reader.get("/login").text


def test_log_in_page_that_was_left_open_casts_nothing(reader: Browser, author: User, site: Site) -> None:
    with time_machine.travel("2026-11-23 12:00Z", tick=False) as clock:
        ballot = make_ballot(site, who="member")
        asked = reader.post(f"/ballots/{ballot.slug}/votes", {"option": ids(ballot)[1]})
        clock.shift(6 * 60)
        assert "Logging in casts" not in reader.get(asked.headers["Location"]).text
        answer = log_in(reader, author, asked.headers["Location"])
        assert chosen() is None
        page = reader.get(answer.headers["Location"]).text
        assert "Your choice is filled in. Look at it, then press the button to vote." in page
        assert f'value="{ids(ballot)[1]}" required checked' in page
        assert reader.http.get_cookie("waiting_vote") is None


@pytest.mark.parametrize("value", ["", "x", "WyJ4Il0.x.y"])
def test_forged_waiting_choice_is_ignored(reader: Browser, author: User, site: Site, value: str) -> None:
    ballot = make_ballot(site, who="member")
    reader.http.set_cookie("waiting_vote", value)
    assert log_in(reader, author, f"/login?next=/ballots/{ballot.slug}").status_code == 303
    assert chosen() is None


def test_waiting_choice_that_comes_after_the_close_is_refused_in_words(
    reader: Browser, author: User, site: Site
) -> None:
    ballot = make_ballot(site, who="member")
    asked = reader.post(f"/ballots/{ballot.slug}/votes", {"option": ids(ballot)[0]})
    ballot.close()
    db.session.commit()
    answer = log_in(reader, author, asked.headers["Location"])
    assert "Voting has closed. This vote was not counted." in reader.get(answer.headers["Location"]).text
    assert chosen() is None


@pytest.mark.parametrize("method", METHODS)
def test_voter_sees_their_choice_and_the_receipt_and_nobody_else_does(
    new_reader: NewReader, site: Site, article: Article, method: str
) -> None:
    ballot = make_ballot(site, method=method, max_choices=2, results="after-close")
    place(ballot, article)
    voter, option = new_reader(), ids(ballot)[1]
    page = send(voter, ballot, {"option": option, f"score-{option}": "4"}).text
    receipt = db.session.scalars(select(Vote.receipt)).one()
    grouped = re.findall("....", receipt)
    for shown in (page, voter.get(f"/ballots/{ballot.slug}").text, voter.get("/articles/opening-night").text):
        assert " ".join(grouped) in shown
        assert "Your vote" in shown
        assert f"/ballots/{ballot.slug}/ledger#receipt" in shown
    assert {"ranked": "1st", "score": "4 of 5"}.get(method, "Musical 2") in page
    for path in (f"/ballots/{ballot.slug}", "/articles/opening-night"):
        assert grouped[0] not in new_reader().get(path).text
        assert "Your vote" not in new_reader().get(path).text


def test_changed_vote_has_another_receipt_that_names_the_former(reader: Browser, ballot: Ballot) -> None:
    cast(reader, ballot, 0)
    cast(reader, ballot, 1)
    first, second = db.session.scalars(select(VoteRecord).order_by(VoteRecord.id))
    assert second.replaces == first.receipt
    assert db.session.scalars(select(Vote.receipt)).one() == second.receipt


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is sent to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement != "BEGIN":
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("headers", "status", "more"), [({}, 303, 0), (FRAGMENT, 200, 1)])
def test_vote_costs_few_statements_however_many_options_there_are(
    new_reader: NewReader, site: Site, headers: dict[str, str], status: int, more: int
) -> None:
    small, large = make_ballot(site, "small", options=2), make_ballot(site, "large", options=50)
    for ballot in (small, large):
        browser = new_reader()
        cast(browser, make_ballot(site, f"before-{ballot.slug}"), 0)  # brings the device's cookie
        option = ids(ballot)[0]
        cast(new_reader(), ballot, 0)  # whose answer is rendered, and then filled in for others
        asked = browser.post(f"/ballots/{ballot.slug}/votes", {"option": option})  # brings the ticket
        with statements() as sent:
            answer = browser.post(asked.headers["Location"], {"option": option}, headers=headers)
        assert answer.status_code == status
        assert len(sent) <= MAX_STATEMENTS + more, sent  # the page's script is shown the tally


def test_options_are_kept_only_until_an_editor_changes_them(new_reader: NewReader, site: Site) -> None:
    ballot = make_ballot(site, options=3)
    cast(new_reader(), ballot, 0)
    gone = ids(ballot)[2]
    ballot.lock()
    ballot.options.remove(ballot.options[2])
    db.session.commit()
    reader = new_reader()
    assert cast(reader, ballot, 1).status_code in {200, 303}
    assert send(new_reader(), ballot, {"option": gone}).status_code == 422


def test_random_order_is_the_same_for_everybody_and_stays_for_who_is_known(new_reader: NewReader, site: Site) -> None:
    ballot = make_ballot(site, options=20, option_order="random")
    pages = [new_reader().get(f"/ballots/{ballot.slug}").data for _ in range(2)]
    assert pages[0] == pages[1]
    assert b"data-shuffle" in pages[0]
    orders = set()
    for _ in range(3):
        reader = new_reader()
        cast(reader, ballot, 0)
        first, second = (shown(reader.get(f"/ballots/{ballot.slug}?change=1", headers=FRAGMENT)) for _ in range(2))
        assert first == second
        assert sorted(first) == sorted(ids(ballot))
        orders.add(tuple(first))
    assert len(orders) > 1


def shown(answer: Any) -> list[int]:
    """Return the options in the order of the page."""
    return [int(number) for number in re.findall(r'<li[^>]*data-option="(\d+)"', answer.text)]


def test_alphabetical_order_is_blind_to_case_and_accents_and_knows_the_language(app: object) -> None:
    texts = ["Zorro", "Évita", "annie", "Änglar", "Evita 2", "Cats"]
    assert sorted(texts, key=lambda text: alphabetical_key(text, "en"))[:3] == ["Änglar", "annie", "Cats"]
    assert sorted(texts, key=lambda text: alphabetical_key(text, "sv"))[-1] == "Änglar"
    assert sorted(texts, key=lambda text: alphabetical_key(text, "de"))[3:5] == ["Évita", "Evita 2"]
