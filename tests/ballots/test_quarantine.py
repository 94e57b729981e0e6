"""The editor's quarantine: groups, one press to count or to void, undo; the tally moves with the votes."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from board.access import Refused
from board.accounts.models import User
from board.articles.models import Site
from board.audit import AuditEntry
from board.ballots import quarantine as desk
from board.ballots.choices import one
from board.ballots.models import Ballot
from board.ballots.quarantine import Decision, decide, undo
from board.ballots.quarantine_groups import groups_in
from board.ballots.tally import COUNTED, QUARANTINED, TURNOUT, VOIDED, counts_of
from board.ballots.votes import Doubt, Origin, Vote, cast_vote
from board.cli.ballots import ballot as command
from board.extensions import db
from tests.ballots.conftest import counts, make_ballot
from tests.conftest import Browser

SignIn = Callable[[User], Browser]


def stuff(ballot: Ballot, votes: int, position: int = 0, *, code: str = "network", subject: str = "n1") -> None:
    """Cast votes that the step doubts."""
    origin = Origin(network="abc", judge=lambda _choice, _is_new: [Doubt(code, subject)])
    before = sum(turnout(ballot))
    for n in range(votes):
        cast_vote(ballot, f"d:{code}{subject}{before + n}", one(ballot.options[position].id), origin)
    db.session.commit()


def turnout(ballot: Ballot) -> list[int]:
    """Return how many votes count, wait and are void, as the tally has it."""
    found = counts_of(ballot.id)
    return [found[TURNOUT, mark] for mark in (COUNTED, QUARANTINED, VOIDED)]


def rows(ballot: Ballot) -> list[int]:
    """Return the same, counted anew."""
    states = list(db.session.scalars(select(Vote.state).where(Vote.ballot_id == ballot.id)))
    return [states.count(state) for state in ("counted", "quarantined", "voided")]


def test_groups_tell_reason_numbers_and_whom_they_favour(ballot: Ballot) -> None:
    stuff(ballot, 3, 0)
    stuff(ballot, 1, 1)
    stuff(ballot, 2, 2, code="disposable", subject="mailinator.com")
    first, second = groups_in(ballot)
    assert (first.name, first.votes) == ("network:n1", 4)
    assert first.favours == [("Musical 1", 3), ("Musical 2", 1)]
    assert (second.subject, second.votes) == ("mailinator.com", 2)
    assert first.first_at <= first.last_at
    assert first.examples[0].voter == "Browser"


@pytest.mark.parametrize(("verdict", "tally", "expected"), [("counted", 4, [4, 2, 0]), ("voided", 0, [0, 2, 4])])
def test_one_press_moves_the_group_and_the_tally_together(
    ballot: Ballot, editor: User, verdict: str, tally: int, expected: list[int]
) -> None:
    stuff(ballot, 4)
    stuff(ballot, 2, subject="n2")
    version = ballot.version
    decision = decide(ballot, "network:n1", verdict, note="One school.", by=editor)
    assert decision.votes == 4
    assert turnout(ballot) == rows(ballot) == expected
    assert counts(ballot) == [tally, 0, 0]
    assert ballot.version > version


def test_decision_is_logged_with_its_reason_and_can_be_undone(ballot: Ballot, editor: User) -> None:
    stuff(ballot, 3)
    decision = decide(ballot, "network:n1", "voided", note="Scripted.", by=editor)
    undo(ballot, decision, by=editor)
    assert turnout(ballot) == rows(ballot) == [0, 3, 0]
    undo(ballot, decision, by=editor)
    assert turnout(ballot) == [0, 3, 0]
    entries = list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [entry.action for entry in entries] == ["quarantine.voided", "quarantine.undone"]
    assert (entries[0].reason, entries[0].note, entries[0].actor_id) == ("network", "Scripted.", editor.id)


def test_undo_leaves_what_another_decision_moved(ballot: Ballot) -> None:
    stuff(ballot, 2)
    first = decide(ballot, "network:n1", "counted")
    stuff(ballot, 3)
    decide(ballot, "network:n1", "counted")
    undo(ballot, first)
    assert turnout(ballot) == rows(ballot) == [3, 2, 0]
    assert counts(ballot) == [3, 0, 0]


def test_all_groups_of_a_reason_go_in_one_press(ballot: Ballot) -> None:
    stuff(ballot, 2)
    stuff(ballot, 2, subject="n2")
    stuff(ballot, 1, code="no_work", subject="2026-11-23T14")
    decision = decide(ballot, "network", "voided")
    assert turnout(ballot) == [0, 1, 4]
    found = db.session.execute(select(Vote.suspicion, Vote.state)).all()
    assert Counter((group.partition(":")[0], state) for group, state in found) == {
        ("network", "voided"): 4,
        ("no_work", "quarantined"): 1,
    }
    undo(ballot, decision)
    assert turnout(ballot) == rows(ballot) == [0, 5, 0]


def test_many_votes_are_moved_in_batches_and_the_press_is_bounded(
    ballot: Ballot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "BATCH", 3)
    stuff(ballot, 10)
    assert decide(ballot, "network:n1", "counted", limit=6).votes == 6
    assert turnout(ballot) == rows(ballot) == [6, 4, 0]
    assert decide(ballot, "network:n1", "counted").votes == 4
    assert counts(ballot) == [10, 0, 0]


@pytest.mark.parametrize("group", ["network:none", "network", "", "%", "no such reason"])
def test_group_without_votes_that_wait_cannot_be_decided(ballot: Ballot, group: str) -> None:
    with pytest.raises(Refused):
        decide(ballot, group, "voided")


def test_voided_vote_stays_void_when_its_voter_changes_it(ballot: Ballot) -> None:
    stuff(ballot, 1)
    decide(ballot, "network:n1", "voided")
    cast_vote(ballot, "d:networkn10", one(ballot.options[1].id))
    db.session.commit()
    assert turnout(ballot) == rows(ballot) == [0, 0, 1]
    assert counts(ballot) == [0, 0, 0]


def test_vote_that_an_editor_counted_is_counted_when_its_voter_changes_it(ballot: Ballot) -> None:
    stuff(ballot, 1)
    decide(ballot, "network:n1", "counted")
    stuff_again = Origin(judge=lambda _choice, _is_new: [Doubt("network", "n9")])
    cast_vote(ballot, "d:networkn10", one(ballot.options[1].id), stuff_again)
    db.session.commit()
    assert turnout(ballot) == [1, 0, 0]
    assert counts(ballot) == [0, 1, 0]


def test_editor_sees_no_personal_data_and_decides_with_one_press(
    browser_for: SignIn, editor: User, ballot: Ballot
) -> None:
    stuff(ballot, 3)
    browser = browser_for(editor)
    path = f"/manage/ballots/{ballot.slug}/quarantine"
    page = browser.get(path)
    assert page.status_code == 200
    assert "3 votes wait" in page.text
    assert "more votes in an hour" in page.text
    assert "Musical 1" in page.text
    assert "d:networkn1" not in page.text
    form = {"group": "network:n1", "verdict": "voided", "note": "<b>Scripted</b>"}
    assert browser.post(f"{path}/decisions", form).status_code == 303
    page = browser.get(path).text
    assert "&lt;b&gt;Scripted" in page
    assert turnout(ballot) == [0, 0, 3]
    decision = db.session.scalars(select(Decision)).one()
    assert browser.post(f"{path}/decisions/{decision.id}/reversal").status_code == 303
    assert turnout(ballot) == [0, 3, 0]
    assert browser.post(f"{path}/decisions", {**form, "group": "network:gone"}).status_code == 409


@pytest.mark.parametrize("who", ["author", "moderator"])
def test_only_editors_see_the_quarantine(
    request: pytest.FixtureRequest, browser_for: SignIn, ballot: Ballot, who: str
) -> None:
    browser = browser_for(request.getfixturevalue(who))
    stuff(ballot, 1)
    path = f"/manage/ballots/{ballot.slug}/quarantine"
    assert browser.get(path).status_code == 403
    assert browser.post(f"{path}/decisions", {"group": "network:n1", "verdict": "counted"}).status_code == 403
    assert turnout(ballot) == [0, 1, 0]


def test_decision_of_another_ballot_is_not_there(browser_for: SignIn, editor: User, site: Site, ballot: Ballot) -> None:
    stuff(ballot, 1)
    decision = decide(ballot, "network:n1", "counted")
    other = make_ballot(site, "other")
    answer = browser_for(editor).post(f"/manage/ballots/{other.slug}/quarantine/decisions/{decision.id}/reversal")
    assert answer.status_code == 404
    assert turnout(ballot) == [1, 0, 0]


def test_editor_behind_an_unknown_proxy_is_warned(browser_for: SignIn, editor: User, ballot: Ballot) -> None:
    browser, path = browser_for(editor), f"/manage/ballots/{ballot.slug}/quarantine"
    assert "BOARD_TRUSTED_PROXIES" not in browser.get(path).text
    assert "BOARD_TRUSTED_PROXIES" in browser.get(path, headers={"X-Forwarded-For": "203.0.113.7"}).text


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that runs `board ballot …` inside the test's application."""
    monkeypatch.setattr("board.create_app", lambda: app)
    monkeypatch.setattr("board.operations.schema.ensure_schema", lambda: None)
    monkeypatch.setattr("board.operations.schema.must_be_there", lambda: None)

    def run_command(*arguments: str) -> Any:
        db.session.commit()
        result = CliRunner().invoke(command, list(arguments))
        db.session.rollback()
        return result

    return run_command


def test_command_lists_counts_voids_and_undoes(run: Callable[..., Any], ballot: Ballot) -> None:
    stuff(ballot, 3)
    stuff(ballot, 2, subject="n2")
    listed = run("quarantine", ballot.slug)
    assert listed.exit_code == 0
    assert "network:n1" in listed.output
    assert "3 votes" in listed.output
    assert run("quarantine", ballot.slug, "--count", "network:n1", "--note", "A school.").exit_code == 0
    assert run("quarantine", ballot.slug, "--void", "network").exit_code == 0
    assert turnout(ballot) == [3, 0, 2]
    number = str(db.session.scalars(select(Decision.id).order_by(Decision.id)).first())
    assert run("quarantine", ballot.slug, "--undo", number).exit_code == 0
    assert turnout(ballot) == [0, 3, 2]
    assert run("quarantine", ballot.slug, "--void", "nothing").exit_code != 0
