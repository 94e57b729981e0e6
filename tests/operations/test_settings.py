"""Wrong settings stop Board at its start, with a sentence that names them and says how to mend them."""

from dataclasses import fields
from pathlib import Path

import pytest

from board.cli.settings import SECRET_SETTINGS
from board.config import Settings, SettingsError, load_settings


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
        ("BOARD_PORT", "70000", "65535 or less"),
        ("BOARD_THREADS", "0", "1 or more"),
        ("BOARD_STAFF_NEED_SECOND_FACTOR", "perhaps", "true or false"),
        ("BOARD_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("BOARD_SCREENING_URL", "ftp://service.example", "https://service.example/path"),
        ("BOARD_SECRET_KEY", "short", "at least 32 characters"),
        ("BOARD_PORTT", "1", "is not a setting of Board"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert words in str(refusal.value)
    assert str(refusal.value).startswith(name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("portt = 1", "portt in board.toml"),
        ("port = ", "board.toml"),
        ("port = 'x'", "BOARD_PORT"),
        ("port = true", "valid integer"),
        ("mail_from = 1", "should be a text"),
    ],
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


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings(port=-1, timezone="Mars/Olympus")
    lines = str(refusal.value).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["BOARD_PORT", "BOARD_TIMEZONE"]


@pytest.mark.parametrize(("written", "value"), [("yes", True), ("TRUE", True), ("1", True), ("off", False)])
def test_a_switch_is_written_in_several_ways(monkeypatch: pytest.MonkeyPatch, written: str, value: bool) -> None:
    monkeypatch.setenv("BOARD_STAFF_NEED_SECOND_FACTOR", written)
    assert load_settings().staff_need_second_factor is value


def test_the_file_holds_numbers_and_switches(instance: Path) -> None:
    (instance / "board.toml").write_text("threads = 2\nstaff_need_second_factor = true")
    settings = load_settings()
    assert (settings.threads, settings.staff_need_second_factor) == (2, True)


def test_the_secret_key_is_made_once_and_for_its_owner_only(instance: Path) -> None:
    first, second = load_settings().secret_key, load_settings().secret_key
    assert first == second
    assert len(first) >= 32
    assert (instance / "secret_key").stat().st_mode & 0o777 == 0o600


def test_variables_may_be_written_small(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("board_staff_need_second_factor", "yes")
    assert load_settings().staff_need_second_factor


def test_digits_of_other_scripts_are_no_numbers(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOARD_PORT", "٣")
    with pytest.raises(SettingsError, match="valid integer"):
        load_settings()


def test_whatever_is_a_secret_is_not_shown() -> None:
    secret = {"secret_key", "database_url", "mail_url", "redis_url"}
    for name in (field.name for field in fields(Settings)):
        if name in secret or name.endswith(("_secret", "_token", "_key")):
            assert name in SECRET_SETTINGS
