"""What counted choices come to: worked out alike when a result is sealed and when somebody verifies it."""

import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from board.ballots.choices import BEST_SCORE, CHOSEN, Choice
from board.ballots.counting import Ranking, Round, folded, leaders, lines, run_off
from board.ballots.ledger.lines import Entry

Marks = tuple[tuple[int, int], ...]  # a choice that can be counted by
Counted = Mapping[Marks, int]  # votes


def as_marks(choice: Choice) -> Marks:
    """Return the choice so that it can be counted by."""
    return tuple((option_id, mark) for option_id, mark in choice)


@lru_cache(maxsize=1024)
def marks_in(text: str) -> Marks:
    """Return the marks of a choice that is written as JSON; many voters make the same one."""
    return as_marks(json.loads(text))


def counted_as(terms: Entry, write_ins: list[Entry]) -> dict[int, int]:
    """Return as what each option counts: itself, or what it was merged into. What is not here counts for nothing."""
    unlisted = {each["id"] for each in write_ins}
    listed = {option["id"] for option in terms["options"]} - unlisted
    merged = {each["id"]: each["into"] for each in write_ins if each["state"] == "merged" and each["into"] in listed}
    return {option_id: option_id for option_id in listed} | merged


def outcome(terms: Entry, write_ins: list[Entry], counted: Counted) -> Entry:
    """Return the counts by option and mark, the rounds of a run-off, and who is ahead."""
    into = counted_as(terms, write_ins)
    listed = sorted(set(into.values()))
    tally: Counter[tuple[int, int]] = Counter()
    rankings: Counter[Ranking] = Counter()
    for marks, votes in counted.items():
        taken = folded_marks(terms["method"], marks, into)
        for each in taken:
            tally[each] += votes
        rankings[tuple(option_id for option_id, _mark in taken)] += votes
    found = lines(terms["method"], tally, sum(counted.values()), listed)
    said: Entry = {"counts": [[*each, votes] for each, votes in sorted(tally.items())], "winners": leaders(found)}
    if terms["method"] == "ranked":
        rounds = run_off(rankings, listed, terms["slug"])
        said |= {"rounds": [_spelled(each) for each in rounds.rounds], "winners": sorted(rounds.winners)}
    return said


def misfit(terms: Entry, option_ids: set[int], marks: Marks) -> str:
    """Say why this is no choice by the ballot's rules; empty if it is one."""
    chosen = [option_id for option_id, _mark in marks]
    unknown = [option_id for option_id in chosen if option_id not in option_ids]
    if unknown:
        return f"it names option {unknown[0]}, which is not on this ballot"
    if len(set(chosen)) != len(chosen) or not chosen:
        return "it names an option twice, or none"
    most = {"one": 1, "several": terms["max_choices"]}.get(terms["method"], len(chosen))
    if len(chosen) > most:
        return f"it names {len(chosen)} options, and the rules allow {most}"
    return (
        "" if _are_allowed(terms["method"], [mark for _option_id, mark in marks]) else "its marks are none of the rules"
    )


def _are_allowed(method: str, given: list[int]) -> bool:
    if method == "ranked":
        return given == list(range(1, len(given) + 1))
    return all(1 <= mark <= (BEST_SCORE if method == "score" else CHOSEN) for mark in given)


def folded_marks(method: str, marks: Marks, into: Mapping[int, int]) -> Marks:
    """Return the choice with merged write-ins as what they became: the better place or score counts, once."""
    if method == "ranked":
        ranking = folded((option_id for option_id, _rank in marks), into)
        return tuple((option_id, rank) for rank, option_id in enumerate(ranking, 1))
    best: dict[int, int] = {}
    for option_id, mark in marks:
        if option_id in into:
            best[into[option_id]] = max(mark, best.get(into[option_id], 0))
    return tuple(sorted(best.items()))


def _spelled(each: Round) -> dict[str, Any]:
    return {
        "counts": [[option_id, votes] for option_id, votes in sorted(each.counts.items())],
        "exhausted": each.exhausted,
        "out": list(each.out),
        "transfers": [list(transfer) for transfer in each.transfers],
        "tie": each.tie,
    }
