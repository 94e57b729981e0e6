"""Whether the log is as it was written: everything is computed again, in one pass that keeps nothing in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from board.audit.chain import BEGINNING, hash_of

LONGEST_TRANSACTION = timedelta(minutes=15)  # an entry that turns up later than this was not there before
FINDINGS_KEPT = 50


@dataclass(frozen=True)
class Linked:
    """One link with its entry, from the database or from a file; the entry is None where it is gone."""

    number: int
    entry_id: int
    linked_at: datetime
    previous: str
    hash: str
    entry: dict[str, Any] | None


@dataclass
class Verdict:
    """What was found."""

    entries: int = 0
    head: str = BEGINNING
    number: int = 0
    faults: int = 0
    findings: list[str] = field(default_factory=list)
    kept_number: int = 0  # where in the chain the head is that the operator kept

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing was changed, taken away or slipped in."""
        return not self.faults

    def find(self, sentence: str) -> None:
        """Note what is wrong; the first so many are told in words."""
        self.faults += 1
        if self.faults <= FINDINGS_KEPT:
            self.findings.append(sentence)


def verify(chain: Iterable[Linked], kept_head: str = "") -> Verdict:
    """Compute the chain again, and look for the head that the operator kept elsewhere, if there is one."""
    verdict = Verdict(kept_number=-1 if kept_head else 0)
    former_pass = latest_pass = None
    for linked in chain:
        if latest_pass != linked.linked_at:
            former_pass, latest_pass = latest_pass, linked.linked_at
        for sentence in _faults_of(linked, verdict, former_pass):
            verdict.find(sentence)
        verdict.entries += 1
        verdict.number, verdict.head = linked.number, linked.hash
        if linked.hash == kept_head:
            verdict.kept_number = linked.number
    if verdict.kept_number < 0:
        verdict.find(
            "The head you kept is not in this log: entries were taken away at its end, or all of it was written anew "
            "since, or the head is another log's."
        )
    return verdict


def _faults_of(linked: Linked, before: Verdict, former_pass: datetime | None) -> Iterator[str]:
    """Say what is wrong with one link, given the ones before."""
    name = _name(linked)
    if linked.number <= before.number:
        yield f"{name} stands behind number {before.number}: it was slipped in, or the order was changed."
    elif linked.number > before.number + 1:
        yield f"{_range(before.number + 1, linked.number - 1)} missing."
    elif linked.previous != before.head:
        yield f"{name} does not follow from number {before.number}: one of the two was replaced or slipped in."
    if linked.entry is None:
        yield f"{name} is missing: its link is there, the entry was taken away."
        return
    if linked.entry.get("id") != linked.entry_id:
        yield f"{name} has the entry {linked.entry.get('id')} instead."
    if hash_of(linked.number, linked.previous, linked.linked_at, linked.entry) != linked.hash:
        yield f"{name} was changed after it was written: {_summary(linked.entry)}."
    elif former_pass and former_pass - datetime.fromisoformat(linked.entry["at"]) > LONGEST_TRANSACTION:
        yield f"{name} was slipped in: it claims an earlier time than when it turned up: {_summary(linked.entry)}."


def _name(linked: Linked) -> str:
    return f"Number {linked.number} (entry {linked.entry_id})"


def _range(first: int, last: int) -> str:
    return f"Number {first} is" if first == last else f"Numbers {first} to {last} are"


def _summary(entry: dict[str, Any]) -> str:
    said = [str(entry.get(name, "?")) for name in ("action", "subject_type", "subject_id", "at")]
    return "it now says {} on {} {}, {}".format(*said)
