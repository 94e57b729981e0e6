"""A web process starts with what it needs, and no more."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOT_AT_THE_START = {
    "PIL", "alembic", "cryptography", "feedgenerator", "flask_migrate", "psycopg", "pygments.lexers", "qrcode", "rich",
    "sqlalchemy.dialects.postgresql", "webauthn", "xml", "zxcvbn",
}  # fmt: skip


USING_CODES = """
app = board.create_app()
with app.app_context():
    from board.extensions import security
    totp, recovery = security.totp_factory, security.mf_recovery_codes_util
    secret = totp.generate_totp_secret()
    code = totp.generate_totp_password(secret)
    kept = recovery._encrypt_codes(["one"])
    print(json.dumps([len(code), kept == ["one"], recovery._decrypt_codes(kept), "cryptography" in sys.modules]))
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], Any]:
    """Return what runs a program in a process of its own, and returns what that printed as JSON."""

    def run_alone(program: str) -> Any:
        environment = {**os.environ, "BOARD_INSTANCE_PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", f"import json, sys, board\n{program}"]
        return json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)

    return run_alone


def test_nothing_rare_is_loaded_at_the_start(run: Callable[[str], Any]) -> None:
    loaded = set(run("board.create_app(); print(json.dumps(sorted(sys.modules)))"))
    assert "flask_security.webauthn" in loaded
    assert not loaded & NOT_AT_THE_START


def test_what_encrypts_codes_is_loaded_with_the_first(run: Callable[[str], Any]) -> None:
    assert run(USING_CODES) == [6, False, ["one"], True]


def test_texts_are_rendered_without_what_colours_code(run: Callable[[str], Any]) -> None:
    program = "from board.markup import rendering; print(json.dumps(sorted(sys.modules)))"
    loaded = set(run(program))
    assert "markdown_it" in loaded
    assert not loaded & {"pygments.formatters", "pygments.lexers", "pygments.lexer"}
