"""A web process starts with what it needs, and no more."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_AT_THE_START = {"webauthn", "rich", "alembic", "flask_migrate", "qrcode", "zxcvbn", "psycopg", "pygments.lexers"}


@pytest.fixture
def loaded(tmp_path: Path) -> set[str]:
    """Return the modules in memory once the application is built."""
    program = "import json, sys, board; board.create_app(); print(json.dumps(sorted(sys.modules)))"
    environment = {**os.environ, "BOARD_INSTANCE_PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_nothing_rare_is_loaded_at_the_start(loaded: set[str]) -> None:
    assert "flask_security.webauthn" in loaded
    assert not loaded & NOT_AT_THE_START
