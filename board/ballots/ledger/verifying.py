"""Verify a ledger from nothing but its lines: every hash, every seal, every opening, and the result recounted.

Nothing here asks a database or a server. All faults are found that can be told apart; each names its line.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from board.ballots.ledger.lines import (
    CHANGE,
    ENTRIES,
    NO_ENTRY,
    OPENING,
    RESULT,
    SEAL,
    STANDING,
    TERMS,
    VERSION,
    VOTE,
    Entry,
    canonical,
    hash_of,
)
from board.ballots.ledger.merkle import Frontier, leaf_hash
from board.ballots.ledger.outcome import outcome
from board.ballots.ledger.roll import Roll, Unsound
from board.ballots.ledger.spoken import field_in_words, names_in, shown, value_in_words
from board.ballots.ledger.terms import changed, loosened

MAX_FAULTS = 20  # more are not told: one alteration may be behind them all


@dataclass(frozen=True)
class Fault:
    """What is wrong, and in which line of the ledger, from 1."""

    line: int
    said: str

    def __str__(self) -> str:
        """Return the fault in a sentence."""
        return f"line {self.line}: {self.said}"


@dataclass
class Report:
    """What the ledger says, and whether it holds."""

    faults: list[Fault] = field(default_factory=list)
    terms: Entry = field(default_factory=dict)
    entries: list[tuple[int, str]] = field(default_factory=list)  # line and hash of each entry
    votes: int = 0
    lines: int = 0
    result: Entry | None = None
    sealed_at: str = ""

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.faults

    @property
    def head(self) -> str:
        """Return the hash of the newest entry."""
        return self.entries[-1][1] if self.entries else ""

    def say(self, said: str, line: int | None = None) -> None:
        """Add a fault, in the line that was read last or another one."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(self.lines if line is None else line, said))


def verify(lines: Iterable[bytes], told: Callable[[int], None] = lambda _bytes: None) -> Report:
    """Read a whole ledger and report; `told` hears how many bytes each line had."""
    verifier = Verifier()
    for line in lines:
        verifier.read(line.removesuffix(b"\n"))
        told(len(line))
    return verifier.end()


