"""The results page: a result, laid out."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from flask_babel import format_date, format_time

from board.ballots.charts import Flow, Part, Timeline, distribution, flow, timeline
from board.ballots.choices import BEST_SCORE
from board.ballots.counting import Line
from board.ballots.models import Ballot, BallotOption
from board.ballots.results import Result
from board.ballots.verdicts import mean_text, notes, round_note, verdict
from board.days import own_zone


@dataclass(frozen=True)
class ResultRow:
    """An option with all that its row shows."""

    option: BallotOption
    line: Line
    share: int  # per cent, of the bar
    is_winner: bool = False
    mean: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class RoundsRow:
    """An option in the table of a run-off's rounds; None: it is out."""

    option: BallotOption | None  # None: ballots that rank none that is left
    letter: str
    colour: int
    counts: list[int | None]


@dataclass(frozen=True)
class ResultsPage:
    """What `ballots/results.html` shows."""

    result: Result

    @property
    def ballot(self) -> Ballot:
        """Return the ballot."""
        return self.result.ballot

    @cached_property
    def rows(self) -> list[ResultRow]:
        """Return the options, after the close the winners and then those with the most, until then in order."""
        lines = self.result.lines
        winners = {winner.id for winner in self.result.winners}
        found = lines
        if self.ballot.has_closed:
            found = sorted(lines, key=lambda line: (line.option_id not in winners, line.place))
        return [self._row(line, line.option_id in winners) for line in found]

    @property
    def verdict(self) -> str:
        """Say who has won."""
        return verdict(self.result)

    @property
    def notes(self) -> list[str]:
        """Say what one should know of the numbers."""
        return notes(self.result)

    @cached_property
    def flow(self) -> Flow | None:
        """Return the rounds as a chart, if there is more than one."""
        run_off = self.result.run_off
        return flow(run_off) if run_off and run_off.winners else None

    @property
    def scores(self) -> list[int]:
        """Return the scores that could be given; none by other methods."""
        return list(range(1, BEST_SCORE + 1)) if self.ballot.method == "score" else []

    @property
    def rounds_table(self) -> list[RoundsRow]:
        """Return a row for each option, in the order of the chart's letters, and one for the exhausted ballots."""
        run_off, chart = self.result.run_off, self.flow
        if run_off is None or chart is None:
            return []
        found = [
            RoundsRow(
                self.result.options[key],
                chart.letters[key],
                chart.colours[key],
                [each.counts.get(key) for each in run_off.rounds],
            )
            for key in chart.letters
            if key is not None and key in self.result.options
        ]
        return [*found, RoundsRow(None, "", 0, [each.exhausted for each in run_off.rounds])]

    @property
    def round_notes(self) -> list[str]:
        """Say what happens in each round."""
        names = {option.id: option.text for option in self.ballot.options}
        rounds = self.result.run_off.rounds if self.result.run_off else ()
        return [round_note(number, each, names) for number, each in enumerate(rounds, 1)]

    @cached_property
    def timeline(self) -> Timeline:
        """Return votes over time."""
        return timeline(self.result.kept.hours if self.result.kept else {}, own_zone())

    def _row(self, line: Line, is_winner: bool) -> ResultRow:
        option = self.result.options[line.option_id]
        if self.ballot.method == "score":
            return ResultRow(option, line, line.percent, is_winner, mean_text(line), tuple(distribution(line)))
        return ResultRow(option, line, line.percent, is_winner)


def moment_label(start: datetime | date, days: int) -> str:
    """Return how the chart names an hour, or the first of some days."""
    if days or not isinstance(start, datetime):
        return str(format_date(start, "medium"))
    return f"{format_date(start.date(), 'medium')} {format_time(start, 'short', rebase=False)}"


def page_of(result: Result) -> ResultsPage:
    """Return the page that shows the result."""
    return ResultsPage(result)
