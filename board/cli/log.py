"""`board log`: verify, seal and export the audit log."""

from pathlib import Path
from typing import Any

import click

from board.cli import Mistake, with_data

HASH_CHARACTERS = 64


@click.group()
def log() -> None:
    """The log of every decision and change: chained, so that nobody can alter it unnoticed.

    \b
    Examples:
      board log verify
      board log export --format csv > log.csv
    """


@log.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--head", metavar="HASH", default="", help="A head that you kept: it must still be in the log.")
def verify(file: Path | None, head: str) -> None:
    """Compute the whole log again, from the database or from an exported FILE; exit 1 if anything is wrong.

    Keep the head that is printed somewhere else (a mail to yourself, paper). With --head, even a log that was written
    anew from its first entry is found out.

    \b
    Examples:
      board log verify
      board log verify log.jsonl
      board log verify --head 3f1c…
    """
    head = head.strip().lower()
    if head and (len(head) != HASH_CHARACTERS or set(head) - set("0123456789abcdef")):
        raise Mistake(f"--head: A head is {HASH_CHARACTERS} characters, 0 to 9 and a to f.")
    verdict = _verify_file(file, head) if file else _verify_database(head)
    _tell(verdict)
    if not verdict.is_sound:
        raise SystemExit(1)


@log.command()
@with_data
def seal() -> None:
    """Chain what was written since the last time; the worker does this every few seconds by itself.

    \b
    Example:
      board log seal
    """
    from board.audit.chain import link_all

    number = link_all()
    click.echo("1 entry was chained." if number == 1 else f"{number} entries were chained.")


@log.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@with_data
def export(form: str) -> None:
    """Write the whole log to standard output: JSON lines or CSV.

    \b
    Example:
      board log export > log.jsonl
    """
    from board.audit.chain import link_all
    from board.audit.exporting import as_lines, linked_entries

    link_all()
    for line in as_lines(linked_entries(), form):
        click.echo(line, nl=False)


@with_data
def _verify_database(head: str) -> Any:
    from board.audit.chain import link_all
    from board.audit.exporting import linked_entries
    from board.audit.verifying import verify as verify_chain

    link_all()
    return verify_chain(linked_entries(), head)


def _verify_file(file: Path, head: str) -> Any:
    from board.audit.exporting import NotALog, read_file
    from board.audit.verifying import verify as verify_chain

    with click.open_file(str(file), encoding="utf-8", errors="replace") as opened:
        try:
            return verify_chain(read_file(opened), head)
        except NotALog as mistake:
            raise Mistake(str(mistake)) from mistake


def _tell(verdict: Any) -> None:
    """Print what was found: what is wrong on stderr, the head on stdout."""
    for finding in verdict.findings:
        click.echo(finding, err=True)
    if verdict.faults > len(verdict.findings):
        click.echo(f"And {verdict.faults - len(verdict.findings)} more.", err=True)
    entries = "1 entry" if verdict.entries == 1 else f"{verdict.entries} entries"
    if verdict.is_sound:
        click.echo(f"The log is whole: {entries}, none changed, missing or slipped in.")
        if verdict.kept_number > 0:
            click.echo(f"The head you kept is number {verdict.kept_number}; {_since(verdict)}.")
    else:
        click.echo(f"The log is NOT as it was written: {entries}, {verdict.faults} wrong.", err=True)
    click.echo(f"Head: {verdict.head} (number {verdict.number})")


def _since(verdict: Any) -> str:
    more = verdict.number - verdict.kept_number
    return "nothing was added since" if not more else f"{more} more {'was' if more == 1 else 'were'} added since"
