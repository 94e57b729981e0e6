"""Compare a ledger with what this Board's database says: its terms, its votes, its tally."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any

from sqlalchemy import func, select

from board.ballots.ledger.chain import seals_of
from board.ballots.ledger.lines import CHANGE, TERMS
from board.ballots.ledger.outcome import as_marks, counted_as, folded_marks
from board.ballots.ledger.publishing import published
from board.ballots.ledger.spoken import choice_in_words, field_in_words, line_in_words, value_in_words, voter_in_words
from board.ballots.ledger.terms import as_sealed, change_between, options_of, terms_of, write_ins_of
from board.ballots.ledger.verifying import Fault, Report, verify
from board.ballots.models import Ballot
from board.ballots.tally import counts_of, weights
from board.ballots.votes import Vote, VoteRecord
from board.extensions import db

VOTES_A_READ = 5000


def lines_of(ballot: Ballot) -> Iterator[bytes]:
    """Return the lines of this Board's ledger, one after the other."""
    for _seal, parts in published(ballot.id):
        for part in parts:
            yield from part.splitlines(keepends=True)


def verify_own(ballot: Ballot, told: Callable[[int], None]) -> tuple[Report, list[str]]:
    """Verify this Board's ledger, and tell how the database departs from it."""
    report = verify(lines_of(ballot), told)
    return report, [*_terms_faults(ballot, report), *_vote_faults(ballot), *_tally_faults(ballot)]


def differing(ballot: Ballot, lines: Iterable[bytes]) -> Fault | None:
    """Return the first line of a file that is not this Board's; None if the file is its ledger, or a former state."""
    for number, (line, own) in enumerate(zip_longest(lines, lines_of(ballot)), 1):
        if line is None:
            return None
        if own is None:
            return Fault(number, "this Board’s own ledger ends before this line")
        if line.removesuffix(b"\n") != own.removesuffix(b"\n"):
            theirs, ours = (line_in_words(each, terms_of(ballot)) for each in (line, own))
            differs = f"; the file has: {theirs}" if theirs != ours else ", and the file’s says something else"
            return Fault(number, f"this Board’s own ledger has another line here: {ours}{differs}")
    return None


def unsealed(ballot: Ballot) -> int:
    """Count the records that wait for their seal."""
    waits = select(func.count()).where(VoteRecord.ballot_id == ballot.id, VoteRecord.seal.is_(None))
    return db.session.scalar(waits) or 0


def is_own(ballot: Ballot, report: Report) -> bool:
    """Tell whether every entry of the ledger is one of this Board's chain."""
    own = [seal.hash for seal in seals_of(ballot.id)]
    return [each for _line, each in report.entries] == own[: len(report.entries)]


def _terms_faults(ballot: Ballot, report: Report) -> Iterator[str]:
    """Say which of the ballot's terms are not what was sealed."""
    present = terms_of(ballot)
    if not report.terms or report.faults:
        return
    expected = as_sealed([{"type": TERMS, "terms": report.terms}])
    change = change_between(expected, present)
    expected = as_sealed([{"type": TERMS, "terms": expected}, {"type": CHANGE, "terms": change}])
    gone = {each["id"] for each in write_ins_of(ballot)}
    expected["options"] = [option for option in expected["options"] if option["id"] not in gone]
    for name, value in present.items():
        if expected.get(name) != value:
            now, sealed = (value_in_words(name, each, {}) for each in (value, expected.get(name)))
            yield f"the ballot’s {field_in_words(name)} is {now}, and the ledger has {sealed}"


def _vote_faults(ballot: Ballot) -> Iterator[str]:
    """Say which votes are not the newest choice of their voter on record."""
    present: dict[str, Any] = {}
    into = counted_as(terms_of(ballot), write_ins_of(ballot))
    query = select(VoteRecord.id, VoteRecord.receipt, VoteRecord.replaces, VoteRecord.choice)
    replaced = set()
    names = {option.id: option.text for option in options_of(ballot)}
    for number, receipt, former, choice in _each(query.where(VoteRecord.ballot_id == ballot.id), VoteRecord.id):
        present[receipt] = (number, folded_marks(ballot.method, as_marks(choice), into))
        if former:
            replaced.add(former)
    for former in replaced:
        present.pop(former, None)
    for voter, receipt, choice in _votes(ballot):
        number, marks = present.pop(receipt, (0, ()))
        if not number:
            yield f"the vote of {voter_in_words(voter)} has no record of its own that stands"
        elif folded_marks(ballot.method, as_marks(choice), into) != marks:
            now, recorded = (choice_in_words(ballot.method, each, names) for each in (choice, marks))
            yield f"the vote of {voter_in_words(voter)} is for {now}, and record {number} is for {recorded}"
    for number, _marks in present.values():
        yield f"record {number} was never replaced, and is nobody’s vote"


def _votes(ballot: Ballot) -> Iterator[tuple[str, str, Any]]:
    query = select(Vote.voter_key, Vote.receipt, Vote.choice).where(Vote.ballot_id == ballot.id)
    return _each(query, Vote.voter_key)


def _tally_faults(ballot: Ballot) -> Iterator[str]:
    """Say where the tally that pages show is not what the votes come to."""
    counted: Counter[tuple[int, int]] = Counter()
    query = select(Vote.voter_key, Vote.choice, Vote.state).where(Vote.ballot_id == ballot.id)
    for _voter, choice, state in _each(query, Vote.voter_key):
        counted.update(weights(choice, state))
    tally = counts_of(ballot.id)
    names = {option.id: option.text for option in options_of(ballot)}
    for option_id, mark in sorted(counted.keys() | tally.keys()):
        if option_id and counted[option_id, mark] != tally[option_id, mark]:
            found, kept = counted[option_id, mark], tally[option_id, mark]
            given = choice_in_words(ballot.method, [[option_id, mark]], names)
            if ballot.method == "ranked":
                given += f" in place {mark}"
            yield f"the tally has {kept:,} votes for {given}, and there are {found:,}"


def _each(query: Any, key: Any) -> Iterator[Any]:
    """Return all rows in the key's order, some thousands at a time; the key is the first column."""
    last = None
    while True:
        rows = db.session.execute(
            (query if last is None else query.where(key > last)).order_by(key).limit(VOTES_A_READ)
        ).all()
        yield from rows
        if len(rows) < VOTES_A_READ:
            return
        last = rows[-1][0]
