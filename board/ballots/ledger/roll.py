"""The votes of a ledger that is being verified: what each committed to, what it opened to, and how it counts."""

import re
from array import array
from collections import Counter
from collections.abc import Iterator

from board.ballots.ledger.lines import COUNTED, REPLACED, STANDINGS, Entry, commitment_of
from board.ballots.ledger.outcome import Marks, as_marks, misfit
from board.ballots.ledger.spoken import shown

HASH = re.compile(r"[0-9a-f]{64}").fullmatch
UNOPENED = len(STANDINGS)


class Unsound(Exception):
    """Something in a line is not as it has to be; the words say what."""


class Roll:
    """All votes so far, some hundred bytes each."""

    def __init__(self) -> None:
        """Begin with none."""
        self._index: dict[bytes, int] = {}  # of each vote, by handle
        self._commitments: list[bytes] = []
        self._marks: list[Marks] = []
        self._same: dict[Marks, Marks] = {}  # so that equal choices are kept once
        self._standings = bytearray()
        self._replaced = bytearray()
        self._last_handle, self._last_opened = b"", -1
        self._counted: Counter[Marks] = Counter()
        self.lines = array("Q")  # in which each vote stands

    @property
    def counted(self) -> Counter[Marks]:
        """Return how many of the counted votes make each choice."""
        return +self._counted

    @property
    def turnout(self) -> dict[str, int]:
        """Return how many votes count in which way."""
        turnout = Counter(self._standings)
        return {name: turnout[at] for at, name in enumerate(STANDINGS)}

    def end_block(self) -> None:
        """Begin a new run of votes or openings, each of which has its own order."""
        self._last_handle, self._last_opened = b"", -1

    def add(self, vote: Entry, line: int) -> None:
        """Take a vote. Raises Unsound."""
        handle, commitment = as_hash(vote["handle"]), as_hash(vote["commitment"])
        if handle in self._index:
            raise Unsound(f"this vote is in line {self.lines[self._index[handle]]} already")
        self._index[handle] = len(self.lines)
        self.lines.append(line)
        self._commitments.append(commitment)
        self._marks.append(())
        self._standings.append(UNOPENED)
        self._replaced.append(0)
        is_in_order, self._last_handle = handle > self._last_handle, handle
        if not is_in_order:
            raise Unsound("a seal lists its votes by handle, and this one belongs further up")

    def open(self, opening: Entry) -> None:
        """Take a vote's opening. Raises Unsound."""
        at, standing = self._at(opening["handle"]), _standing(opening)
        if self._standings[at] != UNOPENED:
            raise Unsound(f"the vote in line {self.lines[at]} has been opened already")
        marks = as_marks(opening["choice"])
        self._marks[at] = self._same.setdefault(marks, marks)
        self._stand(at, standing)
        self._compare(at, opening)
        if opening["replaces"] is not None:
            self._replace(at, opening["replaces"])
        is_in_order, self._last_opened = at > self._last_opened, at
        if not is_in_order:
            raise Unsound("votes are opened in the order in which they stand, and this one belongs further up")

    def restate(self, said: Entry) -> None:
        """Take how an open vote counts from now on. Raises Unsound."""
        at = self._at(said["handle"])
        if self._standings[at] == UNOPENED:
            raise Unsound(f"the vote in line {self.lines[at]} has not been opened yet")
        self._stand(at, _standing(said))

    def faults(self, terms: Entry, option_ids: set[int]) -> Iterator[tuple[int, str]]:
        """Return what does not fit once all votes have to be open: each fault with its vote's line."""
        replaced = STANDINGS.index(REPLACED)
        misfits = {marks: fault for marks in self._same if (fault := misfit(terms, option_ids, marks))}
        for at, standing in enumerate(self._standings):
            if standing == UNOPENED:
                yield self.lines[at], "this vote is never opened"
            elif (standing == replaced) != bool(self._replaced[at]):
                which = "another vote" if self._replaced[at] else "no vote"
                yield self.lines[at], f"{which} replaces this one, and it is taken to be “{STANDINGS[standing]}”"
            if self._marks[at] in misfits:
                yield self.lines[at], f"it is no choice by the ballot’s rules: {misfits[self._marks[at]]}"

    def _compare(self, at: int, opening: Entry) -> None:
        nonce = as_hash(opening["nonce"]).hex()
        found = commitment_of(opening["choice"], opening["disclosure"], nonce, opening["replaces"])
        if bytes.fromhex(found) != self._commitments[at]:
            raise Unsound(
                f"this is not what the vote in line {self.lines[at]} committed to: "
                f"its commitment is {self._commitments[at].hex()}, and this opening gives {found}"
            )

    def _replace(self, by: int, handle: str) -> None:
        at = self._at(handle)
        if self._replaced[at] or at == by:
            raise Unsound(f"the vote in line {self.lines[at]} has been replaced by another one already")
        self._replaced[at] = 1

    def _stand(self, at: int, standing: int) -> None:
        """Keep how the vote counts, and count it or count it no more."""
        counted = STANDINGS.index(COUNTED)
        self._counted[self._marks[at]] += (standing == counted) - (self._standings[at] == counted)
        self._standings[at] = standing

    def _at(self, handle: str) -> int:
        at = self._index.get(as_hash(handle))
        if at is None:
            raise Unsound(f"no vote in this ledger has the handle {handle}")
        return at


def as_hash(text: str) -> bytes:
    """Return the hash that the text spells. Raises Unsound."""
    if not HASH(text):
        raise Unsound(f"{shown(text)} is no hash: 64 hexadecimal digits")
    return bytes.fromhex(text)


def _standing(line: Entry) -> int:
    if line["standing"] not in STANDINGS:
        raise Unsound(f"a vote is {', '.join(STANDINGS)}, never “{shown(line['standing'])}”")
    return STANDINGS.index(line["standing"])
