"""How good the model would be: learn from nine tenths of labelled texts, ask about the rest, ten times over."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from board.screening.bayes import Counts, tokens_of, weigh

FOLDS = 10
SEED = 1
AT_PERCENT = (50, 60, 70, 80, 90, 95, 99)

Labelled = tuple[str, bool]  # a text, and whether it is bad


@dataclass(frozen=True)
class Line:
    """What holding everything from this percentage on would have found."""

    percent: int
    held: int
    found: int  # bad ones among them
    bad: int

    @property
    def precision(self) -> float:
        """Return the share of bad ones among those held."""
        return self.found / self.held if self.held else 0.0

    @property
    def recall(self) -> float:
        """Return the share of those held among the bad ones."""
        return self.found / self.bad if self.bad else 0.0


@dataclass(frozen=True)
class Validation:
    """What came of it: how many texts, how many bad, the table, and the area under the ROC curve."""

    texts: int
    bad: int
    lines: list[Line]
    area: float


def cross_validate(labelled: Sequence[Labelled], *, folds: int = FOLDS) -> Validation:
    """Return precision and recall at several percentages, each text judged by a model that has not seen it."""
    texts = [(tokens_of(text), is_bad) for text, is_bad in labelled]
    random.Random(SEED).shuffle(texts)  # noqa: S311 - the same folds each time
    judged: list[tuple[float, bool]] = []
    for fold in range(folds):
        words, good, bad = _learnt(text for n, text in enumerate(texts) if n % folds != fold)
        judged += [
            (weigh(tokens, words.get, good, bad).share, is_bad)
            for n, (tokens, is_bad) in enumerate(texts)
            if n % folds == fold
        ]
    bad_count = sum(is_bad for _share, is_bad in judged)
    lines = []
    for percent in AT_PERCENT:
        held = [is_bad for share, is_bad in judged if int(share * 100) >= percent]
        lines.append(Line(percent, len(held), sum(held), bad_count))
    return Validation(len(judged), bad_count, lines, _area(judged))


def _learnt(texts: Iterable[tuple[list[str], bool]]) -> tuple[dict[str, Counts], int, int]:
    words: dict[str, Counts] = {}
    totals = [0, 0]
    for tokens, is_bad in texts:
        totals[is_bad] += 1
        for token in tokens:
            good, bad = words.get(token, (0, 0))
            words[token] = good + (not is_bad), bad + is_bad
    return words, totals[0], totals[1]


def _area(judged: Sequence[tuple[float, bool]]) -> float:
    """Return the probability that a bad text looks worse than a good one (Mann and Whitney's U)."""
    shares = sorted(judged)
    bad = sum(is_bad for _share, is_bad in judged)
    good = len(judged) - bad
    if not bad or not good:
        return 0.5
    ranks, at = 0.0, 0
    while at < len(shares):
        end = at
        while end < len(shares) and shares[end][0] == shares[at][0]:
            end += 1
        ranks += sum(is_bad for _share, is_bad in shares[at:end]) * (at + 1 + end) / 2
        at = end
    return (ranks - bad * (bad + 1) / 2) / (bad * good)
