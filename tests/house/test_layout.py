"""The house keeps its shape: names that say something, and one direction of imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
# What DESIGN.md fixes for the top level, and what every project needs.
TOP_LEVEL = {
    "board", "templates", "static", "tests", "instance", "docs", "wsgi.py", "pyproject.toml", "Makefile",
    "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "requirements.lock", "requirements-dev.lock",
}  # fmt: skip


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    paths = [path for folder in ("board", "tests", "templates") for path in (TOP / folder).rglob("*")]
    assert [str(path) for path in paths if path.stem.strip("_").lower() in NAMES_THAT_SAY_NOTHING] == []


def test_the_top_level_holds_only_what_was_agreed() -> None:
    assert top_level_in_git() - TOP_LEVEL == set()


def test_migrations_stand_by_themselves() -> None:
    """What a migration did once must not change with the code: it takes nothing of Board's but the types of columns."""
    lines = [
        line for file in (TOP / "board/migrations/versions").glob("*.py") for line in file.read_text().splitlines()
    ]
    ours = {line for line in lines if line.startswith(("from board", "import board", "    from board"))}
    assert ours == {"from board.storage import UtcDateTime"}


def test_imports_go_downward_only() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def top_level_in_git() -> set[str]:
    """Name what git keeps at the top of the project, dotfiles aside."""
    if not (TOP / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=True).stdout
    return {name for line in listed.splitlines() if not (name := line.split("/")[0]).startswith(".")}
