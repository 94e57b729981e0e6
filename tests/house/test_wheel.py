"""An installed wheel has what a checkout has: the code, the templates and the static files."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
# ServeStatic's own output and Python's are made again where Board runs.
MADE_AGAIN = {"__pycache__", "compiled"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel and list its files."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=TOP, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(built).namelist())


@pytest.mark.parametrize("folder", ["templates", "static"])
def test_the_wheel_contains(wheel: set[str], folder: str) -> None:
    here = files_below(folder)
    assert here, f"{folder}/ is empty"
    assert {f"board/_bundled/{name}" for name in here} - wheel == set()


def test_the_wheel_contains_every_module_and_migration(wheel: set[str]) -> None:
    assert files_below("board") - wheel == set()


def test_the_wheel_contains_no_tests_and_nothing_of_the_operators(wheel: set[str]) -> None:
    assert {name for name in wheel if name.split("/")[0] not in {"board"} and ".dist-info/" not in name} == set()


def files_below(folder: str) -> set[str]:
    """Name every file below a folder of the project, relative to the top."""
    paths = (path for path in (TOP / folder).rglob("*") if path.is_file())
    return {path.relative_to(TOP).as_posix() for path in paths if not MADE_AGAIN & set(path.parts)}
