"""`board demo`: sample content, to look around in."""

import click

from board.cli import with_app


@click.command()
@click.option("--force", is_flag=True, help="Add what is missing even if there are articles already.")
@with_app
def demo(force: bool) -> None:
    """Fill an empty Board with sample articles, comments, a ballot and accounts. Safe to run again.

    \b
    Example:
      board demo && board serve
    """
    from flask import current_app

    from board.articles.loading import article_path
    from board.extensions import db
    from board.pages.demo import has_articles, make_demo
    from board.urls import absolute

    if has_articles() and not force:
        click.echo("There are articles already, so no sample content was added. (--force adds it all the same.)")
        return
    articles, accounts = make_demo()
    db.session.commit()
    with current_app.test_request_context():
        click.echo("Open, once `board serve` runs:")
        click.echo(f"  {absolute('/')}")
        for article in articles:
            click.echo(f"  {absolute(article_path(article))}")
    click.echo("Accounts (passwords are shown only now):")
    for account in accounts:
        click.echo(f"  {account.email:22} {account.role:10} {account.password or '(was there already)'}")
