"""A ballot's result as it stands: numbers from the tally, rounds from what the worker counted last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from board import audit
from board.access import Refused
from board.ballots.choices import CHOSEN, Counts
from board.ballots.counting import Line, RunOff, leaders, lines
from board.ballots.models import Ballot, BallotOption
from board.ballots.recounts import BallotResult, mark_of
from board.ballots.tally import CHANGES, COUNTED, QUARANTINED, TURNOUT, VOIDED, counts_of
from board.ballots.write_ins import undecided_votes
from board.extensions import db
from board.storage import now


@dataclass(frozen=True)
class Result:
    """What has been counted. Who may see it is for `Ballot.shows_results` to say."""

    ballot: Ballot
    counts: Counts
    kept: BallotResult | None = None
    mark: str = ""  # of the votes as they are now

    @property
    def voters(self) -> int:
        """Return how many votes count."""
        return self.counts[TURNOUT, COUNTED]

    @property
    def quarantined(self) -> int:
        """Return how many votes are set aside until an editor decides."""
        return self.counts[TURNOUT, QUARANTINED]

    @property
    def voided(self) -> int:
        """Return how many votes were decided not to count."""
        return self.counts[TURNOUT, VOIDED]

    @property
    def changes(self) -> int:
        """Return how many times a voter changed their mind."""
        return self.counts[TURNOUT, CHANGES]

    @property
    def cast(self) -> int:
        """Return how many people voted, whatever became of their votes."""
        return self.voters + self.quarantined + self.voided

    @cached_property
    def lines(self) -> list[Line]:
        """Return what each option has, in the editor's order."""
        return lines(self.ballot.method, self.counts, self.voters, [option.id for option in self.ballot.options])

    @cached_property
    def options(self) -> dict[int, BallotOption]:
        """Return the options by their IDs."""
        return {option.id: option for option in self.ballot.options}

    @cached_property
    def run_off(self) -> RunOff | None:
        """Return the rounds as counted last, where options are ranked."""
        return self.kept.run_off if self.kept else None

    @property
    def counted_at(self) -> datetime | None:
        """Return when the rounds were counted."""
        return self.kept.counted_at if self.kept and self.run_off else None

    @property
    def is_counted(self) -> bool:
        """Tell whether everything here is of the votes as they are now."""
        return self.ballot.method != "ranked" or (self.run_off is not None and self._is_fresh)

    @property
    def is_final(self) -> bool:
        """Tell whether nothing can change the result any more but a decision on votes that are set aside."""
        return self.ballot.has_closed and self.is_counted

    @property
    def winners(self) -> list[BallotOption]:
        """Return who has won; several if they tie. Nobody before the close."""
        if not self.is_final:
            return []
        ids: Iterable[int] = self.run_off.winners if self.run_off else leaders(self.lines)
        return [self.options[option_id] for option_id in ids if option_id in self.options]

    @cached_property
    def places(self) -> dict[int, int]:
        """Return the place of each option, shared where they are level; in a run-off by how long they stayed."""
        if not self.run_off:
            return {line.option_id: line.place for line in self.lines}
        stayed: dict[int, tuple[int, int]] = {}
        for number, each in enumerate(self.run_off.rounds):
            stayed.update({option_id: (number, count) for option_id, count in each.counts.items()})
        order = sorted(stayed.values(), reverse=True)
        return {option.id: order.index(stayed.get(option.id, (0, 0))) + 1 for option in self.ballot.options
                if option.id in stayed}  # fmt: skip

    @property
    def unlisted(self) -> int:
        """Return how many votes are for write-ins that are not among the options."""
        if self.ballot.method == "score":
            return 0
        return sum(n for (option_id, mark), n in self.counts.items() if mark == CHOSEN and self._is_unlisted(option_id))

    @cached_property
    def undecided(self) -> int:
        """Return how many votes are for suggestions that wait for an editor."""
        return undecided_votes(self.ballot, self.counts)

    @property
    def _is_fresh(self) -> bool:
        return self.kept is not None and self.kept.mark == self.mark

    def _is_unlisted(self, option_id: int) -> bool:
        return option_id != TURNOUT and option_id not in self.options


def result_of(ballot: Ballot) -> Result:
    """Return the ballot's result in four queries, whatever the number of votes."""
    return Result(ballot, counts_of(ballot.id), db.session.get(BallotResult, ballot.id), mark_of(ballot))


def show_results(ballot: Ballot, by: Any = None) -> bool:
    """Show the results of a ballot whose editor shows them by hand; tell whether they were hidden. Raises Refused."""
    ballot.lock()
    if ballot.results != "by-hand":
        raise Refused(_("The results of this ballot are shown by its rules, not by hand."))
    if not ballot.has_closed:
        raise Refused(_("Voting has not closed yet. The results can be shown when it has."))
    if ballot.results_shown_at is not None:
        return False
    ballot.results_shown_at = now()
    audit.record("ballot.results_shown", ballot, by=by)
    return True