class Verifier:
    """Takes a ledger line by line."""

    def __init__(self) -> None:
        """Begin before the first line."""
        self._report = Report()
        self._roll = Roll()
        self._block: list[str] = []  # kinds of the lines since the last entry
        self._tree = Frontier()  # over these lines
        self._original: set[int] = set()  # options that were there when voting opened
        self._ends = {TERMS: self._end_terms, SEAL: self._end_votes, CHANGE: self._end_change, RESULT: self._end_result}

    def read(self, line: bytes) -> None:
        """Take the next line."""
        self._report.lines += 1
        try:
            parsed = _parsed(line)
            if parsed["type"] in ENTRIES:
                self._take_entry(parsed)
            else:
                self._take(parsed, line)
        except Unsound as fault:
            self._report.say(str(fault))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            said = f"a field is missing or of the wrong kind ({type(error).__name__}: {shown(str(error))})"
            self._report.say(said)

    def end(self) -> Report:
        """Say what came of it, after the last line."""
        if not self._report.entries:
            self._report.say("the ledger is empty: it has to begin with the ballot’s terms")
        elif self._block:
            self._report.say(f"the ledger breaks off: no entry seals its last {len(self._block)} lines")
        self._report.votes = len(self._roll.lines)
        self._report.faults.sort(key=lambda fault: fault.line)
        return self._report

    def _take(self, line: Entry, written: bytes) -> None:
        """Take a line that an entry below it will seal."""
        self._block.append(line["type"])
        self._tree.add(leaf_hash(written))
        if line["type"] == VOTE:
            self._roll.add(line, self._report.lines)
        elif line["type"] == OPENING:
            self._roll.open(line)
        elif line["type"] == STANDING:
            self._roll.restate(line)
        else:
            raise Unsound(f"there is no kind of line called “{shown(line['type'])}”")

    def _take_entry(self, entry: Entry) -> None:
        """Check the link to the entry before, then what this one says of the lines since."""
        report, number, before = self._report, len(self._report.entries), self._report.head or NO_ENTRY
        block, root = self._block, self._tree.root().hex()
        self._block, self._tree = [], Frontier()
        self._roll.end_block()
        report.entries.append((report.lines, entry["hash"]))
        self._check(entry, "number", number)
        if entry["previous"] != before:
            where = f"line {report.entries[-2][0]} has" if number else "the first one has to name"
            report.say(f"it follows an entry with the hash {shown(entry['previous'])}, and {where} {before}")
        if entry["hash"] != hash_of(entry):
            given = hash_of(entry)
            report.say(f"this entry was altered: its hash is {shown(entry['hash'])}, and its contents give {given}")
        if entry["sealed_at"] < report.sealed_at:
            report.say(f"it is dated {shown(entry['sealed_at'])}, before the entry that it follows")
        report.sealed_at = entry["sealed_at"]
        self._ends[entry["type"]](entry, block, root)

    def _end_terms(self, entry: Entry, _block: list[str], _root: str) -> None:
        if len(self._report.entries) > 1 or entry["ledger"] != VERSION:
            raise Unsound(f"a ledger of version {VERSION} has its terms once, in the first line")
        self._report.terms = entry["terms"]
        self._original = {option["id"] for option in entry["terms"]["options"]}

    def _end_change(self, entry: Entry, block: list[str], _root: str) -> None:
        if block:
            self._report.say(f"no entry seals the {len(block)} lines before this one")
        for fault in loosened(self._report.terms, entry["terms"]):
            self._report.say(fault)
        self._report.terms = changed(self._report.terms, entry["terms"])

    def _end_votes(self, entry: Entry, block: list[str], root: str) -> None:
        where = f"lines {self._report.lines - len(block)} to {self._report.lines - 1}"
        if any(kind != VOTE for kind in block):
            self._report.say(f"{where} have to be votes, and some are not")
        self._check(entry, "votes", len(block))
        self._check(entry, "total", len(self._roll.lines))
        if entry["root"] != root:
            self._report.say(
                f"seal {entry['number']} covers {where}, and something in them was changed, added or dropped: "
                f"the sealed root is {shown(entry['root'])}, and these lines give {root}"
            )

    def _end_result(self, entry: Entry, block: list[str], root: str) -> None:
        if VOTE in block:
            self._report.say(f"no entry seals {block.count(VOTE)} of the votes before this result")
        self._check(entry, "openings", block.count(OPENING))
        self._check(entry, "standings", block.count(STANDING))
        self._check(entry, "root", root)
        self._check(entry, "turnout", self._roll.turnout)
        unlisted = {each["id"] for each in entry["write_ins"]}
        if self._original & unlisted:
            self._report.say(f"option {min(self._original & unlisted)} was there from the start, and has to stay")
        known = unlisted | {option["id"] for option in self._report.terms["options"]}
        for line, said in self._roll.faults(self._report.terms, known):
            self._report.say(said, line)
        found = outcome(self._report.terms, entry["write_ins"], self._roll.counted)
        for name in sorted(found.keys() | (entry.keys() & {"rounds"})):
            self._check(entry, name, found.get(name))
        self._report.result = entry

    def _check(self, entry: Entry, name: str, found: Any) -> None:
        """Say so if the entry's field is not what its ledger gives."""
        if entry.get(name) == found:
            return
        names = names_in(self._report.terms)
        said, gives = (value_in_words(name, value, names) for value in (entry.get(name), found))
        self._report.say(f"its {field_in_words(name)} is {said}, and this ledger gives {gives}")


def _parsed(line: bytes) -> Entry:
    """Return the line's object. Raises Unsound for anything but one object in canonical form."""
    try:
        parsed = json.loads(line, parse_float=_refuse, parse_constant=_refuse)
        is_canonical = isinstance(parsed, dict) and canonical(parsed) == line
    except (ValueError, RecursionError) as error:
        raise Unsound("this is not one JSON object") from error
    if not is_canonical:
        raise Unsound("this is not written in the canonical form: keys in order, no spaces")
    found: Entry = parsed
    return found


def _refuse(text: str) -> None:
    raise ValueError(text)
