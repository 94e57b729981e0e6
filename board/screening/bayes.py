"""A small model of which words are in comments that moderators remove, and which in those they let stand.

Each word's share of bad comments, drawn towards one half while it is rare (Robinson 2003, "A statistical approach to
the spam problem"), and the thirty that say most combined by Fisher's method, as in SpamBayes. So a result names the
words that weighed, nothing is assumed about how many comments are bad, and no language is known beforehand.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from board.screening.folding import ADDRESS, folded, has_no_spaces, words_in
from board.screening.models import MAX_WORD_CHARACTERS

MAX_WORDS = 300  # different ones of a text
MOST_TELLING = 30
LEAST_TELLING = 0.1  # distance from one half below which a word says nothing
LEAST_COMMENTS = 2  # in which a word was
STRENGTH = 1.0  # how many comments the assumption "one half" weighs

Counts = tuple[int, int]  # good and bad comments


@dataclass(frozen=True)
class Weighed:
    """How bad a text looks, from 0 to 1, and the words that said most, with the share of each."""

    share: float
    words: tuple[tuple[str, float], ...]

    @property
    def percent(self) -> int:
        """Return the share as a whole number."""
        return int(self.share * 100)

    @property
    def against(self) -> tuple[str, ...]:
        """Return the words that spoke against the text, the weightiest first."""
        return tuple(word for word, share in self.words if share > 0.5)


def tokens_of(text: str) -> list[str]:
    """Return what the model sees of a plain text: each word once, pairs of signs where words have no spaces, hosts."""
    found: dict[str, None] = {}
    for address in ADDRESS.findall(text):
        host = folded(address).split("//")[-1].split("/")[0].removeprefix("www.")
        found[f"link:{host}"[:MAX_WORD_CHARACTERS]] = None
    for word in words_in(folded(ADDRESS.sub(" ", text))):
        if has_no_spaces(word):
            found.update(dict.fromkeys(word[at : at + 2] for at in range(len(word) - 1)))
        elif 1 < len(word) <= MAX_WORD_CHARACTERS:
            found[word] = None
        if len(found) >= MAX_WORDS:
            break
    return list(found)[:MAX_WORDS]


def weigh(tokens: Iterable[str], counts_of: Callable[[str], Counts | None], good: int, bad: int) -> Weighed:
    """Return how bad these words look to a model of so many good and bad comments."""
    shares = []
    for token in tokens:
        counts = counts_of(token)
        if counts and sum(counts) >= LEAST_COMMENTS:
            share = _share(counts, good, bad)
            if abs(share - 0.5) >= LEAST_TELLING:
                shares.append((token, share))
    shares.sort(key=lambda found: (-abs(found[1] - 0.5), found[0]))
    telling = tuple(shares[:MOST_TELLING])
    return Weighed(_combined([share for _word, share in telling]), telling)


def _share(counts: Counts, good: int, bad: int) -> float:
    """Return the share of bad comments among those with the word, as if both kinds were equally many."""
    in_good, in_bad = counts[0] / max(good, 1), counts[1] / max(bad, 1)
    share, seen = in_bad / (in_good + in_bad), sum(counts)
    return (STRENGTH * 0.5 + seen * share) / (STRENGTH + seen)


def _combined(shares: list[float]) -> float:
    """Combine the shares by Fisher's method, both ways."""
    if not shares:
        return 0.5
    bad = _chi_squared_tail(-2 * sum(math.log(share) for share in shares), len(shares))
    good = _chi_squared_tail(-2 * sum(math.log(1 - share) for share in shares), len(shares))
    return (1 + bad - good) / 2


def _chi_squared_tail(value: float, pairs: int) -> float:
    """Return the probability that chi-squared with 2 × pairs degrees of freedom is at least the value."""
    half = value / 2
    term = total = math.exp(-half)
    for number in range(1, pairs):
        term *= half / number
        total += term
    return min(total, 1.0)
