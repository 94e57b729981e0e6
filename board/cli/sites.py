"""`board site`: add, edit and list publications; the same as at /manage/sites."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from board.cli import Mistake, with_app, with_data
from board.cli.articles import site_named
from board.cli.site_keys import key

F = TypeVar("F", bound=Callable[..., Any])

OPTION_OF = {"slug": "SHORT_NAME", "comment_mode": "--mode", "origins": "--origin"}


def site_options(command: F) -> F:
    """Give the command an option for each field of a site."""
    options = (
        click.option("--origin", "origins", multiple=True, help="Origin of its own pages; may be given again."),
        click.option("--language", help="Of its pages and mails, as in de; empty: as the operator has set."),
        click.option(
            "--mode",
            type=click.Choice(["first", "held", "closed"]),
            help="New comments: published first, all held for a moderator, or none taken.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def site() -> None:
    """Publications: their names, origins, and what becomes of new comments.

    \b
    Example:
      board site edit main --mode held
    """


@site.command()
@click.argument("slug", metavar="SHORT_NAME")
@click.option("--name", required=True, help="The publication's name.")
@site_options
@with_app
def add(slug: str, name: str, **given: Any) -> None:
    """Add a site. SHORT_NAME stands in addresses as ?site=….

    \b
    Example:
      board site add evening --name "Evening Post" --origin https://evening.example
    """
    from board.articles.operations import add_site, primary_site

    primary_site()
    _save(lambda: add_site({"slug": slug, "name": name, **_values(**given)}), "Added")


@site.command()
@click.argument("which", metavar="SITE")
@click.option("--name", help="The publication's name.")
@click.option("--short-name", "slug", help="Stands in addresses as ?site=….")
@site_options
@with_data
def edit(which: str, name: str | None, slug: str | None, **given: Any) -> None:
    """Change what is given of a site (its name or short name), and nothing else.

    \b
    Examples:
      board site edit main --mode held
      board site edit main --language de
      board site edit evening --origin https://evening.example --origin https://www.evening.example
    """
    from board.articles.operations import edit_site

    found = site_named(which)
    values = _values(name=name, slug=slug, **given)
    _save(lambda: edit_site(found, values), "Saved")


@site.command("list")
@with_data
def list_() -> None:
    """List the sites: short name, mode, name, origins, language; parted by tabs.

    \b
    Example:
      board site list
    """
    from sqlalchemy import select

    from board.articles.models import Site
    from board.extensions import db

    for found in db.session.scalars(select(Site).order_by(Site.id)):
        click.echo(f"{found.slug}\t{found.comment_mode}\t{found.name}\t{' '.join(found.origins)}\t{found.language}")


def _values(origins: tuple[str, ...], mode: str | None, **texts: str | None) -> dict[str, str]:
    typed = {**texts, "comment_mode": mode, "origins": "\n".join(origins) or None}
    return {name: text for name, text in typed.items() if text is not None}


def _save(act: Callable[[], Any], done: str) -> None:
    from board.articles.rules import WrongFields
    from board.extensions import db

    try:
        saved = act()
    except WrongFields as wrong:
        db.session.rollback()
        lines = [f"{OPTION_OF.get(name, '--' + name)}: {sentence}" for name, sentence in wrong.errors.items()]
        raise Mistake("\n".join(lines)) from wrong
    db.session.commit()
    click.echo(f"{done}: {saved.name} ({saved.slug}), mode {saved.comment_mode}.")


site.add_command(key)
