"""docs/settings.md is generated from board/config.py, and is never behind it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def test_the_settings_page_tells_what_the_code_says() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "board", "settings", "--markdown"],
        cwd=TOP, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (TOP / "docs" / "settings.md").read_text() == told.stdout, (
        "run `.venv/bin/board settings --markdown > docs/settings.md`"
    )
