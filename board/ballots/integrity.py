"""The integrity report: what became of every vote, and why. Public after the close; a small group tells of nobody."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _

from board.ballots.results import Result
from board.ballots.suspicion import SENTENCES

FEWEST = 5  # votes that a reason is named for; rarer reasons are counted together


@dataclass(frozen=True)
class Integrity:
    """What the report says."""

    result: Result
    reasons: list[tuple[str, int, int]]  # in words; votes that wait, votes that were voided

    @cached_property
    def figures(self) -> list[tuple[str, int]]:
        """Return what became of all votes."""
        return [
            (str(_("voters")), self.result.cast),
            (str(_("votes counted")), self.result.voters),
            (str(_("changes of mind, each keeping one vote a voter")), self.result.changes),
            (str(_("votes set aside, not decided yet")), self.result.quarantined),
            (str(_("votes voided")), self.result.voided),
        ]


def integrity_of(result: Result) -> Integrity:
    """Return the report, from the tally and from what the worker counted last."""
    waiting: Counter[str] = Counter()
    voided: Counter[str] = Counter()
    for state, codes, votes in result.kept.doubts if result.kept else []:
        (waiting if state == "quarantined" else voided)[codes[0] if codes else ""] += votes
    return Integrity(result, _told(waiting, voided))


def _told(waiting: Counter[str], voided: Counter[str]) -> list[tuple[str, int, int]]:
    """Return each reason that is common enough, and the rest together."""
    both = waiting + voided
    clear = [code for code, votes in both.most_common() if votes >= FEWEST and code]
    rest = [code for code in both if code not in clear]
    rows = [(in_words(code), waiting[code], voided[code]) for code in clear]
    if rest:
        rows.append((str(_("Other reasons")), sum(waiting[each] for each in rest), sum(voided[each] for each in rest)))
    return rows


def in_words(code: str) -> str:
    """Return the sentence for a doubt."""
    return str(SENTENCES.get(code, code))
