"""`board article`: add, edit and list articles; the same as at /manage/articles."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from board.cli import Mistake, note_guessed_address, with_app, with_data

F = TypeVar("F", bound=Callable[..., Any])

OPTION_OF = {
    "external_id": "ID",
    "body_source": "--body-file",
    "published_at": "--published",
    "picture_alt": "--picture-alt",
    "trailer_url": "--trailer",
    "videos": "--video",
    "gate_after_blocks": "--gate-after",
    "comment_mode": "--mode",
    "comments_close_after_days": "--close-after",
}


def article_options(command: F) -> F:
    """Give the command an option for each field of an article."""
    options = (
        click.option("--standfirst", help="One or two sentences under the title."),
        click.option("--byline", help="Who wrote it."),
        click.option("--section", help="As in Reviews; a ballot can be on all articles of one."),
        click.option("--published", help="2026-11-22 or '2026-11-22 19:30'."),
        click.option("--body-file", type=click.File("rb"), help="The text in Markdown; - reads standard input."),
        click.option("--gate", type=click.Choice(["open", "email", "members"]), help="Who reads the whole text."),
        click.option("--gate-after", type=int, help="Paragraphs that everybody reads."),
        click.option("--trailer", help="Address of a video under the text."),
        click.option("--video", "videos", multiple=True, help="'URL | title'; may be given again."),
        click.option("--url", help="The publisher’s own page, on one of the site’s origins."),
        click.option("--picture", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Lead picture."),
        click.option("--picture-alt", help="What the picture shows; needed with a picture."),
        click.option("--comments", type=click.Choice(["open", "closed"]), help="Whether comments are taken."),
        click.option(
            "--mode",
            type=click.Choice(["site", "first", "held"]),
            help="New comments: as the site does, published first, or held for a moderator.",
        ),
        click.option("--close-after", type=int, help="Days after which comments close by themselves."),
        click.option("--site", "site_name", help="Name or short name of the site (default: the first one)."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def article() -> None:
    """Add, edit and list articles."""


@article.command()
@click.argument("external_id", metavar="ID")
@click.option("--title", required=True, help="The headline.")
@article_options
@with_app
def add(external_id: str, site_name: str | None, **given: Any) -> None:
    """Add an article. ID is your own name for it, unique in its site.

    \b
    Example:
      board article add opening-night --title "Opening night" --body-file review.md --gate email
    """
    from board.articles.operations import add_article

    site = site_named(site_name)
    _save(lambda: add_article(site, {"external_id": external_id, **_values(given)}), "Added")


@article.command()
@click.argument("external_id", metavar="ID")
@click.option("--title", help="The headline.")
@article_options
@with_data
def edit(external_id: str, site_name: str | None, **given: Any) -> None:
    """Change what is given of an article, and nothing else. An empty text takes a field’s content away.

    \b
    Example:
      board article edit opening-night --gate open --comments closed
      board article edit election-night --mode held
    """
    from board.articles.operations import edit_article

    found = _article(site_named(site_name), external_id)
    _save(lambda: edit_article(found, _values(given)), "Saved")


@article.command()
@click.argument("external_id", metavar="ID")
@click.argument("into_id", metavar="INTO", required=False)
@click.option("--undo", is_flag=True, help="Take ID out of the article it was merged into, with its discussions.")
@click.option("--site", "site_name", help="Name or short name of the site (default: the first one).")
@with_data
def merge(external_id: str, into_id: str | None, undo: bool, site_name: str | None) -> None:
    """Move the thread of article ID into that of article INTO; the old ID and its pages lead there from then on.

    If there is no article ID yet, the ID becomes one more name of INTO.

    \b
    Example:
      board article merge opening-night-2 opening-night
      board article merge --undo opening-night-2
    """
    from board.comments.merging import add_alias, undo_merge

    site = site_named(site_name)
    if undo == (into_id is not None):
        raise Mistake("Give two IDs to merge, or --undo and the ID that was merged.")
    if into_id is None:
        merged = _article(site, external_id)
        _save(lambda: undo_merge(merged), "Separated")
    else:
        into = _article(site, into_id)
        _save(lambda: add_alias(into, external_id), "Merged")


@article.command("list")
@click.option("--site", "site_name", help="Name or short name of the site (default: the first one).")
@click.option("--search", default="", help="Only articles whose title or ID contains this.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most so many.")
@with_data
def list_(site_name: str | None, search: str, limit: int) -> None:
    """List a site’s articles, newest first: date, gate, comments, ID, title.

    \b
    Example:
      board article list --search opening
    """
    from board.pages.headlines import headlines

    page = headlines(site_named(site_name), search=search, limit=limit)
    for row in page.rows:
        shown = row.article
        day = shown.published_at.date().isoformat()
        click.echo(f"{day}  {shown.gate:7}  {row.comment_count:>6}  {shown.external_id}  {shown.title}")
    if page.older:
        click.echo(f"There are more; --limit {limit * 10} shows more of them.", err=True)
    if not page.rows:
        click.echo("No articles.", err=True)


def site_named(name: str | None) -> Any:
    """Return the site that is named, or the first one."""
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


def _article(site: Any, external_id: str) -> Any:
    """Return the site's article with this ID."""
    from board.comments.merging import article_called

    if found := article_called(site.id, external_id):
        return found
    raise Mistake(f"{site.name} has no article with the ID {external_id}. `board article list` shows them.")


def _values(given: dict[str, Any]) -> dict[str, str | bytes]:
    """Return the texts of the options that were given, by field."""
    names = {option.strip("-").replace("-", "_"): field for field, option in OPTION_OF.items()}
    values: dict[str, str | bytes] = {}
    for name, value in given.items():
        if value is None or value == ():
            continue
        if name == "picture":
            values["picture"] = value.read_bytes()
        elif name == "body_file":
            values["body_source"] = _text(value.read())
        else:
            values[names.get(name, name)] = "\n".join(value) if isinstance(value, tuple) else str(value)
    return values


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Mistake(f"--body-file: not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error


def _save(act: Callable[[], Any], done: str) -> None:
    """Do it and commit, or say for each wrong option how to mend it."""
    from flask import current_app

    from board.access import Refused
    from board.articles.loading import article_path
    from board.articles.rules import WrongFields
    from board.extensions import db
    from board.urls import absolute

    try:
        saved = act()
    except WrongFields as wrong:
        db.session.rollback()
        lines = [f"{OPTION_OF.get(name, '--' + name)}: {sentence}" for name, sentence in wrong.errors.items()]
        raise Mistake("\n".join(lines)) from wrong
    except Refused as refusal:
        db.session.rollback()
        raise Mistake(str(refusal)) from refusal
    db.session.commit()
    with current_app.test_request_context():
        click.echo(f"{done}: {absolute(article_path(saved))}")
        note_guessed_address()
