"""A result as JSON and as CSV."""

from typing import Any

from board.ballots.counting import Line
from board.ballots.models import Ballot
from board.ballots.results import Result
from board.spreadsheets import csv_of
from board.urls import absolute


def described(ballot: Ballot) -> dict[str, Any]:
    """Return what is known of the ballot without its numbers."""
    return {
        "ballot": ballot.slug,
        "url": absolute(f"/ballots/{ballot.slug}"),
        "question": ballot.question,
        "method": ballot.method,
        "sponsor": ballot.sponsor.name if ballot.sponsor else None,
        "disclosure": ballot.disclosure,
        "opens_at": ballot.opens_at.isoformat() if ballot.opens_at else None,
        "closes_at": ballot.closes_at.isoformat() if ballot.closes_at else None,
        "is_closed": ballot.has_closed,
        "results": ballot.results,
    }


def as_json(result: Result) -> dict[str, Any]:
    """Return the whole result, to be written as JSON."""
    found = described(result.ballot) | {
        "voters": result.voters,
        "is_final": result.is_final,
        "winners": [winner.id for winner in result.winners],
        "options": [_option(result, line) for line in result.lines],
    }
    if result.ballot.method == "ranked":
        found["counted_at"] = result.counted_at.isoformat() if result.counted_at else None
        found["rounds"] = [
            {
                "counts": [{"option": option_id, "votes": n} for option_id, n in each.counts.items()],
                "exhausted": each.exhausted,
                "out": list(each.out),
                "tie": each.tie or None,
                "transfers": [{"from": gone, "to": to, "votes": n} for gone, to, n in each.transfers],
            }
            for each in (result.run_off.rounds if result.run_off else ())
        ]
    return found


def as_csv(result: Result) -> str:
    """Return a line for each option, in the editor's order; scores and rounds as further columns."""
    head, marks = ["option", "votes", "share_percent", "place"], 0
    rounds = result.run_off.rounds if result.run_off else ()
    if result.ballot.method == "score":
        marks = len(result.lines[0].marks) if result.lines else 0
        head += ["mean", *(f"score_{mark}" for mark in range(1, marks + 1))]
    head += [f"round_{number}" for number in range(1, len(rounds) + 1)]
    rows: list[list[Any]] = [head]
    for line in result.lines:
        row: list[Any] = [
            result.options[line.option_id].text,
            line.count,
            line.percent,
            result.places.get(line.option_id, ""),
        ]
        row += [_mean(line), *line.marks] if marks else []
        row += [each.counts.get(line.option_id, "") for each in rounds]
        rows.append(row)
    if result.undecided:
        rows.append(["suggestions not decided", result.undecided] + [""] * (len(head) - 2))
    return csv_of(rows)


def _option(result: Result, line: Line) -> dict[str, Any]:
    option = result.options[line.option_id]
    found = {"id": option.id, "text": option.text, "votes": line.count, "percent": line.percent}
    found["place"] = result.places.get(option.id)
    if result.ballot.method == "score":
        found |= {"mean": _mean(line) or None, "scores": list(line.marks)}
    return found


def _mean(line: Line) -> float | str:
    return round(float(line.mean), 4) if line.mean is not None else ""
