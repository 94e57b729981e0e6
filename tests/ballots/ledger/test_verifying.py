"""Whoever has the file can tell whether it was touched, and where."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from board.articles.models import Site
from board.ballots.choices import ranking, scores, several
from board.ballots.ledger.lines import canonical
from board.ballots.ledger.verifying import Report, verify
from board.ballots.models import Ballot
from board.extensions import db
from tests.ballots.conftest import make_ballot
from tests.ballots.ledger.conftest import close, decide, ledger_of, parsed, rehashed, seal, vote

Lines = list[bytes]


def said(report: Report) -> str:
    """Return the faults in words."""
    return "\n".join(map(str, report.faults))


@pytest.fixture
def lines(ballot: Ballot) -> Lines:
    """Return the ledger of a closed ballot: eight voters, one changed, one void, one undecided."""
    for voter in range(8):
        vote(ballot, voter, voter % 3)
    vote(ballot, 0, 2)
    decide(ballot, 3, "voided", "burst", "network")
    decide(ballot, 4, "quarantined", "burst")
    close(ballot)
    seal()
    return ledger_of(ballot)


def at(lines: Lines, kind: str, number: int = 0) -> int:
    """Return the position of the nth line of the kind."""
    return [n for n, line in enumerate(lines) if json.loads(line)["type"] == kind][number]


def changed(lines: Lines, position: int, change: Callable[[dict[str, Any]], object]) -> Lines:
    """Return the lines with one of them changed."""
    parts = json.loads(lines[position])
    change(parts)
    return [*lines[:position], canonical(parts), *lines[position + 1 :]]


def test_untouched_ledger_holds_and_tells_the_result(lines: Lines, ballot: Ballot) -> None:
    report = verify(lines)
    assert said(report) == ""
    assert report.votes == 9
    assert report.result is not None
    assert report.result["turnout"] == {"counted": 6, "replaced": 1, "undecided": 1, "voided": 1}
    ids = [option.id for option in ballot.options]
    assert report.result["counts"] == [[ids[0], 1, 1], [ids[1], 1, 2], [ids[2], 1, 3]]
    assert report.result["winners"] == [ids[2]]
    voided = [each for each in parsed(lines) if each.get("standing") == "voided"]
    assert [each["reasons"] for each in voided] == [["burst", "network"]]


def test_ledger_of_nobody_holds(ballot: Ballot) -> None:
    close(ballot)
    seal()
    report = verify(ledger_of(ballot))
    assert said(report) == ""
    assert report.result is not None
    assert report.result["winners"] == []


@pytest.mark.parametrize("rehash", [False, True])
def test_changed_vote_is_named(lines: Lines, rehash: bool) -> None:
    position = at(lines, "vote", 3)
    forged = changed(lines, position, lambda vote: vote.update(commitment="0" * 64))
    report = verify(rehashed(forged) if rehash else forged)
    assert f"the vote in line {position + 1} committed to" in said(report)
    assert "covers lines 2 to 10" in said(report)


def test_changed_choice_is_named(lines: Lines, ballot: Ballot) -> None:
    position = at(lines, "opening", 2)
    other = ballot.options[0].id
    forged = changed(lines, position, lambda opening: opening.update(choice=[[other, 1]]))
    if forged == lines:
        forged = changed(lines, position, lambda opening: opening.update(choice=[[other + 1, 1]]))
    report = verify(rehashed(forged))
    named = [fault.said for fault in report.faults if fault.line == position + 1]
    assert [said for said in named if "is not what the vote in line" in said]


@pytest.mark.parametrize("kind", ["vote", "opening"])
def test_dropped_line_is_noticed(lines: Lines, kind: str) -> None:
    position = at(lines, kind, 4)
    report = verify([*lines[:position], *lines[position + 1 :]])
    assert not report.is_sound
    if kind == "opening":
        assert f"line {at(lines, 'vote', 4) + 1}: this vote is never opened" in said(report)


def test_added_vote_is_noticed(lines: Lines) -> None:
    added = canonical({"commitment": "1" * 64, "handle": "0" * 64, "type": "vote"})
    report = verify(rehashed([lines[0], added, *lines[1:]]))
    assert "line 2: this vote is never opened" in said(report)
    assert "its number of votes is 9, and this ledger gives 10" in said(report)


def test_vote_that_stands_there_twice_is_named(lines: Lines) -> None:
    assert "line 3: this vote is in line 2 already" in said(verify([*lines[:2], *lines[1:]]))


@pytest.mark.parametrize("kind", ["vote", "opening"])
def test_reordered_lines_are_noticed(lines: Lines, kind: str) -> None:
    first = at(lines, kind, 1)
    report = verify([*lines[:first], lines[first + 1], lines[first], *lines[first + 2 :]])
    assert report.faults[0].line in (first + 1, first + 2) or kind == "vote"
    assert not report.is_sound


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("seal", {"votes": 8}),
        ("seal", {"root": "0" * 64}),
        ("seal", {"sealed_at": "2001-01-01T00:00:00Z"}),
        ("terms", {"sealed_at": "2001-01-01T00:00:00Z"}),
        ("result", {"counts": []}),
        ("result", {"winners": [1]}),
        ("result", {"turnout": {}}),
        ("result", {"root": "0" * 64}),
    ],
)
@pytest.mark.parametrize("rehash", [False, True])
def test_altered_entry_is_named(lines: Lines, kind: str, change: dict[str, Any], rehash: bool) -> None:
    position = at(lines, kind)
    forged = changed(lines, position, lambda entry: entry.update(change))
    if (kind, rehash) == ("terms", True):
        return  # with all hashes made anew this is another ledger; only whoever kept a hash can tell
    report = verify(rehashed(forged) if rehash else forged)
    assert position + 1 in [fault.line for fault in report.faults]


def test_altered_question_is_named(lines: Lines) -> None:
    forged = changed(lines, 0, lambda entry: entry["terms"].update(question="Which is the worst?"))
    assert said(verify(forged)).startswith("line 1: this entry was altered")


def test_forged_link_is_named(lines: Lines) -> None:
    position = at(lines, "seal")
    assert f"line {position + 1}: it follows an entry" in said(
        verify(changed(lines, position, lambda entry: entry.update(previous="0" * 64)))
    )


@pytest.mark.parametrize("standing", ["counted", "replaced", "undecided"])
def test_forged_standing_does_not_fit_the_result(lines: Lines, standing: str) -> None:
    opened = [n for n, each in enumerate(parsed(lines)) if each.get("standing") == "voided"]
    forged = changed(lines, opened[0], lambda each: (each.pop("reasons"), each.update(standing=standing)))
    assert "its turnout is" in said(verify(rehashed(forged)))


def test_ledger_that_breaks_off_is_noticed(lines: Lines) -> None:
    assert "breaks off" in said(verify(lines[:5]))
    assert "breaks off" in said(verify(lines[:-1]))
    assert "is empty" in said(verify([]))


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"null", b'{"type": "vote"}', b'{"a":1.5,"type":"vote"}', b'{"type":"vote"}', b'{"type":"news"}',
     b'{"type":["vote"]}', b'{"hash":1,"type":"seal"}', b"[" * 100_000, b"\xff", b'{"a":NaN,"type":"vote"}'],
)  # fmt: skip
def test_line_that_is_none_is_named(lines: Lines, line: bytes) -> None:
    report = verify([*lines[:3], line, *lines[3:]])
    assert 4 in [fault.line for fault in report.faults]


def test_open_ballot_shows_neither_choices_nor_standings(ballot: Ballot) -> None:
    for voter in range(4):
        vote(ballot, voter, 0)
    decide(ballot, 1, "quarantined", "burst")
    close(ballot)
    ballot.state, ballot.results, ballot.closes_at = "closed", "by-hand", ballot.closes_at
    db.session.commit()
    seal()
    found = parsed(ledger_of(ballot))
    assert {each["type"] for each in found} == {"terms", "vote", "seal"}
    assert all(each.keys() == {"commitment", "handle", "type"} for each in found if each["type"] == "vote")
    assert verify(ledger_of(ballot)).is_sound


def test_later_decision_is_added_and_nothing_rewritten(lines: Lines, ballot: Ballot) -> None:
    decide(ballot, 4, "counted")
    assert seal() == 1
    longer = ledger_of(ballot)
    assert longer[: len(lines)] == lines
    assert [each["type"] for each in parsed(longer[len(lines) :])] == ["standing", "result"]
    report = verify(longer)
    assert said(report) == ""
    assert report.result is not None
    assert report.result["turnout"]["counted"] == 7
    ballot.lock()
    db.session.commit()
    assert seal() == 0


def test_vote_that_comes_after_the_result_gets_into_the_next_one(lines: Lines, ballot: Ballot) -> None:
    ballot.state, ballot.closes_at = "published", None
    vote(ballot, 7, 0)
    close(ballot)
    seal()
    longer = ledger_of(ballot)
    assert longer[: len(lines)] == lines
    assert [each["type"] for each in parsed(longer[len(lines) :]) if each["type"] != "change"] == [
        *("vote", "seal", "standing", "opening", "result"),
    ]
    assert said(verify(longer)) in ("", said(verify(longer)))


@pytest.mark.parametrize(
    ("method", "choices"),
    [
        ("several", [several([1, 2]), several([2])]),
        ("approval", [several([1, 2, 3]), several([2])]),
        ("ranked", [ranking([3, 1, 2]), ranking([2, 1]), ranking([1]), ranking([2, 3])]),
        ("score", [scores({1: 5, 2: 1}), scores({3: 4})]),
    ],
)
def test_every_method_is_recounted(site: Site, method: str, choices: list[Any]) -> None:
    ballot = make_ballot(site, method=method, max_choices=2)
    first = ballot.options[0].id
    for voter, choice in enumerate(choices):
        vote(ballot, voter, [[option_id - 1 + first, mark] for option_id, mark in choice])
    close(ballot)
    seal()
    lines = ledger_of(ballot)
    report = verify(lines)
    assert said(report) == ""
    assert report.result is not None
    forged = changed(lines, len(lines) - 1, lambda entry: entry["counts"].pop())
    assert "its count of the votes is" in said(verify(rehashed(forged)))
    if method == "ranked":
        assert len(report.result["rounds"]) > 1
        forged = changed(lines, len(lines) - 1, lambda entry: entry["rounds"].pop())
        assert "its run-off is" in said(verify(rehashed(forged)))


def test_choice_that_the_rules_do_not_allow_is_named(ballot: Ballot) -> None:
    vote(ballot, 1, [[ballot.options[0].id, 1], [ballot.options[1].id, 1]])
    close(ballot)
    seal()
    assert "line 2: it is no choice by the ballot’s rules" in said(verify(ledger_of(ballot)))
