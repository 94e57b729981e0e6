"""Counting, apart from any database: what tallies and rankings come to. The rules are told in docs/ballots.md.

Where everything is level the result says so; nothing is decided by the order of rows.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from board.ballots.choices import BEST_SCORE, CHOSEN, Counts

Ranking = tuple[int, ...]  # option IDs, the best first
Standing = Mapping[int, int]  # option ID: ballots

BY_EARLIER_ROUND, BY_LOT = "earlier", "lot"


@dataclass(frozen=True)
class Line:
    """What one option has: voters who chose it, ranked it first or scored it, and its place. A tie shares a place."""

    option_id: int
    count: int
    percent: int  # of the voters, rounded; of the best score where options are scored
    place: int = 0
    marks: tuple[int, ...] = ()  # how many gave each score, from 1 up

    @property
    def mean(self) -> Fraction | None:
        """Return the mean of the scores; None if nobody scored it."""
        given = sum(self.marks)
        return Fraction(sum(mark * n for mark, n in enumerate(self.marks, 1)), given) if given else None


@dataclass(frozen=True)
class Round:
    """One round of a run-off: what each option has, who goes out, and where their ballots go."""

    counts: dict[int, int]
    exhausted: int  # ballots that rank none of these options
    out: tuple[int, ...] = ()
    transfers: tuple[tuple[int, int | None, int], ...] = ()  # (from, to, ballots); to None: exhausted
    tie: str = ""  # how it was decided who goes out, if several had the fewest

    @property
    def going_on(self) -> int:
        """Return how many ballots still count for an option."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class RunOff:
    """A counted instant run-off. More than one winner: they are level in the last round. None: nobody voted."""

    rounds: tuple[Round, ...]
    winners: tuple[int, ...]


def percent(count: int, total: int) -> int:
    """Return the share in whole per cent, halves upwards; 0 of 0 is 0."""
    return (200 * count + total) // (2 * total) if total else 0


def lines(method: str, counts: Counts, voters: int, option_ids: Sequence[int]) -> list[Line]:
    """Return what each option has, in the order given.

    `counts` is the tally by (option, mark), `voters` how many votes count: where one may choose several, a share is of
    the voters and not of the marks. A ranking's line is its first preferences; the run-off says who wins.
    """
    if method == "score":
        found = [_scored(counts, option_id) for option_id in option_ids]
        return _placed(found, lambda line: line.mean or Fraction(0))
    chosen = [(option_id, counts[option_id, CHOSEN]) for option_id in option_ids]
    found = [Line(option_id, count, percent(count, voters)) for option_id, count in chosen]
    return _placed(found, lambda line: line.count)


def leaders(found: Sequence[Line]) -> list[int]:
    """Return the options in the first place; several if they tie, none if nobody chose any."""
    return [line.option_id for line in found if line.place == 1 and line.count]


def run_off(rankings: Mapping[Ranking, int], option_ids: Iterable[int], salt: str) -> RunOff:
    """Count an instant run-off over {ranking: ballots}.

    The option with the fewest ballots goes out and each of its ballots goes on to the next option it ranks, until one
    has more than half of the ballots that still count. Options without any ballot go out together: nothing moves. A tie
    for the fewest is decided by the latest earlier round in which they differed (Scottish Local Government Elections
    Order 2011, rule 51); if there is none, by lot: see `lot`. If all that remain are level, they share the first place.
    """
    standing = set(option_ids)
    piles: dict[int, Counter[Ranking]] = {option_id: Counter() for option_id in standing}
    exhausted = _deal(rankings, piles)[None]
    rounds: list[Round] = []
    while True:
        counts = {option_id: piles[option_id].total() for option_id in sorted(piles)}
        winners = _winners(counts)
        if winners is not None:
            rounds.append(Round(counts, exhausted))
            return RunOff(tuple(rounds), winners)
        out, tie = _who_goes(counts, rounds, salt)
        gone = [(option_id, piles.pop(option_id)) for option_id in out]
        moves = [(option_id, _deal(pile, piles)) for option_id, pile in gone]
        transfers = tuple((option_id, to, n) for option_id, dealt in moves for to, n in _in_order(dealt))
        rounds.append(Round(counts, exhausted, out, transfers, tie))
        exhausted += sum(n for _out, to, n in transfers if to is None)


def lot(salt: str, option_id: int) -> str:
    """Return the option's lot, known before the first vote: the SHA-256 of "salt/option ID". The lowest goes out."""
    return hashlib.sha256(f"{salt}/{option_id}".encode()).hexdigest()


def folded(options: Iterable[int], into: Mapping[int, int]) -> Ranking:
    """Return the options as they are counted: a merged write-in is what it was merged into, once; others drop out."""
    return tuple(dict.fromkeys(into[option_id] for option_id in options if option_id in into))


def _scored(counts: Counts, option_id: int) -> Line:
    marks = tuple(counts[option_id, mark] for mark in range(1, BEST_SCORE + 1))
    line = Line(option_id, sum(marks), 0, marks=marks)
    mean = line.mean or Fraction(0)
    return Line(option_id, line.count, percent(mean.numerator, mean.denominator * BEST_SCORE), marks=marks)


def _placed(found: list[Line], worth: Callable[[Line], Fraction | int]) -> list[Line]:
    """Give each line its place: one more than there are better lines."""
    better = sorted((worth(line) for line in found), reverse=True)
    return [Line(each.option_id, each.count, each.percent, better.index(worth(each)) + 1, each.marks) for each in found]


def _deal(rankings: Mapping[Ranking, int], piles: dict[int, Counter[Ranking]]) -> Counter[int | None]:
    """Lay each ballot on the pile of the best option still in; return how many went where (None: none of them)."""
    dealt: Counter[int | None] = Counter()
    for ranking, ballots in rankings.items():
        to = next((option_id for option_id in ranking if option_id in piles), None)
        dealt[to] += ballots
        if to is not None:
            piles[to][ranking] += ballots
    return dealt


def _in_order(dealt: Counter[int | None]) -> list[tuple[int | None, int]]:
    return sorted(dealt.items(), key=lambda item: (item[0] is None, item[0] or 0))


def _winners(counts: Standing) -> tuple[int, ...] | None:
    """Return who has won: more than half, or all that remain and are level. None: another round is due."""
    going_on = sum(counts.values())
    if not going_on:
        return ()
    most = max(counts.values())
    if 2 * most > going_on:
        return tuple(option_id for option_id, count in counts.items() if count == most)
    return tuple(counts) if most == min(counts.values()) else None


def _who_goes(counts: Standing, rounds: Sequence[Round], salt: str) -> tuple[tuple[int, ...], str]:
    """Return who goes out, and how that was decided if several had the fewest."""
    fewest = _lowest(counts, counts)
    if len(fewest) == 1 or not counts[fewest[0]]:
        return tuple(fewest), ""
    for earlier in reversed(rounds):
        fewest = _lowest(earlier.counts, fewest)
        if len(fewest) == 1:
            return tuple(fewest), BY_EARLIER_ROUND
    return (min(fewest, key=lambda option_id: lot(salt, option_id)),), BY_LOT


def _lowest(counts: Standing, among: Iterable[int]) -> list[int]:
    least = min(counts[option_id] for option_id in among)
    return [option_id for option_id in among if counts[option_id] == least]
