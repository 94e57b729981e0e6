"""`board user`, as the person at the keyboard meets it: exit 0, 1, 2, errors on stderr."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from board.cli import board


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs `board` with an instance directory of its own."""
    monkeypatch.setenv("BOARD_INSTANCE_PATH", str(tmp_path))
    monkeypatch.setenv("BOARD_LOG_LEVEL", "error")

    def invoke(*words: str, stdin: str = "") -> Result:
        return CliRunner().invoke(board, ["user", *words], input=stdin)

    return invoke


def test_add_list_change_remove(run: Any) -> None:
    added = run(
        "add", "Boss@Example.com", "--name", "Boss", "--role", "admin", "--password-stdin", stdin="four plain words\n"
    )
    assert added.exit_code == 0, added.stderr
    assert added.stdout == "Added Boss <boss@example.com>, admin.\n"
    made = run("add", "ada@example.com", "--name", "Ada")
    assert "Password: " in made.stdout
    assert run("role", "ADA@example.com", "moderator").stdout == "Ada <ada@example.com> is moderator now.\n"
    listed = run("list", "--role", "moderator")
    assert listed.stdout == "ada@example.com\tmoderator\tconfirmed\tAda\n"
    assert run("remove", "ada@example.com", "--yes").exit_code == 0
    assert "Ada" not in run("list").stdout


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("add", "not an address", "--name", "X Y"), "", "Enter an e-mail address"),
        (("add", "x@example.com", "--name", "Boss\u202e"), "", "cannot be seen"),
        (("add", "x@example.com", "--name", "B\u043ess"), "", "is taken"),
        (("add", "boss@example.com", "--name", "Somebody"), "", "e-mail address already"),
        (("add", "x@example.com", "--name", "X Y", "--password-stdin"), "", "No password came"),
        (("add", "x@example.com", "--name", "X Y", "--password-stdin"), "password1\n", "easy to guess"),
        (("role", "nobody@example.com", "editor"), "", "no member with the address"),
        (("role", "boss@example.com", "member"), "", "only admin"),
        (("remove", "boss@example.com", "--yes"), "", "only admin"),
        (("remove", "boss@example.com"), "n\n", "Nothing was changed"),
    ],
)
def test_mistakes_change_nothing_and_say_what_to_do(run: Any, words: tuple[str, ...], stdin: str, said: str) -> None:
    run("add", "boss@example.com", "--name", "Boss", "--role", "admin")
    before = run("list").stdout
    result = run(*words, stdin=stdin)
    assert result.exit_code == 1
    assert said in result.stderr
    assert run("list").stdout == before


@pytest.mark.parametrize("words", [("add",), ("add", "x@example.com"), ("role", "x@example.com", "king"), ("fly",)])
def test_wrong_usage_exits_2(run: Any, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


@pytest.mark.parametrize("verb", ["add", "list", "role", "remove"])
def test_help_has_an_example(run: Any, verb: str) -> None:
    assert f"board user {verb}" in run(verb, "--help").stdout
