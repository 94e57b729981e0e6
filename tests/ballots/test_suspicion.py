"""The steps that make a vote doubtful, and what a burst is."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from board.articles.models import Site
from board.ballots.budgets import Budget, VoteBudget, overdrawn, purge_budgets
from board.ballots.choices import Counts
from board.ballots.models import Ballot
from board.ballots.pace import WINDOW, judge_pace
from board.ballots.suspicion import SENTENCES, STEPS
from board.ballots.tally import COUNTED, TURNOUT
from board.ballots.votes import Vote
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import make_ballot
from tests.ballots.pressing import press
from tests.conftest import Browser


def test_every_step_has_its_sentence() -> None:
    assert list(STEPS) == list(SENTENCES)
    assert all(str(sentence).endswith(".") for sentence in SENTENCES.values())


def tally(**votes: int) -> Counts:
    """Return a tally of the options a, b and c."""
    counts: Counts = Counter({(number, 1): votes.get(name, 0) for number, name in enumerate("abc", 1)})
    counts[TURNOUT, COUNTED] = sum(votes.values())
    return counts


@pytest.mark.parametrize(
    ("former", "present", "bursting"),
    [
        ({"a": 100, "b": 100}, {"a": 110, "b": 110}, set()),  # as usual
        ({"a": 100, "b": 100}, {"a": 500, "b": 110}, {(1, 1)}),  # one option alone
        ({"a": 100, "b": 100}, {"a": 500, "b": 500}, set()),  # a newsletter went out: all rise
        ({"a": 100, "b": 100}, {"a": 250, "b": 100}, set()),  # below the floor
        ({"a": 10_000, "b": 9_000}, {"a": 10_900, "b": 9_000}, set()),  # below ten times the usual
        ({"a": 100, "b": 100}, {"a": 110, "b": 110, "c": 300}, {(3, 1)}),  # an option that nobody chose before
    ],
)
def test_burst_is_one_option_far_above_its_usual_pace(
    former: dict[str, int], present: dict[str, int], bursting: set[tuple[int, int]]
) -> None:
    assert judge_pace(tally(**former), tally(**present), windows=100, floor=200) == bursting


def test_votes_in_a_burst_wait(app: Flask, new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, opens_at=now() - timedelta(days=2))
    app.config["BOARD"].vote_burst = 5
    app.extensions.pop("ballot_paces", None)
    press(new_reader(), ballot, 0)
    with time_machine.travel(now() + WINDOW, tick=False):
        for n in range(16):
            app.extensions.pop("ballot_paces", None)
            press(new_reader(), ballot, 0, peer=f"10.0.{n}.1")
        app.extensions.pop("ballot_paces", None)
        press(new_reader(), ballot, 1, peer="10.1.1.1")
    found = db.session.execute(select(Vote.state, Vote.suspicion).where(Vote.ballot_id == ballot.id)).all()
    assert sum(state == "quarantined" for state, _group in found) == 7  # the first ten could be chance
    assert {group.split("-")[0] for state, group in found if state == "quarantined"} == {
        f"burst:{ballot.options[0].id}"
    }


def test_new_ballot_has_no_usual_pace_yet(app: Flask, new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    app.config["BOARD"].vote_burst = 1
    for n in range(4):
        press(new_reader(), ballot, 0, peer=f"10.0.{n}.1")
    assert not db.session.scalars(select(Vote).where(Vote.state != "counted")).all()


def test_budget_is_spent_to_its_limit_and_not_beyond(ballot: Ballot) -> None:
    budget = Budget("network", "abc", 3, timedelta(hours=1))
    with time_machine.travel(now(), tick=False):
        assert [bool(overdrawn(ballot.id, [budget])) for _ in range(5)] == [False] * 3 + [True] * 2
        assert db.session.scalar(select(VoteBudget.count)) == 3


def test_counts_of_windows_that_have_passed_are_swept(ballot: Ballot) -> None:
    budgets = [Budget("network", "abc", 3, timedelta(hours=1)), Budget("shared", "abc", 3)]
    overdrawn(ballot.id, budgets)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert purge_budgets() == 1
    assert db.session.scalar(select(func.count()).select_from(VoteBudget)) == 1
