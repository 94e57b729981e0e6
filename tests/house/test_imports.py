"""What board/ imports is what pyproject.toml asks for, so that a fresh machine has it."""

from __future__ import annotations

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).resolve().parents[2]
# Flask is made of these, and Flask-Security's codes of the last; neither can come without them.
PARTS_OF_FLASK = {"blinker", "itsdangerous", "jinja2", "markupsafe", "werkzeug", "libpass"}
ONLY_FOR_TYPES = {"_typeshed"}


def test_board_asks_for_every_library_it_imports() -> None:
    of_python = sys.stdlib_module_names | ONLY_FOR_TYPES | {"board"}
    unasked = {name: files for name, files in imported().items() if name not in of_python and not is_asked_for(name)}
    assert unasked == {}, "add it to pyproject.toml, run `make lock`, and commit both lock files"


def is_asked_for(module: str) -> bool:
    """Tell whether pyproject.toml asks for a library that brings the module."""
    libraries = {canonicalize_name(name) for name in packages_distributions().get(module, [])}
    return bool(libraries & (asked_for() | PARTS_OF_FLASK))


def asked_for() -> set[str]:
    """Name the libraries that Board needs to run."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    return {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}


def imported() -> dict[str, list[str]]:
    """Map each top-level module that board/ imports to the files that do so."""
    found: dict[str, list[str]] = {}
    for path in sorted((TOP / "board").rglob("*.py")):
        for module in modules_in(ast.parse(path.read_text())):
            found.setdefault(module.split(".")[0], []).append(path.relative_to(TOP).as_posix())
    return found


def modules_in(tree: ast.AST) -> set[str]:
    """Name the modules that one file imports."""
    whole = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    parts = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) if node.module and not node.level
    }
    return whole | parts
