"""`board ballot`: write, publish, close and read ballots."""

from typing import Any

import click

from board.cli import Mistake, note_guessed_address, with_app, with_data
from board.cli.ballot_report import report
from board.cli.ballot_terms import changed_terms, given, in_words, set_pictures, takes_terms
from board.cli.ledger import ledger, verify
from board.cli.quarantine import quarantine


@click.group()
def ballot() -> None:
    """Write, publish, close and read ballots."""


ballot.add_command(ledger)
ballot.add_command(verify)
ballot.add_command(report)
ballot.add_command(quarantine)


@ballot.command()
@click.argument("slug")
@takes_terms
@click.option("--place", "places", multiple=True, metavar="ARTICLE_ID", help="An article that shows the ballot.")
@click.option("--site", "site_name", default="", help="Name or slug of the site. Default: the first one.")
@click.option("--draft", is_flag=True, help="Keep it as a draft instead of publishing it.")
@with_app
def add(slug: str, site_name: str, draft: bool, places: tuple[str, ...], **values: Any) -> None:
    """Write a ballot and publish it at once. Times without a zone are in BOARD_TIMEZONE.

    \b
    Example:
      board ballot add best-musical --question "Best musical?" --option Six --option Hamilton \\
        --sponsor "Stagecraft Ltd" --sponsor-url https://stagecraft.example/ --place opening-night
    """
    from board.ballots.operations import find_articles, place_ballot, publish_ballot, write_ballot
    from board.ballots.terms import Terms, TermsRefused
    from board.extensions import db

    site = find_site(site_name)
    try:
        articles = find_articles(site, list(places))
        made = write_ballot(site, changed_terms(Terms(slug, "", []), values))
        set_pictures(made, values)
        for article in articles:
            place_ballot(made, article)
        if not draft:
            publish_ballot(made)
    except TermsRefused as refused:
        raise Mistake(in_words(refused.faults)) from refused
    db.session.commit()
    click.echo(described(made))
    note_guessed_address()


@ballot.command()
@click.argument("slug")
@takes_terms
@with_data
def edit(slug: str, **values: Any) -> None:
    """Change what is given and nothing else. Once voting has opened: close earlier, hide the results for longer.

    \b
    Example:
      board ballot edit best-musical --method ranked --order random
    """
    from board.access import Refused
    from board.ballots.operations import rewrite_ballot, tighten_ballot
    from board.ballots.terms import Terms, TermsRefused
    from board.extensions import db

    found = find_ballot(slug)
    terms = changed_terms(Terms.of(found), values)
    try:
        if found.is_open and given(values) <= {"closes_at", "results"}:
            tighten_ballot(found, closes_at=terms.closes_at, results=terms.results)
        else:
            rewrite_ballot(found, terms)
            set_pictures(found, values)
    except TermsRefused as refused:
        raise Mistake(in_words(refused.faults)) from refused
    except Refused as refused:
        raise Mistake(str(refused)) from refused
    db.session.commit()
    click.echo(described(found))
    note_guessed_address()


@ballot.command("open")
@click.argument("slug")
@with_data
def open_(slug: str) -> None:
    """Publish a draft. Voting opens at its time, or now. Safe to run again.

    \b
    Example:
      board ballot open best-musical
    """
    from board.ballots.operations import publish_ballot
    from board.ballots.terms import TermsRefused
    from board.extensions import db

    found = find_ballot(slug)
    try:
        publish_ballot(found)
    except TermsRefused as refused:
        raise Mistake(in_words(refused.faults)) from refused
    db.session.commit()
    click.echo(described(found))
    note_guessed_address()


@ballot.command()
@click.argument("slug")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
@click.option("--show", is_flag=True, help="Show them to readers, where that is done by hand.")
@with_data
def results(slug: str, form: str, show: bool) -> None:
    """Count a ballot now and print its numbers, whatever readers may see of them.

    \b
    Examples:
      board ballot results best-musical
      board ballot results best-musical --format csv > best-musical.csv
      board ballot results best-musical --show
    """
    import json

    from board.ballots.exports import as_csv, as_json
    from board.ballots.printing import as_text
    from board.ballots.recounts import recount
    from board.ballots.results import result_of

    found = find_ballot(slug)
    if show:
        show_to_readers(found)
    recount(found)
    result = result_of(found)
    if form == "json":
        click.echo(json.dumps(as_json(result), ensure_ascii=False, indent=2))
    elif form == "csv":
        click.echo(as_csv(result), nl=False)
    else:
        click.echo(f"{as_text(result)}\n{state_of(found)}")


def show_to_readers(found: Any) -> None:
    """Show the results that are kept back. Raises Mistake."""
    from board.access import Refused
    from board.ballots.results import show_results
    from board.extensions import db

    try:
        was_hidden = show_results(found)
    except Refused as refused:
        raise Mistake(str(refused)) from refused
    db.session.commit()
    click.echo("Everybody sees the results now." if was_hidden else "Everybody sees the results already.", err=True)


@ballot.command()
@click.argument("slug")
@with_data
def close(slug: str) -> None:
    """End the voting now. Safe to run again.

    \b
    Example:
      board ballot close best-musical
    """
    from board.access import Refused
    from board.ballots.operations import close_ballot
    from board.extensions import db

    found = find_ballot(slug)
    try:
        has_ended = close_ballot(found)
    except Refused as refused:
        raise Mistake(str(refused)) from refused
    db.session.commit()
    click.echo(f"Voting on {slug} has {'closed' if has_ended else 'closed already'}.")


@ballot.command("list")
@with_data
def list_() -> None:
    """List the ballots, newest first.

    \b
    Example:
      board ballot list
    """
    from sqlalchemy import select

    from board.ballots.models import Ballot
    from board.extensions import db

    found = db.session.scalars(select(Ballot).order_by(Ballot.created_at.desc(), Ballot.id.desc())).unique().all()
    for each in found:
        click.echo(f"{each.slug}\t{each.question}\t{state_of(each)}")
    if not found:
        click.echo("No ballots yet. Write one: board ballot add SLUG --question Q --option A --option B")


def find_site(name: str) -> Any:
    """Return the site of that name or slug, the first one if none is given. Raises Mistake."""
    from board.articles.operations import primary_site, site_called

    site = site_called(name) if name else primary_site()
    if site is None:
        raise Mistake(f"--site: There is no site “{name}”.")
    return site


def find_ballot(slug: str) -> Any:
    """Return the ballot. Raises Mistake."""
    from sqlalchemy import select

    from board.ballots.models import Ballot
    from board.extensions import db

    found = db.session.scalars(select(Ballot).where(Ballot.slug == slug)).unique().one_or_none()
    if found is None:
        raise Mistake(f"There is no ballot “{slug}”. See board ballot list.")
    return found


def described(made: Any) -> str:
    """Return what was made and where it is."""
    from flask import current_app

    address = f"{current_app.config['BOARD'].public_url}/ballots/{made.slug}"
    return f"Ballot {made.slug}: {len(made.options)} options, {address}\n{state_of(made)}"


def state_of(each: Any) -> str:
    """Return in one sentence whether votes are accepted."""
    from board.ballots.moments import spoken

    if each.is_draft:
        return "Draft, not published."
    if each.has_closed:
        return "Voting has closed."
    if not each.has_opened:
        return f"Voting opens {spoken(each.opens_at)}."
    return f"Voting closes {spoken(each.closes_at)}." if each.closes_at else "Voting is open until you close it."
