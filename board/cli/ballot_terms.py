"""The options with which `board ballot add` and `board ballot edit` say what a ballot is to be."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from board.cli import Mistake

F = TypeVar("F", bound=Callable[..., Any])

YES_OR_NO = click.Choice(["yes", "no"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OPTIONS = [
    click.option("--question", help="What readers are asked."),
    click.option(
        "--option",
        "options",
        multiple=True,
        metavar="O",
        help='An answer, 2 to 50 of them; a sentence about it may follow a bar: "Hamlet | A prince waits".',
    ),
    click.option(
        "--method",
        type=click.Choice(["one", "several", "approval", "ranked", "score"]),
        help="One option, several up to --most, all that one approves of, a ranking, scores 1 to 5. Default: one.",
    ),
    click.option("--most", "max_choices", type=int, metavar="N", help="How many options may be chosen, of several."),
    click.option(
        "--order", "option_order", type=click.Choice(["fixed", "random", "alphabetical"]), help="Default: fixed."
    ),
    click.option(
        "--write-ins", "takes_write_ins", type=YES_OR_NO, help="Whether voters may suggest options. Default: no."
    ),
    click.option(
        "--work",
        "work_bits",
        type=click.IntRange(0, 22),
        help="Bits of proof of work, as 16. Default: 0, none.",
    ),
    click.option(
        "--reach", type=click.Choice(["placed", "section", "site"]), help="Which articles show it. Default: placed."
    ),
    click.option("--section", help="The section whose articles show it, with --reach section."),
    click.option("--picture", "pictures", multiple=True, type=(str, FILE), metavar="O FILE", help="Beside option O."),
    click.option("--kind", type=click.Choice(["presented", "for-sponsor"]), help="Default: presented."),
    click.option("--sponsor", help="Legal name of who presents the ballot; added if it is new."),
    click.option("--sponsor-url", help="The sponsor’s link."),
    click.option("--disclosure", help="Words above the question. Default: Sponsored · presented by SPONSOR."),
    click.option("--opens", "opens_at", metavar="T", help="ISO 8601, as in 2026-12-24T18:00. Default: now."),
    click.option("--closes", "closes_at", metavar="T", help="ISO 8601. Default: when you close it."),
    click.option(
        "--results",
        type=click.Choice(["always", "after-vote", "after-close", "by-hand"]),
        help="When readers see the numbers. Default: after-vote.",
    ),
    click.option("--who", type=click.Choice(["anyone", "email", "member"]), help="Default: anyone."),
    click.option("--change", "can_change", type=YES_OR_NO, help="Whether voters may change their vote. Default: yes."),
]
OPTION_NAMES = {
    "slug": "SLUG",
    "options": "--option",
    "max_choices": "--most",
    "option_order": "--order",
    "work_bits": "--work",
    "opens_at": "--opens",
    "closes_at": "--closes",
    "places": "--place",
}


def takes_terms(command: F) -> F:
    """Let the command take the options above; what is not given is None or empty."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def given(values: dict[str, Any]) -> set[str]:
    """Return the names of what the command line has."""
    return {name for name, value in values.items() if value is not None and value != ()}


def changed_terms(terms: Any, values: dict[str, Any]) -> Any:
    """Return the terms with what the command line has. Raises Mistake for a time that is none."""
    changes = {name: _read(name, values[name]) for name in given(values) - {"pictures"}}
    return replace(terms, **changes)


def set_pictures(ballot: Any, values: dict[str, Any]) -> None:
    """Put the pictures beside their options. Raises Mistake for an option that is none or a file that cannot be one."""
    from board.articles.pictures import PictureRefused
    from board.ballots.models import look_of
    from board.ballots.operations import picture_option

    options = {option.look: option for option in ballot.options}
    for text, file in values["pictures"]:
        option = options.get(look_of(text))
        if option is None:
            raise Mistake(f"--picture: There is no option “{text}”.")
        try:
            picture_option(ballot, option, file.read_bytes())
        except PictureRefused as refused:
            raise Mistake(f"--picture {file}: {refused}") from refused


def in_words(faults: dict[str, list[str]]) -> str:
    """Return each fault behind the option that it is about."""
    names = {name: OPTION_NAMES.get(name, f"--{name.replace('_', '-')}") for name in faults}
    return "\n".join(f"{names[name]}: {fault}" for name, found in faults.items() for fault in found)


def _read(name: str, value: Any) -> Any:
    if name in {"opens_at", "closes_at"}:
        return _moment(OPTION_NAMES[name], value)
    if name in {"takes_write_ins", "can_change"}:
        return value == "yes"
    if name == "kind":
        return value.replace("-", "_")
    return list(value) if name == "options" else value


def _moment(option: str, text: str) -> Any:
    """Return the point in time; None for an empty text. Raises Mistake."""
    from board.ballots.moments import NotAMoment, parse_moment

    try:
        return parse_moment(text) if text else None
    except NotAMoment as error:
        raise Mistake(f"{option}: {error}") from error
