"""The operator and the publisher's developer: commands that explain themselves, and a server that says how it is."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from board.cli import board
from tests.browser.conftest import Server


def commands(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Return the words of every command."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        words = (*above, name)
        if isinstance(command, click.Group):
            yield from commands(command, words)
        else:
            yield words


@pytest.mark.parametrize("words", list(commands(board)), ids=" ".join)
def test_help_of_every_command_has_an_example(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(board, [*words, "--help"])
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert f"board {' '.join(words)}" in shown.output


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["ballot", "results", "no-such-ballot"], 1),
        (["import", "jsonl", "no-such-file.jsonl"], 1),
        (["article", "add"], 2),
    ],
)
def test_mistake_ends_with_a_status_and_one_sentence(server: Server, words: list[str], status: int) -> None:
    command = [sys.executable, "-m", "board", *words]
    done = subprocess.run(command, env=server.environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == status
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_imported_thread_reads_well_and_a_second_import_adds_nothing(
    scripted_page: Any, server: Server, tmp_path: Path
) -> None:
    thread = f"imported-{tmp_path.name}"
    rows: list[dict[str, str | None]] = [
        {"id": "2", "parent_id": "1", "author": "Bo", "body": "A <em>reply</em> before its parent."},
        {"id": "1", "parent_id": None, "author": "Ann", "body": "<p>The first.</p>"},
        {"id": "3", "parent_id": None, "author": "", "body": ""},
    ]
    file = tmp_path / "comments.jsonl"
    common = {"source": thread, "thread": thread, "created": "2020-05-05T10:00:00Z"}
    file.write_text("\n".join(json.dumps({**common, **row}) for row in rows))
    for _again in range(2):
        server.board("import", "jsonl", str(file))
    scripted_page.goto(f"/articles/{thread}")
    expect(scripted_page.locator(".comment")).to_have_count(2)
    expect(scripted_page.locator(".replies em")).to_have_text("reply")


def test_probes_answer(scripted_page: Any) -> None:
    for path in ("/healthz", "/readyz"):
        assert scripted_page.request.get(path).status == 200
