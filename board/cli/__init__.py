"""The `board` command. Each subcommand's module is imported only when it is used, so that help is quick."""

import sys
from collections.abc import Callable
from functools import update_wrapper
from importlib import import_module
from typing import Any, TypeVar

import click

from board.config import SettingsError

F = TypeVar("F", bound=Callable[..., Any])

COMMANDS = {
    "serve": "board.cli.serve:serve",
    "init": "board.cli.init:init",
    "demo": "board.cli.demo:demo",
    "user": "board.cli.users:user",
    "site": "board.cli.sites:site",
    "article": "board.cli.articles:article",
    "screening": "board.cli.screening:screening",
    "ballot": "board.cli.ballots:ballot",
    "log": "board.cli.log:log",
    "import": "board.cli.transfer:import_",
    "export": "board.cli.transfer:export",
    "mail": "board.cli.mail:mail",
    "moderation": "board.cli.moderation:moderation",
    "subscribers": "board.cli.subscribers:subscribers",
    "settings": "board.cli.settings:settings",
}


class Mistake(click.ClickException):
    """Something the person at the keyboard can mend: one sentence on stderr, exit status 1."""

    exit_code = 1


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="board")
def board() -> None:
    """Comments, a sponsored ballot and an e-mail gate for any article page.

    \b
    Example:
      board demo && board serve
    """


def with_app(command: F) -> F:
    """Run the command inside the application, against a database that is up to date."""

    def run(*args: Any, **kwargs: Any) -> Any:
        from board import create_app
        from board.operations.schema import ensure_schema

        app = create_app()
        with app.app_context():
            ensure_schema()
            return command(*args, **kwargs)

    return update_wrapper(run, command)  # type: ignore[return-value]


def missing_data() -> str:
    """Say that there is no database here, and what to do; empty where there is one."""
    from board.operations.schema import NoDatabase, must_be_there

    try:
        must_be_there()
    except NoDatabase as error:
        return str(error)
    return ""


def with_data(command: F) -> F:
    """Run the command like `with_app`, but only where there is a database: to make an empty one would tell nothing."""
    run = with_app(command)

    def run_with_data(*args: Any, **kwargs: Any) -> Any:
        if sentence := missing_data():
            raise Mistake(sentence)
        return run(*args, **kwargs)

    return update_wrapper(run_with_data, command)  # type: ignore[return-value]


def note_guessed_address() -> None:
    """Say on stderr that the address above is a guess, where no setting tells the public one."""
    from flask import current_app

    settings = current_app.config["BOARD"]
    if settings.public_url == f"http://127.0.0.1:{settings.port}":
        click.echo("(BOARD_PUBLIC_URL is not set: where Board runs at another port or host, put that there.)", err=True)


def main() -> None:
    """Run the command; say on stderr what a wrong setting needs."""
    try:
        board()
    except SettingsError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
