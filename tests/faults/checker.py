"""One checker judges every fault: what clients were told against what is stored once Board is well again."""

import threading
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from enum import Enum
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)


class Word(Enum):
    """What a client was told about a write."""

    OK = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no answer, or one that does not tell


class Notes:
    """What many clients were told, by the key of each write."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._said: dict[str, set[Word]] = {}
        self._lock = threading.Lock()

    def note(self, key: str, word: Word) -> None:
        """Keep what was said; the same write may be sent again."""
        with self._lock:
            self._said.setdefault(key, set()).add(word)

    def count_ok(self) -> int:
        """Return how many writes have been acknowledged so far."""
        with self._lock:
            return sum(Word.OK in said for said in self._said.values())

    def keys(self, word: Word) -> set[str]:
        """Return the writes of which this is what counts: one OK is a promise, one doubt outweighs a refusal."""
        return {key for key, said in self._said.items() if next(each for each in RANKS if each in said) is word}


RANKS = (Word.OK, Word.UNKNOWN, Word.REFUSED)


def judge(notes: Notes, stored: Iterable[str]) -> list[str]:
    """Return what is wrong, in words: ok ⊆ stored ⊆ ok ∪ unknown, and nothing is stored twice."""
    times = Counter(stored)
    known = notes.keys(Word.OK) | notes.keys(Word.UNKNOWN)
    return [
        *told("acknowledged, but not stored", notes.keys(Word.OK) - times.keys()),
        *told("refused, but stored", notes.keys(Word.REFUSED) & times.keys()),
        *told("stored, but never sent", times.keys() - known - notes.keys(Word.REFUSED)),
        *told("stored more than once", (key for key, count in times.items() if count > 1)),
    ]


def judge_tally(shown: Mapping[Place, int], votes: Iterable[tuple[str, Place]]) -> list[str]:
    """Return what is wrong, in words: each place's count is its rows, and every voter has one of them."""
    rows = list(votes)
    counted, voters = Counter(place for _voter, place in rows), Counter(voter for voter, _place in rows)
    wrong = (place for place in counted.keys() | shown.keys() if shown.get(place, 0) != counted[place])
    return [
        *(f"{place}: {shown.get(place, 0)} shown, {counted[place]} votes stored" for place in wrong),
        *told("voted more than once", (voter for voter, count in voters.items() if count > 1)),
    ]


def told(what: str, keys: Iterable[str]) -> list[str]:
    """Return a sentence with the first few keys; none where there is no key."""
    found = sorted(keys)
    return [f"{len(found)} {what}: {', '.join(found[:3])}"] if found else []
