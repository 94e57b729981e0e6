"""A result as text, for a terminal: a table, and the rounds of a run-off."""

from board.ballots.results import Result
from board.ballots.verdicts import mean_text, notes, round_note, verdict

MAX_NAME = 40  # characters of an option's name


def as_text(result: Result) -> str:
    """Return question, table, rounds and verdict, a line each."""
    ballot = result.ballot
    head = ["", "Votes", "Share"]
    if ballot.method == "score":
        head = ["", "Votes", "Mean", *(str(mark) for mark in range(1, 6))]
    elif ballot.method == "ranked":
        head[1] = "First choices"
    rows = []
    for line in result.lines:
        row = [_name(result, line.option_id), f"{line.count:,}"]
        if ballot.method == "score":
            rows.append([*row, mean_text(line), *(f"{votes:,}" for votes in line.marks)])
        else:
            rows.append([*row, f"{line.percent}%"])
    parts = [ballot.question, table([head, *rows]), *_rounds(result)]
    parts.append(f"Total: {_votes(result.voters)}; set aside: {result.quarantined:,}; voided: {result.voided:,}.")
    return "\n".join([*parts, *notes(result), *filter(None, [verdict(result)])])


def table(rows: list[list[str]]) -> str:
    """Return the rows with their columns aligned, the first one to the left."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  " + "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    )


def _rounds(result: Result) -> list[str]:
    """Return the rounds, if options are ranked."""
    run_off = result.run_off
    if run_off is None:
        return []
    head = ["", *(f"Round {number}" for number in range(1, len(run_off.rounds) + 1))]
    rows = [
        [_name(result, option_id), *(f"{each.counts[option_id]:,}" if option_id in each.counts else "out"
                                     for each in run_off.rounds)]
        for option_id in run_off.rounds[0].counts
    ]  # fmt: skip
    rows.append(["No further choice", *(f"{each.exhausted:,}" for each in run_off.rounds)])
    names = {option_id: _name(result, option_id) for option_id in run_off.rounds[0].counts}
    said = [round_note(number, each, names) for number, each in enumerate(run_off.rounds, 1)]
    return [table([head, *rows]), *said]


def _name(result: Result, option_id: int) -> str:
    option = result.options.get(option_id)
    text = option.text if option else f"option {option_id}"
    return text if len(text) <= MAX_NAME else f"{text[: MAX_NAME - 1]}…"


def _votes(count: int) -> str:
    return "1 vote" if count == 1 else f"{count:,} votes"
