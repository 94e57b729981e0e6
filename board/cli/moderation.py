"""`board moderation`: what the law asks operators to publish."""

import click

from board.cli import Mistake, with_data


@click.group()
def moderation() -> None:
    """Figures about moderation.

    \b
    Example:
      board moderation transparency --from 2026-01-01 --to 2026-12-31 > report.csv
    """


@moderation.command()
@click.option("--from", "first", default="", help="First day, as in 2026-01-01; else the first of this year.")
@click.option("--to", "last", default="", help="Last day, as in 2026-12-31; else today.")
@click.option("--site", "slug", default="", help="Short name of one site; else all of them.")
@with_data
def transparency(first: str, last: str, slug: str) -> None:
    """Print, as CSV, how many decisions, reports, notices and appeals there were, and what became of them.

    \b
    Example:
      board moderation transparency --from 2026-01-01 --to 2026-06-30 --site main
    """
    from sqlalchemy import select

    from board.accounts.reach import EVERYWHERE, Reach
    from board.articles.models import Site
    from board.extensions import db
    from board.moderation.transparency import as_csv, count_period, make_period

    try:
        period = make_period(first, last)
    except ValueError as error:
        raise Mistake("Give two days as in 2026-01-31, the earlier one first.") from error
    within = EVERYWHERE
    if slug:
        site_id = db.session.scalar(select(Site.id).where(Site.slug == slug))
        if site_id is None:
            raise Mistake(f"There is no site {slug}.")
        within = Reach(frozenset({site_id}))
    click.echo(as_csv(count_period(period, within)), nl=False)
