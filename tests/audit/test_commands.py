"""`board log`, as the operator meets it."""

import sqlite3
from contextlib import closing
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

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(board, list(words))

    return invoke


def test_verify_export_and_what_somebody_changed(run: Any, tmp_path: Path) -> None:
    for name in ("Ada", "Bea"):
        assert run("user", "add", f"{name}@example.com", "--name", name).exit_code == 0
    assert run("log", "seal").stdout == "2 entries were chained.\n"
    assert run("log", "seal").stdout == "0 entries were chained.\n"
    sound = run("log", "verify")
    assert sound.exit_code == 0, sound.stderr
    assert "The log is whole: 2 entries" in sound.stdout
    head = sound.stdout.split("Head: ")[1].split()[0]
    for form in ("jsonl", "csv"):
        file = tmp_path / f"log.{form}"
        file.write_text(run("log", "export", "--format", form).stdout, newline="")
        again = run("log", "verify", str(file), "--head", head)
        assert again.exit_code == 0, again.stderr
        assert "The head you kept is number 2; nothing was added since." in again.stdout
    with closing(sqlite3.connect(tmp_path / "board.db")) as database:
        database.execute("DROP TRIGGER audit_entry_no_update")
        database.execute("UPDATE audit_entry SET subject_id = '7' WHERE id = 1")
        database.commit()
    broken = run("log", "verify")
    assert broken.exit_code == 1
    assert "Number 1 (entry 1) was changed after it was written" in broken.stderr
    assert "NOT as it was written" in broken.stderr


@pytest.mark.parametrize(
    "words",
    [
        *(("log", "verify"), ("log", "export"), ("log", "seal"), ("ballot", "list"), ("article", "list")),
        *(("export", "comments"), ("subscribers", "export"), ("moderation", "transparency"), ("mail",)),
        *(("user", "list"), ("site", "list"), ("screening", "show"), ("ballot", "results", "best-musical")),
    ],
)
def test_where_nothing_is_nothing_is_read_and_nothing_made(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("BOARD_INSTANCE_PATH", str(tmp_path / "instance"))
    result = run(*words)
    assert result.exit_code == 1
    assert "There is no d" in result.stderr
    assert "BOARD_INSTANCE_PATH" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_settings_are_shown_and_not_made(run: Any, tmp_path: Path) -> None:
    assert "BOARD_SECRET_KEY=\n" in run("settings").stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("verify", "--head", "abc"), 1, "A head is 64 characters"),
        (("verify", "--head", "0" * 64), 1, "The head you kept is not in this log"),
        (("verify", "nowhere.jsonl"), 2, "does not exist"),
        (("export", "--format", "xml"), 2, "'xml' is not one of"),
    ],
)
def test_mistakes_say_what_is_wrong(run: Any, words: tuple[str, ...], status: int, said: str) -> None:
    assert run("init").exit_code == 0
    result = run("log", *words)
    assert (result.exit_code, said in result.stderr) == (status, True), result.stderr


def test_a_file_that_is_no_log_is_a_mistake(run: Any, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("hello\n")
    result = run("log", "verify", str(tmp_path / "other.txt"))
    assert result.exit_code == 1
    assert "not that of an exported log" in result.stderr


def test_an_address_that_no_setting_tells_is_said_to_be_a_guess(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("article", "add", "a", "--title", "A")
    guessed = run(*words)
    assert "http://127.0.0.1:8000/articles/a" in guessed.stdout
    assert "BOARD_PUBLIC_URL is not set" in guessed.stderr
    monkeypatch.setenv("BOARD_PUBLIC_URL", "https://board.example")
    assert "BOARD_PUBLIC_URL" not in run("article", "edit", "a", "--title", "B").stderr
