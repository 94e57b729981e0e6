"""Texts of the interface are set in one way: an apostrophe is ’, never the typewriter's."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GETTEXT = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}
STRAIGHT = re.compile(r"\w'(?=\w)|s'(?=[\s.,;:)])")
IN_TEMPLATES = re.compile(r"""\b(?:_|n?gettext)\(\s*("(?:[^"\\]|\\.)*")(?:\s*,\s*("(?:[^"\\]|\\.)*"))?""")


def test_apostrophes_in_the_interface_are_curly() -> None:
    found = [f"{file.relative_to(ROOT)}: {text}" for file, text in texts() if STRAIGHT.search(text)]
    assert found == [], "write ’ in these texts"


def texts() -> Iterator[tuple[Path, str]]:
    """Return every text that is translated, with its file."""
    for file in sorted((ROOT / "board").rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and _name(call) in GETTEXT:
                yield from ((file, text) for argument in call.args for text in _strings(argument))
    for file in sorted((ROOT / "templates").rglob("*.*")):
        for found in IN_TEMPLATES.finditer(file.read_text()):
            yield from ((file, text) for text in found.groups() if text)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _strings(argument: ast.AST) -> Iterator[str]:
    for part in ast.walk(argument):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
