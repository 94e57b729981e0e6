"""What a setting is declared with, and how what an operator wrote becomes its value."""

import base64
from collections.abc import Callable
from dataclasses import Field, field
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

WEBHOOK_SECRET_PREFIX = "whsec_"  # noqa: S105 - of Standard Webhooks
MIN_WEBHOOK_KEY_BYTES = 24
WORDS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


def setting(
    default: Any,
    description: str,
    *,
    least: int | None = None,
    most: int | None = None,
    check: Callable[[str], str] | None = None,
) -> Any:
    """Declare a setting: its default, its effect, and what values it takes.

    `check` returns the value as Board wants it, or raises ValueError with words that say what it must be.
    """
    return field(default=default, metadata={"description": description, "least": least, "most": most, "check": check})


def converted(declared: Field[Any], value: object) -> Any:
    """Return what was written as a value of the setting's type. Raises ValueError, whose words say what it must be."""
    if isinstance(declared.type, type):
        found = CONVERSIONS[declared.type](value)
    else:
        found = _one_of(get_args(declared.type), value)
    least, most, check = (declared.metadata[name] for name in ("least", "most", "check"))
    if least is not None and found < least:
        raise ValueError(f"should be {least} or more")
    if most is not None and found > most:
        raise ValueError(f"should be {most} or less")
    return check(found) if check else found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("should be a text")
    return value


def _number(value: object) -> int:
    try:
        if isinstance(value, int | str) and not isinstance(value, bool) and str(value).isascii():
            return int(value)
    except ValueError:
        pass
    raise ValueError("should be a valid integer")


def _truth(value: object) -> bool:
    found = WORDS.get(str(value).lower())
    if found is None:
        raise ValueError("should be true or false")
    return found


def _path(value: object) -> Path:
    return value if isinstance(value, Path) else Path(_text(value))


def _one_of(names: tuple[str, ...], value: object) -> str:
    if value not in names:
        raise ValueError(f"should be one of {', '.join(names)}")
    return str(value)


CONVERSIONS: dict[type, Callable[[object], Any]] = {str: _text, int: _number, bool: _truth, Path: _path}


def an_origin(value: str) -> str:
    """Take an address without a path, or nothing."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}):
        raise ValueError("must look like https://board.example, with nothing behind the host")
    return value.rstrip("/")


def an_address(value: str) -> str:
    """Take the address of a service, or nothing."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("must look like https://service.example/path")
    return value


def a_webhook_key(value: str) -> str:
    """Take a key as Standard Webhooks writes it, or nothing."""
    try:
        key = base64.b64decode(value.removeprefix(WEBHOOK_SECRET_PREFIX), validate=True)
    except ValueError:
        key = b""
    if value and (not value.startswith(WEBHOOK_SECRET_PREFIX) or len(key) < MIN_WEBHOOK_KEY_BYTES):
        raise ValueError("must be whsec_ and at least 24 random bytes in base64")
    return value


def a_database(value: str) -> str:
    """Take the address of a database that Board knows, or nothing; return it with the driver's name."""
    if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return value.replace("postgresql://", "postgresql+psycopg://", 1)


def a_time_zone(value: str) -> str:
    """Take the name of a time zone."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("must be a time zone's name, as in Europe/London") from error
    return value
