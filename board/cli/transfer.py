"""`board import` and `board export`: comments from other systems, and to them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from board.cli import Mistake, with_app, with_data

PROGRESS_STEP = 256 * 1024  # bytes of the file


@click.group("import")
def import_() -> None:
    """Import comments from another system."""


@click.group()
def export() -> None:
    """Export comments for another system."""


@import_.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--site", "site_name", help="Name or short name of the site (default: the first one).")
@click.option("--dry-run", is_flag=True, help="Check and report, and change nothing.")
@click.option("--strict", is_flag=True, help="Change nothing if any row is refused.")
@with_app
def jsonl(file: Path, site_name: str | None, dry_run: bool, strict: bool) -> None:
    """Import comments from a JSONL file, plain or gzipped; each line is one comment.

    A line is a JSON object with source, thread (the article’s ID), id, parent_id (or null), author, created (ISO 8601),
    body (Markdown or HTML) and, if you like, score. What was imported before is left as it is, so running it again is
    safe. Rows that cannot be taken are listed with the reason; a damaged file changes nothing.

    \b
    Example:
      board import jsonl comments.jsonl.gz --dry-run
    """
    from board.extensions import db
    from board.transfer.importing import Import
    from board.transfer.lines import BrokenFile

    task = Import(_site(site_name))
    try:
        with _opened(file) as opened, _progress(file) as progress:
            task.read(opened, progress)
        _tell_refusals(task)
        _stop_if(strict and task.report.refused > 0, "Nothing was imported, because of --strict.")
        _stop_if(task.report.refused == task.report.rows, "Nothing was imported: no row can be taken.")
        if not dry_run:
            task.store()
    except BrokenFile as broken:
        raise Mistake(f"{file}: {broken} Nothing was imported.") from broken
    finally:
        db.session.rollback()
        task.staging.close()
    click.echo(_summary(task.report, dry_run))


@export.command()
@click.option("--site", "site_name", help="Name or short name of the site (default: the first one).")
@with_data
def comments(site_name: str | None) -> None:
    """Write a site’s published comments to standard output as JSONL, in the shape that `board import jsonl` reads.

    \b
    Example:
      board export comments | gzip > comments.jsonl.gz
    """
    from board.transfer.exporting import comments_as_jsonl

    for line in comments_as_jsonl(_site(site_name)):
        click.echo(line)


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    try:
        with file.open("rb") as opened:
            yield opened
    except OSError as error:
        raise Mistake(f"{file}: {error.strerror or error}.") from error


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    """Show how far the reading is, if somebody looks."""
    if not sys.stderr.isatty():
        yield lambda _position: None
        return
    with click.progressbar(length=file.stat().st_size, label="Reading", file=sys.stderr) as bar:

        def move(position: int) -> None:
            if position - bar.pos >= PROGRESS_STEP:
                bar.update(position - bar.pos)

        yield move


def _tell_refusals(task: Any) -> None:
    for refusal in task.staging.refusals():
        row_id = f" ({refusal.id!r})" if refusal.id else ""
        click.echo(f"line {refusal.line}{row_id}: {refusal.why}")


def _stop_if(is_over: bool, sentence: str) -> None:
    if is_over:
        raise Mistake(sentence)


def _summary(report: Any, is_dry_run: bool) -> str:
    did = "Would import" if is_dry_run else "Imported"
    return (
        f"{did} {_count(report.comments, 'comment')} by {_count(report.authors, 'author')} on "
        f"{_count(report.articles, 'article')} ({report.new_articles} new). "
        f"{report.known} imported before, {report.refused} refused, of {_count(report.rows, 'row')}."
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _site(name: str | None) -> Any:
    from sqlalchemy import select

    from board.articles.models import Site
    from board.articles.operations import primary_site, site_called
    from board.extensions import db

    if not name:
        return primary_site()
    if found := site_called(name):
        return found
    known = ", ".join(db.session.scalars(select(Site.slug).order_by(Site.id))) or "none"
    raise Mistake(f"There is no site {name}. The sites are: {known}.")
