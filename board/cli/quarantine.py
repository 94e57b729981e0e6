"""`board ballot quarantine`: the votes that wait for an editor, and what to do with them."""

from typing import Any

import click

from board.cli import Mistake, with_data


@click.command()
@click.argument("slug")
@click.option("--count", "counted", metavar="GROUP", help="Count the votes of a group, or of a whole reason.")
@click.option("--void", "voided", metavar="GROUP", help="Void the votes of a group, or of a whole reason.")
@click.option("--undo", "undone", type=int, metavar="NUMBER", help="Take the decision of that number back.")
@click.option("--note", default="", help="Words for the log.")
@with_data
def quarantine(slug: str, counted: str | None, voided: str | None, undone: int | None, note: str) -> None:
    """List the votes that wait for an editor, in groups, and the decisions; or decide on a group.

    \b
    Example:
      board ballot quarantine best-musical
      board ballot quarantine best-musical --void network:3fa9c0d215b87e64 --note "One script."
    """
    from board.cli.ballots import find_ballot

    found = find_ballot(slug)
    wanted = [(group, verdict) for group, verdict in ((counted, "counted"), (voided, "voided")) if group]
    if len(wanted) + (undone is not None) > 1:
        raise Mistake("Give one of --count, --void and --undo.")
    if wanted:
        decide_on(found, *wanted[0], note)
    elif undone is not None:
        undo_decision(found, undone)
    else:
        list_quarantine(found)


def decide_on(found: Any, group: str, verdict: str, note: str) -> None:
    """Count or void all votes that wait in the group. Raises Mistake if none does."""
    from board.access import Refused
    from board.ballots.quarantine import decide

    try:
        made = decide(found, group, verdict, note=note, limit=None)
    except Refused as refused:
        raise Mistake(f"{refused} See board ballot quarantine {found.slug}.") from refused
    click.echo(f"Decision {made.id}: {votes(made.votes)} {verdict}.")


def undo_decision(found: Any, number: int) -> None:
    """Let the votes of the decision wait again. Raises Mistake if there is no such decision."""
    from board.ballots.quarantine import Decision, undo
    from board.extensions import db

    made = db.session.get(Decision, number)
    if made is None or made.ballot_id != found.id:
        raise Mistake(f"There is no decision {number} on {found.slug}.")
    undo(found, made)
    click.echo(f"Decision {number} is undone. {votes(made.votes)} waited under it and wait again.")


def list_quarantine(found: Any) -> None:
    """Show the groups and the latest decisions."""
    from board.ballots.moments import spoken
    from board.ballots.quarantine import decisions_on
    from board.ballots.quarantine_groups import groups_in

    groups = groups_in(found)
    for group in groups:
        favours = ", ".join(f"{text} {round(100 * count / group.sampled)}%" for text, count in group.favours)
        click.echo(f"{group.name}\t{votes(group.votes)}\t{spoken(group.first_at)} – {spoken(group.last_at)}")
        click.echo(f"  {group.sentence} Favours: {favours}")
    for made in decisions_on(found):
        undone = ", undone" if made.undone_at else ""
        click.echo(
            f"Decision {made.id}: {made.group}, {votes(made.votes)} {made.verdict}{undone}. {made.note}".rstrip()
        )
    if not groups:
        click.echo("No votes wait.")


def votes(count: int) -> str:
    """Return the number with its noun."""
    return "1 vote" if count == 1 else f"{count:,} votes"
