"""`board ballot ledger` and `board ballot verify`: the published ledger, and whether it holds."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from board.cli import Mistake, missing_data, with_app, with_data

PROGRESS_STEP = 1 << 20  # bytes between two moves of the bar
MAX_TOLD = 20


class NotVerified(Mistake):
    """The ledger could not even be looked at: exit status 2, so that scripts can tell this from a ledger at fault."""

    exit_code = 2


@click.command()
@click.argument("slug")
@with_data
def ledger(slug: str) -> None:
    """Write a ballot’s public ledger to standard output, one record a line.

    \b
    Example:
      board ballot ledger best-musical > best-musical.jsonl
    """
    from board.ballots.ledger.publishing import published
    from board.cli.ballots import find_ballot

    out = sys.stdout.buffer
    for _seal, parts in published(find_ballot(slug).id):
        for part in parts:
            out.write(part)
    out.flush()


@click.command()
@click.argument("slug")
@click.option(
    "--ledger", "file", type=click.Path(path_type=Path, dir_okay=False), help="A downloaded ledger. Default: our own."
)
def verify(slug: str, file: Path | None) -> None:
    """Recompute every seal and the result; say which record is wrong.

    A downloaded ledger is verified by itself, then compared with this Board’s, if the ballot is here. Without one, the
    database’s own ledger is verified, and compared with its votes and its tally.

    \b
    Example:
      board ballot verify best-musical --ledger best-musical.jsonl
    \b
    Exit status:
      0  the ledger holds
      1  it does not; each fault names its line
      2  there is nothing to verify
    """
    if not file and (sentence := missing_data()):
        raise NotVerified(sentence)
    report, faults = _verify_file(slug, file) if file else _verify_own(slug)
    for fault in [*map(str, report.faults), *faults][:MAX_TOLD]:
        click.echo(fault, err=True)
    click.echo(_summary(report))
    if report.faults or faults:
        click.echo(f"The ledger of {slug} does not hold.", err=True)
        sys.exit(1)
    click.echo(f"The ledger of {slug} holds.")


def _verify_file(slug: str, file: Path) -> tuple[Any, list[str]]:
    """Verify the file, and compare it with this Board's ledger, if it has one."""
    from board.ballots.ledger.verifying import Fault
    from board.ballots.ledger.verifying import verify as verify_lines

    with _opened(file) as lines, _progress(file.stat().st_size) as move:
        report = verify_lines(lines, move)
    named = report.terms.get("slug")
    if named != slug:
        report.faults.insert(0, Fault(1, f"this is the ledger of “{named}”, not of “{slug}”"))
    return report, [] if missing_data() else _differing(slug, file, report)


@with_app
def _differing(slug: str, file: Path, report: Any) -> list[str]:
    """Return where the verified file differs from this Board's own ledger, if the ballot is here."""
    from board.ballots.ledger.comparing import differing, is_own

    ballot = _found(slug)
    if ballot is None or (report.is_sound and is_own(ballot, report)):
        return []
    with _opened(file) as lines:
        fault = differing(ballot, lines)
    return [str(fault)] if fault else []


@with_app
def _verify_own(slug: str) -> tuple[Any, list[str]]:
    """Verify this Board's own ledger against its votes."""
    from board.ballots.ledger.chain import head_of
    from board.ballots.ledger.comparing import unsealed, verify_own

    ballot = _found(slug)
    if ballot is None:
        raise NotVerified(f"There is no ballot “{slug}”. See board ballot list.")
    head = head_of(ballot.id)
    if head is None:
        raise NotVerified(f"The ledger of {slug} has not begun. It begins within seconds of the opening.")
    with _progress(_bytes_about(head)) as move:
        report, faults = verify_own(ballot, move)
    waiting = unsealed(ballot)
    if waiting:
        click.echo(f"{waiting:,} newer votes wait for their seal.")
    return report, faults


def _bytes_about(head: Any) -> int:
    """Guess how long the ledger is, for the progress bar."""
    vote_line, opening_line, entry_line = 166, 330, 400
    lines = vote_line + (opening_line if head.kind == "result" else 0)
    return int(head.total) * lines + int(head.number) * entry_line


def _summary(report: Any) -> str:
    """Say what was read."""
    from board.ballots.ledger.spoken import shown

    lines = [f"{report.lines:,} lines, {report.votes:,} votes, {len(report.entries):,} entries"]
    if report.entries:
        lines.append(f"Newest entry: {report.head}, sealed {report.sealed_at}")
    if report.result and report.is_sound:
        names = {option["id"]: shown(option["text"]) for option in report.terms["options"]}
        winners = [names.get(each, str(each)) for each in report.result["winners"]]
        told = "Tied for first place" if len(winners) > 1 else "Winner"
        lines.append(f"Result: {report.result['turnout']['counted']:,} votes counted.")
        lines[-1] += f" {told}: {', '.join(winners) or 'nobody'}"
    elif report.is_sound:
        lines.append("No result yet: it follows when voting has closed and the results are shown.")
    return "\n".join(lines)


def _found(slug: str) -> Any:
    """Return the ballot, if there is one that readers know of."""
    from sqlalchemy import select

    from board.ballots.models import Ballot
    from board.extensions import db

    return db.session.scalars(select(Ballot).where(Ballot.slug == slug)).unique().one_or_none()


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    try:
        with file.open("rb") as opened:
            yield opened
    except OSError as error:
        raise NotVerified(f"{file}: {error.strerror or error}.") from error


@contextmanager
def _progress(length: int) -> Iterator[Callable[[int], None]]:
    """Show how far the reading is, if somebody looks."""
    if not sys.stderr.isatty():
        yield lambda _bytes: None
        return
    with click.progressbar(length=length, label="Verifying", file=sys.stderr) as bar:
        waiting = 0

        def move(count: int) -> None:
            nonlocal waiting
            waiting += count
            if waiting >= PROGRESS_STEP:
                bar.update(waiting)
                waiting = 0

        yield move
