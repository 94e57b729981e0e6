"""`board site key`: the keys with which a publisher's server signs its readers in."""

from pathlib import Path

import click

from board.articles.models import Site
from board.cli import Mistake, with_data
from board.extensions import db


@click.command()
@click.argument("name")
@click.option("--new", is_flag=True, help="Make a key; without --public-key a secret that both sides hold.")
@click.option(
    "--public-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The publisher's public key (PEM; Ed25519 or P-256).",
)
@click.option("--retire", metavar="KID", help="Refuse from now on what this key signs.")
@with_data
def key(name: str, new: bool, public_key: Path | None, retire: str | None) -> None:
    """List a site's keys for single sign-on, make one, or retire one. NAME is the site's name or short name.

    To change keys: make a new one, let your server sign with it, then retire the old one.

    \b
    Example:
      board site key main --new
      board site key main --new --public-key board-public.pem
      board site key main --retire 3f9a0c51d2e4
    """
    from board.access import Refused
    from board.embed.site_keys import NotAKey, add_key, live_keys, retire_key, secret_of

    site = _find(name)
    try:
        if new or public_key:
            made = add_key(site, public_key.read_text(encoding="utf-8", errors="replace") if public_key else "")
            db.session.commit()
            click.echo(f"kid        {made.kid}\nalgorithm  {made.algorithm}\naudience   {site.slug}")
            if made.algorithm == "HS256":
                click.echo(f"secret     {secret_of(made)}")
        elif retire:
            retire_key(site, retire)
            db.session.commit()
            click.echo(f"Key {retire} is retired.")
        else:
            for kept in live_keys(site):
                click.echo(f"{kept.kid}  {kept.algorithm}  since {kept.created_at:%Y-%m-%d}")
    except (NotAKey, Refused) as refusal:
        raise Mistake(str(refusal)) from refusal


def _find(name: str) -> Site:
    from board.articles.operations import site_called

    site = site_called(name)
    if site is None:
        raise Mistake(f"There is no site {name!r}, or several are called so.")
    return site
