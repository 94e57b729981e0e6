"""`board subscribers`: the newsletter's readers as CSV."""

import click
from sqlalchemy import or_, select

from board.articles.models import PRIMARY_SITE_ID, Site
from board.cli import Mistake, with_data
from board.extensions import db


@click.group()
def subscribers() -> None:
    """Read the addresses that readers left at the e-mail gate."""


@subscribers.command()
@click.option("--site", "wanted", help="A site’s name or short name (default: the primary site).")
@click.option("--all", "is_all", is_flag=True, help="Every address, not only confirmed subscribers.")
@with_data
def export(wanted: str | None, is_all: bool) -> None:
    """Write confirmed subscribers to standard output as CSV.

    \b
    Example:
      board subscribers export > subscribers.csv
    """
    from flask import current_app

    from board.gate.listing import as_csv

    site_id = find_site_id(wanted)
    with current_app.test_request_context(base_url=current_app.config["BOARD"].public_url):
        for piece in as_csv(site_id, "" if is_all else "confirmed"):
            click.echo(piece, nl=False)


def find_site_id(wanted: str | None) -> int:
    """Return the ID of the site named, else of the primary one. Raises Mistake."""
    if not wanted:
        return PRIMARY_SITE_ID
    found = db.session.scalar(select(Site.id).where(or_(Site.slug == wanted, Site.name == wanted)).limit(1))
    if found is None:
        known = ", ".join(db.session.scalars(select(Site.slug).order_by(Site.id)))
        raise Mistake(f"There is no site {wanted!r}. Sites: {known or 'none yet'}.")
    return found
