"""`board ballot`: write, publish, close and read ballots."""

from typing import Any

import click

from board.cli import Mistake, with_app
from board.cli.ledger import ledger, verify
from board.cli.quarantine import quarantine

OPTION_NAMES = {
    "slug": "SLUG",
    "question": "--question",
    "options": "--option",
    "kind": "--kind",
    "sponsor": "--sponsor",
    "sponsor_url": "--sponsor-url",
    "disclosure": "--disclosure",
    "opens_at": "--opens",
    "closes_at": "--closes",
    "results": "--results",
    "who": "--who",
    "places": "--place",
}


@click.group()
def ballot() -> None:
    """Write, publish, close and read ballots."""


ballot.add_command(ledger)
ballot.add_command(verify)
ballot.add_command(quarantine)


@ballot.command()
@click.argument("slug")
@click.option("--question", required=True, help="What readers are asked.")
@click.option("--option", "options", multiple=True, required=True, metavar="O", help="An answer; 2 to 50 of them.")
@click.option("--kind", type=click.Choice(["presented", "for-sponsor"]), default="presented", show_default=True)
@click.option("--sponsor", default="", help="Legal name of who presents the ballot; added if it is new.")
@click.option("--sponsor-url", default="", help="The sponsor's link.")
@click.option("--disclosure", default="", help="Words above the question. Default: Sponsored · presented by SPONSOR.")
@click.option("--place", "places", multiple=True, metavar="ARTICLE_ID", help="An article that shows the ballot.")
@click.option("--opens", metavar="T", help="ISO 8601, as in 2026-12-24T18:00. Default: now.")
@click.option("--closes", metavar="T", help="ISO 8601. Default: when you close it.")
@click.option(
    "--results",
    type=click.Choice(["always", "after-vote", "after-close", "by-hand"]),
    default="after-vote",
    show_default=True,
    help="When readers see the numbers.",
)
@click.option("--who", type=click.Choice(["anyone", "email", "member"]), default="anyone", show_default=True)
@click.option(
    "--change",
    type=click.Choice(["yes", "no"]),
    default="yes",
    show_default=True,
    help="Whether voters may change their vote.",
)
@click.option("--site", "site_name", default="", help="Name or slug of the site. Default: the first one.")
@click.option("--draft", is_flag=True, help="Keep it as a draft instead of publishing it.")
@with_app
def add(slug: str, site_name: str, draft: bool, **values: Any) -> None:
    """Write a ballot and publish it at once. Times without a zone are in BOARD_TIMEZONE.

    \b
    Example:
      board ballot add best-musical --question "Best musical?" --option Six --option Hamilton \\
        --sponsor "Stagecraft Ltd" --sponsor-url https://stagecraft.example/ --place opening-night
    """
    from board.ballots.operations import find_articles, place_ballot, publish_ballot, write_ballot
    from board.ballots.terms import TermsRefused
    from board.extensions import db

    site = find_site(site_name)
    try:
        articles = find_articles(site, list(values["places"]))
        made = write_ballot(site, terms_from(slug, values))
        for article in articles:
            place_ballot(made, article)
        if not draft:
            publish_ballot(made)
    except TermsRefused as refused:
        raise Mistake(in_words(refused.faults)) from refused
    db.session.commit()
    click.echo(described(made))


@ballot.command()
@click.argument("slug")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
@click.option("--show", is_flag=True, help="Show them to readers, where that is done by hand.")
@with_app
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
@with_app
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
@with_app
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


def terms_from(slug: str, values: dict[str, Any]) -> Any:
    """Return what the command line asks for. Raises Mistake for a time that is none."""
    from board.ballots.terms import Terms

    return Terms(
        slug=slug,
        question=values["question"],
        options=list(values["options"]),
        kind=values["kind"].replace("-", "_"),
        sponsor=values["sponsor"],
        sponsor_url=values["sponsor_url"],
        disclosure=values["disclosure"],
        opens_at=moment("--opens", values["opens"]),
        closes_at=moment("--closes", values["closes"]),
        results=values["results"],
        who=values["who"],
        can_change=values["change"] == "yes",
    )


def moment(option: str, text: str | None) -> Any:
    """Return the point in time, or None if none is given. Raises Mistake."""
    from board.ballots.moments import NotAMoment, parse_moment

    try:
        return parse_moment(text) if text else None
    except NotAMoment as error:
        raise Mistake(f"{option}: {error}") from error


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


def in_words(faults: dict[str, list[str]]) -> str:
    """Return each fault behind the option that it is about."""
    return "\n".join(f"{OPTION_NAMES.get(name, name)}: {fault}" for name, found in faults.items() for fault in found)


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
