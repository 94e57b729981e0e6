"""What a voter's choice is, for each method: options, each with a mark.

A choice is a list of `[option ID, mark]`, as JSON keeps it. The mark is 1 for "chosen", the rank from 1 where options
are ranked (in that order), and the score where they are scored. Everything but a ranking is in the order of the option
IDs, so that the same choice is always the same list.
"""

from collections import Counter
from collections.abc import Iterable

Choice = list[list[int]]
Counts = Counter[tuple[int, int]]  # (option ID, mark): votes

METHODS = ("one", "several", "approval", "ranked", "score")
CHOSEN = 1
BEST_SCORE = 5


def one(option_id: int) -> Choice:
    """Return the choice of a single option."""
    return [[option_id, CHOSEN]]


def several(option_ids: Iterable[int]) -> Choice:
    """Return the choice of some options, all alike."""
    return [[option_id, CHOSEN] for option_id in sorted(set(option_ids))]


def ranking(option_ids: Iterable[int]) -> Choice:
    """Return the choice of options in order, the best first; a second mention counts for nothing."""
    return [[option_id, rank] for rank, option_id in enumerate(dict.fromkeys(option_ids), 1)]


def scores(marks: dict[int, int]) -> Choice:
    """Return the choice that gives each option its score."""
    return [[option_id, mark] for option_id, mark in sorted(marks.items())]


def options_of(choice: Choice) -> list[int]:
    """Return the IDs of the options in the choice, in its order."""
    return [option_id for option_id, _mark in choice]
