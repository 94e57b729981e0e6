"""`board init`: make or upgrade the database."""

import click

from board.cli import with_app


@click.command()
@with_app
def init() -> None:
    """Make the database, or bring an older one up to date. Safe to run again.

    \b
    Example:
      board init
    """
    click.echo("The database is up to date.")
