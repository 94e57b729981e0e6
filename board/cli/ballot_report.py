"""`board ballot report`: what a sponsor may know of a ballot, and the link under which they read it."""

from typing import Any

import click

from board.cli import Mistake, with_data


@click.command()
@click.argument("slug")
@click.option("--link", is_flag=True, help="Make a new secret link for the sponsor; a former one ends.")
@click.option("--withdraw", is_flag=True, help="Let the sponsor’s link work no more.")
@with_data
def report(slug: str, link: bool, withdraw: bool) -> None:
    """Print how often a ballot was seen, voted on and its sponsor’s link pressed, by day and by page.

    \b
    Examples:
      board ballot report best-musical
      board ballot report best-musical --link
    """
    from board.ballots.report import address_of, make_link, report_of, withdraw_links
    from board.cli.ballots import find_ballot
    from board.extensions import db

    found = find_ballot(slug)
    if link and withdraw:
        raise Mistake("--link and --withdraw: choose one of them.")
    if link and found.is_draft:
        raise Mistake(f"{slug} is a draft. Publish it first: board ballot open {slug}")
    if link:
        address = address_of(found, make_link(found))
        db.session.commit()
        click.echo(f"{address}\nWhoever has this address can read the report. Board keeps no copy of it.")
        return
    if withdraw:
        had = withdraw_links(found)
        db.session.commit()
        click.echo("The sponsor’s link no longer works." if had else "There was no link.")
        return
    report = report_of(found)
    click.echo(found.question)
    click.echo(in_words("In all", report.totals))
    for title, rows in (("By day (UTC)", report.days), ("By page", report.pages)):
        if rows:
            click.echo(f"{title}:")
        for row in rows:
            click.echo(in_words(f"  {row.label or 'too few to tell apart'}", row))


def in_words(label: str, row: Any) -> str:
    """Return a row of the report in one line."""
    seen, votes, presses = ("under 10" if count is None else f"{count:,}" for count in row.counts)
    return f"{label}: seen {seen}, votes {votes}, link presses {presses}"
