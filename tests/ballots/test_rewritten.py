"""An editor's change in the very moment of a vote: the vote starts over, on the ballot as it is then."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from board.accounts.models import User
from board.articles.models import Site
from board.ballots import views
from board.ballots.models import Ballot
from board.ballots.origins import origin_of
from board.ballots.papers import load_paper
from board.ballots.votes import Vote, VoteRecord
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import cast, counts, make_ballot
from tests.ballots.test_carrying import log_in
from tests.ballots.test_methods import ids
from tests.conftest import Browser

NewReader = Callable[[], Browser]
Edit = Callable[..., None]


@pytest.fixture
def edit_in_between(monkeypatch: pytest.MonkeyPatch, ballot: Ballot) -> Edit:
    """Return a function that has an editor set the terms as soon as the next vote has read the ballot."""

    def set_up(**terms: Any) -> None:
        left = [terms]

        def read_and_edit(slug: str) -> Ballot:
            paper = load_paper(slug)
            if left:
                edit(slug, left.pop())
            return paper

        monkeypatch.setattr(views, "load_paper", read_and_edit)

    return set_up


def edit(slug: str, terms: dict[str, Any]) -> None:
    """Set the terms in a transaction of its own."""
    with db.engine.begin() as connection:
        connection.execute(update(Ballot).where(Ballot.slug == slug).values(version=Ballot.version + 1, **terms))


def records() -> int:
    """Count the choices ever made."""
    return db.session.scalar(select(func.count()).select_from(VoteRecord)) or 0


def test_ballot_that_closes_in_this_moment_takes_no_vote(
    reader: Browser, ballot: Ballot, edit_in_between: Edit
) -> None:
    edit_in_between(state="closed", closes_at=now())
    answer = cast(reader, ballot, 0)
    assert answer.status_code == 409
    assert "Voting has closed. This vote was not counted." in answer.text
    assert (counts(ballot), records()) == ([0, 0, 0], 0)


def test_ballot_that_closes_in_this_moment_takes_no_change_of_mind(
    reader: Browser, ballot: Ballot, edit_in_between: Edit
) -> None:
    cast(reader, ballot, 0)
    edit_in_between(state="closed", closes_at=now())
    assert cast(reader, ballot, 1).status_code == 409
    assert (counts(ballot), records()) == ([1, 0, 0], 1)


def test_results_that_are_hidden_in_this_moment_are_not_in_the_answer(
    reader: Browser, new_reader: NewReader, ballot: Ballot, edit_in_between: Edit
) -> None:
    assert "100%" in cast(new_reader(), ballot, 0).text
    edit_in_between(results="after-close")
    answer = cast(reader, ballot, 0)
    assert "Thank you, your vote is in." in answer.text
    assert "100%" not in answer.text
    assert (counts(ballot), records()) == ([2, 0, 0], 2)


def test_vote_that_waited_for_a_log_in_starts_over_too(
    reader: Browser, author: User, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballot = make_ballot(site, "members", who="member")
    asked = reader.post(f"/ballots/{ballot.slug}/votes", {"option": ids(ballot)[0]})
    left = [{"closes_at": now() + timedelta(hours=1)}]

    def judge_and_edit(*args: Any) -> Any:
        if left:
            edit("members", left.pop())
        return origin_of(*args)

    monkeypatch.setattr("board.ballots.waiting.origin_of", judge_and_edit)
    log_in(reader, author, asked.headers["Location"])
    assert db.session.scalars(select(Vote.voter_key)).one() == f"m:{author.id}"
    assert records() == 1
