"""Wrong settings stop Board at its start, with a sentence that names them and says how to mend them."""

from pathlib import Path

import pytest

from board.config import SettingsError, load_settings


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an instance directory of its own."""
    monkeypatch.setenv("BOARD_INSTANCE_PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BOARD_PUBLIC_URL", "board.example", "https://board.example"),
        ("BOARD_PUBLIC_URL", "https://board.example/path", "nothing behind the host"),
        ("BOARD_DATABASE_URL", "mysql://x", "sqlite:/// or postgresql://"),
        ("BOARD_TIMEZONE", "Mars/Olympus", "Europe/London"),
        ("BOARD_TIMEZONE", "../../etc/passwd", "Europe/London"),
        ("BOARD_PORT", "eighty", "valid integer"),
        ("BOARD_SECRET_KEY", "short", "at least 32 characters"),
        ("BOARD_PORTT", "1", "is not a setting of Board"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert words in str(refusal.value)
    assert "Value error" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "words"), [("portt = 1", "portt"), ("port = ", "board.toml"), ("port = 'x'", "BOARD_PORT")]
)
def test_a_wrong_file_is_named(instance: Path, text: str, words: str) -> None:
    (instance / "board.toml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        load_settings()


def test_the_environment_goes_before_the_file(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (instance / "board.toml").write_text("port = 8010\nlanguage = 'de'")
    monkeypatch.setenv("BOARD_PORT", "8020")
    settings = load_settings()
    assert (settings.port, settings.language, settings.public_url) == (8020, "de", "http://127.0.0.1:8020")


def test_the_secret_key_is_made_once_and_for_its_owner_only(instance: Path) -> None:
    first, second = load_settings().secret_key, load_settings().secret_key
    assert first == second
    assert len(first) >= 32
    assert (instance / "secret_key").stat().st_mode & 0o777 == 0o600
