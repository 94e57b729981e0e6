"""`board settings`: what is set, and the page that documents it."""

from dataclasses import asdict, fields

import click

from board.config import Settings, read_settings

SECRET_SETTINGS = frozenset(
    {
        *("secret_key", "database_url", "mail_url", "redis_url", "metrics_token"),
        *("akismet_key", "screening_secret", "overdue_secret"),
    }
)

INTRODUCTION = """# Settings

Generated from `board/config.py` by `board settings --markdown`; change it there.

A value comes from the environment variable, else from `instance/board.toml` (the name in lower case, without
`BOARD_`), else from the default. A wrong value stops Board at start, with a sentence that names it.

| variable | default | effect |
|---|---|---|
"""


@click.command()
@click.option("--markdown", is_flag=True, help="Print the documentation page instead of the present values.")
def settings(markdown: bool) -> None:
    """Show each setting’s present value, without secrets.

    \b
    Example:
      BOARD_PORT=8010 board settings
    """
    click.echo(as_markdown() if markdown else present_values(), nl=False)


def as_markdown() -> str:
    """Return `docs/settings.md`."""
    rows = []
    for field in fields(Settings):
        default = f"`{field.default}`" if str(field.default) != "" else "empty"
        rows.append(f"| `BOARD_{field.name.upper()}` | {default} | {field.metadata['description']} |\n")
    return INTRODUCTION + "".join(rows)


def present_values() -> str:
    """Return one `NAME=value` a line; secrets are only said to be set."""
    lines = []
    for name, value in asdict(read_settings()).items():
        shown = "(set)" if name in SECRET_SETTINGS and value else value
        lines.append(f"BOARD_{name.upper()}={shown}\n")
    return "".join(lines)
