"""Every setting of Board: typed, documented, and checked loudly at start.

A value comes from the environment (`BOARD_…`), else from `instance/board.toml`, else from the default below.
`docs/settings.md` is generated from this file by `board settings --markdown`.
"""

import base64
import os
import secrets
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

SECRET_KEY_FILE = "secret_key"  # noqa: S105 - a file's name
LOCAL_SETTINGS_FILE = "board.toml"
MIN_SECRET_CHARACTERS = 32
WEBHOOK_SECRET_PREFIX = "whsec_"  # noqa: S105 - of Standard Webhooks
MIN_WEBHOOK_KEY_BYTES = 24
OTHER_PREFIXES = ("BOARD_TEST_", "BOARD_SERVE_")  # of the tests, and of `board serve` to its own processes

ROLES = ("member", "moderator", "editor", "admin")  # each may do what the ones before it may
SITE_ROLES = ("moderator", "editor")  # those that can be given for one site


class SettingsError(Exception):
    """Say which setting is wrong and how to mend it."""


class Settings(BaseSettings):
    """All settings, in the order in which `docs/settings.md` shows them."""

    model_config = SettingsConfigDict(env_prefix="BOARD_", extra="forbid", validate_default=True)

    instance_path: Path = Field(default=Path("instance"), description="Directory of the operator's own data.")
    secret_key: str = Field(
        default="",
        description="Signs cookies and links. Made on first run in `instance/secret_key` when empty.",
    )
    public_url: str = Field(
        default="",
        description="Where readers reach Board; stands in mails. `https` makes cookies Secure. Empty: this machine.",
    )
    database_url: str = Field(
        default="",
        description="`sqlite:///path` or `postgresql://user:password@host/name`. Empty: SQLite in `instance/board.db`.",
    )
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = Field(
        default=8, description="Connections that each web process keeps open."
    )
    redis_url: str = Field(
        default="",
        description="Redis or Valkey for shared limits. Empty: limits are counted in the database.",
    )
    mail_url: str = Field(
        default="",
        description="`smtp://user:password@host:587?tls=start` or `smtps://`. Empty: mails stay in `instance/mail/`.",
    )
    mail_from: str = Field(default="Board <board@localhost>", description="Sender of every mail.")
    mail_per_address: Annotated[int, Field(ge=1)] = Field(
        default=3, description="Mails that strangers can cause to one address in six hours."
    )
    mail_per_hour: Annotated[int, Field(ge=1)] = Field(
        default=2000, description="Mails that strangers can cause in all in one hour."
    )
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = Field(
        default=0,
        description="Number of your own proxies in front; only their forwarding headers are believed.",
    )
    host: str = Field(default="127.0.0.1", description="Address that `board serve` listens on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=8000, description="Port that `board serve` listens on.")
    workers: Annotated[int, Field(ge=0, le=256)] = Field(
        default=0,
        description="Web processes of `board serve`. 0: one per core, on SQLite two at most, below 2 GB of memory one.",
    )
    threads: Annotated[int, Field(ge=1, le=256)] = Field(default=4, description="Threads in each web process.")
    page_cache_megabytes: Annotated[int, Field(ge=0, le=4096)] = Field(
        default=32,
        description="Memory for ready public pages in each web process. 0: every page is made anew.",
    )
    language: str = Field(
        default="en", description="Language of sites that chose none: `en`, `ar`, `de`. Any other has English words."
    )
    timezone: str = Field(default="UTC", description="Time zone in which dates are shown.")
    session_days: Annotated[int, Field(ge=1, le=400)] = Field(
        default=30, description="Days that *stay signed in* lasts without a visit."
    )
    staff_need_second_factor: bool = Field(
        default=False,
        description="Moderators, editors and admins must set up a second factor before they can act.",
    )
    sign_in_tries_per_account: Annotated[int, Field(ge=1)] = Field(
        default=10, description="Failed or successful tries to log in to one account in 15 minutes."
    )
    sign_in_tries_per_network: Annotated[int, Field(ge=1)] = Field(
        default=100,
        description="Tries to log in, register or reset from one network (/24, /56) in 15 minutes.",
    )
    sign_in_tries_overall: Annotated[int, Field(ge=1)] = Field(
        default=3000, description="Tries to log in, register or reset in all in 15 minutes."
    )
    comment_edit_minutes: Annotated[int, Field(ge=0)] = Field(
        default=15, description="Minutes in which authors may edit their comment."
    )
    appeal_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=183, description="Days in which a member may appeal a decision (EU law asks for six months)."
    )
    appeal_due_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=14, description="Days within which an appeal is to be decided."
    )
    comments_per_minute: Annotated[int, Field(ge=1)] = Field(
        default=6, description="Comments that one member may post in a minute."
    )
    thread_page_size: Annotated[int, Field(ge=5, le=100)] = Field(
        default=20, description="Discussions (comments at the top level) on one page of a thread."
    )
    metrics_token: str = Field(
        default="",
        description="What a Prometheus server sends as `Authorization: Bearer …` to `/metrics`. Empty: no such page.",
    )
    votes_per_network_hour: Annotated[int, Field(ge=0)] = Field(
        default=100,
        description="Votes that count from one network (/24, /56) in one ballot and hour; more wait. 0: all.",
    )
    votes_per_network: Annotated[int, Field(ge=0)] = Field(
        default=1000,
        description="Votes that count from one network in one ballot in all; more wait for review. 0: all.",
    )
    new_device_votes_per_network: Annotated[int, Field(ge=0)] = Field(
        default=60,
        description="Of these, votes in ten minutes by browsers that never voted here before. 0: all.",
    )
    fresh_account_hours: Annotated[int, Field(ge=0)] = Field(
        default=24, description="Hours for which an account is new to ballots. 0: none is."
    )
    fresh_account_votes_per_network: Annotated[int, Field(ge=0)] = Field(
        default=5,
        description="Votes by new accounts that count from one network in one ballot and hour. 0: all wait.",
    )
    vote_burst: Annotated[int, Field(ge=0)] = Field(
        default=200,
        description="Votes for one option in ten minutes that wait if they are ten times the usual. 0: none do.",
    )
    akismet_key: str = Field(
        default="",
        description="Key for Akismet; sites can then have it asked about comments. Text and name leave your server.",
    )
    screening_url: str = Field(
        default="",
        description="Address of a service that sites can have asked about each comment; see docs/screening.md.",
    )
    screening_secret: str = Field(default="", description="Signs what is sent to that service.")
    screening_url_is_private: bool = Field(
        default=False, description="That service is inside your own network, so a private address is fine."
    )
    overdue_url: str = Field(
        default="",
        description="Address that is called when something waits too long at the desk; see docs/moderation.md.",
    )
    overdue_secret: str = Field(
        default="", description="Signs those calls: whsec_ and at least 24 random bytes in base64."
    )
    overdue_url_is_private: bool = Field(
        default=False, description="That address is inside your own network, so a private one is fine."
    )
    disposable_domains: str = Field(
        default="",
        description="More domains of throw-away addresses, with commas between; many are known already.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="Least important kind of line in the log (one JSON object a line, on stderr).",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: what the caller passes, the environment, the operator's file."""
        file = instance_directory() / LOCAL_SETTINGS_FILE
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)

    @field_validator("public_url")
    @classmethod
    def _public_url_is_an_origin(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("must look like https://board.example, with nothing behind the host")
        return value.rstrip("/")

    @field_validator("screening_url", "overdue_url")
    @classmethod
    def _url_is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must look like https://service.example/path")
        return value

    @field_validator("overdue_secret")
    @classmethod
    def _overdue_secret_is_a_key(cls, value: str) -> str:
        try:
            key = base64.b64decode(value.removeprefix(WEBHOOK_SECRET_PREFIX), validate=True)
        except ValueError:
            key = b""
        if value and (not value.startswith(WEBHOOK_SECRET_PREFIX) or len(key) < MIN_WEBHOOK_KEY_BYTES):
            raise ValueError("must be whsec_ and at least 24 random bytes in base64")
        return value

    @field_validator("database_url")
    @classmethod
    def _database_is_supported(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value.replace("postgresql://", "postgresql+psycopg://", 1)

    @field_validator("timezone")
    @classmethod
    def _timezone_is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("must be a time zone's name, as in Europe/London") from error
        return value

    @model_validator(mode="after")
    def _fill_in_from_instance(self) -> Self:
        self.instance_path = self.instance_path.resolve()
        if not self.public_url:
            self.public_url = f"http://127.0.0.1:{self.port}"
        if not self.database_url:
            self.database_url = f"sqlite:///{self.instance_path / 'board.db'}"
        if self.secret_key and len(self.secret_key) < MIN_SECRET_CHARACTERS:
            raise ValueError(f"secret_key must have at least {MIN_SECRET_CHARACTERS} characters")
        if self.overdue_url and not self.overdue_secret:
            raise ValueError("overdue_url needs an overdue_secret, which signs the calls")
        return self

    @property
    def is_https(self) -> bool:
        """Tell whether readers reach Board over TLS, so that cookies can be Secure."""
        return self.public_url.startswith("https://")

    @property
    def session_lifetime(self) -> timedelta:
        """Return how long *stay signed in* lasts without a visit."""
        return timedelta(days=self.session_days)

    @property
    def appeal_window(self) -> timedelta:
        """Return how long members may appeal a decision."""
        return timedelta(days=self.appeal_days)

    @property
    def appeal_due_within(self) -> timedelta:
        """Return how long an appeal may wait."""
        return timedelta(days=self.appeal_due_days)

    @property
    def comment_edit_window(self) -> timedelta:
        """Return how long authors may edit what they posted."""
        return timedelta(minutes=self.comment_edit_minutes)


def instance_directory() -> Path:
    """Return the directory of the operator's data, before any other setting is read."""
    return Path(os.environ.get("BOARD_INSTANCE_PATH", "instance")).resolve()


def load_settings(**overrides: object) -> Settings:
    """Read and check all settings; make the secret key on first run.

    Raises SettingsError naming each wrong setting and the mend.
    """
    _refuse_unknown_variables()
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{instance_directory() / LOCAL_SETTINGS_FILE} cannot be read: {error}") from error
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    if not settings.secret_key:
        settings.secret_key = _read_or_make_secret(settings.instance_path / SECRET_KEY_FILE)
    return settings


def _refuse_unknown_variables() -> None:
    """Name a misspelt variable, which would otherwise change nothing without a word."""
    known = {f"BOARD_{name.upper()}" for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith("BOARD_") and not name.startswith(OTHER_PREFIXES) and name not in known:
            raise SettingsError(f"{name} is not a setting of Board. See docs/settings.md, or run: board settings")


def _explain(error: ValidationError) -> str:
    lines = []
    for fault in error.errors():
        name = str(fault["loc"][0]) if fault["loc"] else "secret_key"
        what = "is not a setting of Board" if fault["type"] == "extra_forbidden" else fault["msg"]
        what = what.removeprefix("Value error, ").removeprefix("Input ")
        lines.append(f"BOARD_{name.upper()} (or {name} in {LOCAL_SETTINGS_FILE}): {what}")
    return "\n".join(lines)


def _read_or_make_secret(file: Path) -> str:
    """Return the key in the file, made once; two processes starting together agree on one."""
    fresh = secrets.token_urlsafe(48)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret(file)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(fresh)
    return fresh


def _read_secret(file: Path) -> str:
    key = file.read_text().strip()
    if len(key) < MIN_SECRET_CHARACTERS:
        raise SettingsError(f"{file} is empty or too short. Delete it, and a new key is made (all log in again).")
    return key
