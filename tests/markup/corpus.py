"""The texts that attackers try."""

import json
from pathlib import Path

_HERE = Path(__file__).parent
_NAUGHTY = _HERE.parents[2] / "shared" / "data" / "naughty-strings.json"


def payloads() -> list[str]:
    """Return every line of the corpus, and the paragraphs of it whose trick needs several lines."""
    corpus = (_HERE / "payloads.txt").read_text(encoding="utf-8")
    paragraphs = corpus.split("\n\n")
    several_lines = [paragraph + tail for paragraph in paragraphs[1:] for tail in ("", "\n\n[r]: //evil.example")]
    references = [f"[x][r] [r] ![x][r]\n\n[r]: {target}" for target in _REFERENCES]
    return [line for line in corpus.splitlines() if line] + several_lines + references


def naughty_strings() -> list[str]:
    """Return the public list of naughty strings, or nothing where it is not at hand."""
    return list(json.loads(_NAUGHTY.read_text(encoding="utf-8"))) if _NAUGHTY.exists() else []


_REFERENCES = (
    "javascript:alert(1)",
    '<javascript:alert(1)> "x"',
    "java&Tab;script:alert(1)",
    "//evil.example",
    "data:text/html,<script>alert(1)</script>",
    'https://example.org "><script>alert(1)</script>"',
    "https://example.org '\" onmouseover=\"alert(1)'",
)
