"""`board screening`: a site's rules, tried, replayed and set; and what its model has learnt."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from board.cli import Mistake, with_app, with_data
from board.cli.articles import site_named

F = TypeVar("F", bound=Callable[..., Any])

for_site = click.option("--site", "site_name", help="Name or short name of the site (default: the first one).")
WORDS_SHOWN = 20


@click.group()
def screening() -> None:
    """Which comments are published, held or refused on a site, and why.

    \b
    Examples:
      board screening show
      board screening set links=hold links_most=3 held_words_list=@words.txt
      board screening test "Buy cheap watches at https://spam.example"
      board screening replay first_comments=hold first_comments_count=2
    """


@screening.command()
@for_site
@with_data
def show(site_name: str | None) -> None:
    """Print a site's rules: each step with its sentence, each field with its value. `set` takes them back.

    \b
    Example:
      board screening show --site evening
    """
    from board.screening.catalogue import ADVICE, STEPS
    from board.screening.taught import rules_of

    site = site_named(site_name)
    rules = rules_of(site)
    click.echo(f"{site.name}: version {site.rules_version}, mode {site.comment_mode}")
    for step in (*STEPS, *ADVICE):
        click.echo(f"\n{step.title}: {step.sentence}")
        for field in step.fields:
            value = rules.text(field.name)
            shown = "\n    " + value.replace("\n", "\n    ") if "\n" in value else value
            click.echo(f"  {field.name}={shown}")


@screening.command("set")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE…")
@for_site
@with_data
def set_(fields: tuple[str, ...], site_name: str | None) -> None:
    """Change fields of a site's rules, and no others. A value of @FILE is read from the file; `show` lists the fields.

    \b
    Examples:
      board screening set first_comments=hold first_comments_count=2
      board screening set held_words_list=@words.txt held_words_alike=yes --site evening
    """
    from board.extensions import db
    from board.screening.operations import change_rules

    site = site_named(site_name)
    is_changed = _judged(lambda: change_rules(site, _typed(fields)))
    db.session.commit()
    click.echo(f"Saved as version {site.rules_version}." if is_changed else "Nothing was changed.")


@screening.command()
@click.argument("text")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]…")
@click.option("--first", is_flag=True, help="As a member's first comment, from a new account.")
@for_site
@with_data
def test(text: str, fields: tuple[str, ...], first: bool, site_name: str | None) -> None:
    """Say what would become of a text, and why; - reads it from standard input. Fields are tried without being saved.

    \b
    Examples:
      board screening test "You 1d10ts" held_words_list=idiot* held_words_alike=yes
      board screening test - --first < comment.md
    """
    from board.markup import MarkupError, normalise
    from board.screening.trying import try_text

    site = site_named(site_name)
    body = sys.stdin.read() if text == "-" else text
    try:
        trial = try_text(site, _rules(site, fields), normalise(body), is_first=first)
    except MarkupError as error:
        raise Mistake(str(error)) from error
    click.echo(trial.outcome)
    for sentence in trial.sentences:
        click.echo(f"  {sentence}")
    if trial.weighed:
        weighed = ", ".join(f"{word} {share:.0%}" for word, share in trial.weighed.words) or "none"
        click.echo(f"  The model: {trial.weighed.percent}%; words that weighed: {weighed}.")


@screening.command()
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]…")
@for_site
@with_data
def replay(fields: tuple[str, ...], site_name: str | None) -> None:
    """Say what the rules, with these fields changed, would have done to the last 30 days. Nothing is saved.

    \b
    Example:
      board screening replay capitals=hold capitals_percent=60
    """
    from board.comments.replaying import replay as replayed
    from board.screening.explaining import explain

    site = site_named(site_name)
    found = replayed(site, _rules(site, fields))
    click.echo(f"{found.looked_at} comments looked at{'' if found.is_whole else ' (there were more)'}")
    click.echo(f"{found.held} would have waited, {found.refused} would have been refused")
    click.echo(f"{found.removed_caught} of the {found.removed} that moderators removed are among them")
    for step, count in found.by_step.most_common():
        click.echo(f"  {step}: {count}")
    for caught in found.shown:
        click.echo(f"{caught.id}\t{caught.state}\t{' '.join(explain(caught.reasons))}\t{caught.quote}")


@screening.command()
@click.option(
    "--cross-validate", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Measure the model on a CSV file of labelled texts instead.",
)  # fmt: skip
@click.option("--text", "text_column", default="comment", show_default=True, help="The column of the text.")
@click.option("--bad", "bad_columns", multiple=True, help="A column that is 1 for bad texts; any of several.")
@click.option("--good", "good_column", help="A column that is 1 for good texts, instead.")
@for_site
@with_app
def model(file: Path | None, text_column: str, bad_columns: tuple[str, ...], good_column: str | None,
          site_name: str | None) -> None:  # fmt: skip
    """Print what a site's model has learnt; or how good such a model is on texts that somebody labelled.

    \b
    Examples:
      board screening model
      board screening model --cross-validate comments.csv --text comment --bad hostile --bad dismissive
    """
    if file:
        _cross_validate(_read(file, text_column, bad_columns, good_column))
    else:
        _print_model(site_named(site_name))


def _print_model(site: Any) -> None:
    from board.screening.bayes import LEAST_COMMENTS, weigh
    from board.screening.learning import teach_due
    from board.screening.taught import model_of

    while teach_due():
        pass
    found = model_of(site, at_once=True)
    if found is None:
        raise Mistake(f"{site.name}'s model has learnt nothing yet: moderators' decisions teach it.")
    click.echo(f"{site.name}: {found.bad} removed and {found.good} kept comments, {len(found.words)} words")
    frequent = [word for word, counts in found.words.items() if sum(counts) >= LEAST_COMMENTS]
    shares = {word: weigh([word], found.words.get, found.good, found.bad).words for word in frequent}
    telling = sorted(((kept[0][1], word) for word, kept in shares.items() if kept), reverse=True)
    for name, words in (("removed", telling[:WORDS_SHOWN]), ("kept", telling[::-1][:WORDS_SHOWN])):
        shown = [f"{word} {share:.0%}" for share, word in words if (share > 0.5) == (name == "removed")]
        click.echo(f"Most telling of {name} ones: {', '.join(shown) or 'none yet'}")


def _read(file: Path, text_column: str, bad_columns: Iterable[str], good_column: str | None) -> list[tuple[str, bool]]:
    import csv

    wanted = [*bad_columns] or ([good_column] if good_column else [])
    if not wanted:
        raise Mistake("Name the column of the labels: --bad hostile, or --good healthy.")
    with file.open(newline="", encoding="utf-8-sig") as lines:
        rows = csv.DictReader(lines)
        missing = {text_column, *wanted} - set(rows.fieldnames or ())
        if missing:
            there = ", ".join(rows.fieldnames or ())
            raise Mistake(f"{file.name} has no column {', '.join(sorted(missing))}. It has: {there}.")
        return [
            (row[text_column], (row[good_column] != "1") if good_column else any(row[name] == "1" for name in wanted))
            for row in rows
        ]


def _cross_validate(labelled: list[tuple[str, bool]]) -> None:
    from board.screening.validating import FOLDS, cross_validate

    result = cross_validate(labelled)
    share = result.bad / result.texts if result.texts else 0
    click.echo(f"{result.texts} texts, {result.bad} bad ({share:.1%}); {FOLDS} folds")
    click.echo(f"area under the curve {result.area:.3f} (0.5: no better than chance)")
    click.echo("held from    held   bad ones   precision   recall")
    for line in result.lines:
        precision = f"{line.precision:.1%}" if line.held else "–"
        click.echo(f"{line.percent:>8}% {line.held:>8} {line.found:>10} {precision:>11} {line.recall:>8.1%}")


def _rules(site: Any, fields: Iterable[str]) -> Any:
    from board.screening.rules import judged, with_values
    from board.screening.taught import rules_of

    return with_values(rules_of(site), _judged(lambda: judged(_typed(fields))))


def _typed(fields: Iterable[str]) -> dict[str, str]:
    """Return the values by field; @FILE stands for what is in the file."""
    typed = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals:
            raise Mistake(f"{field}: write FIELD=VALUE, as in links=hold.")
        if value.startswith("@"):
            try:
                value = Path(value[1:]).read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise Mistake(f"{name}: {value[1:]} cannot be read as UTF-8 text: {error}") from error
        typed[name] = value
    return typed


def _judged(act: Callable[[], Any]) -> Any:
    """Do it, or say for each wrong field how to mend it."""
    from board.articles.rules import WrongFields
    from board.extensions import db

    try:
        return act()
    except WrongFields as wrong:
        db.session.rollback()
        raise Mistake("\n".join(f"{name}: {sentence}" for name, sentence in wrong.errors.items())) from wrong
