"""Every setting of Board: typed, documented, and checked loudly at start.

A value comes from the environment (`BOARD_…`), else from `instance/board.toml`, else from the default below.
`docs/settings.md` is generated from this file by `board settings --markdown`.
"""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from board.setting import a_database, a_time_zone, a_webhook_key, an_address, an_origin, converted, setting

SECRET_KEY_FILE = "secret_key"  # noqa: S105 - a file's name
LOCAL_SETTINGS_FILE = "board.toml"
ENVIRONMENT_PREFIX = "BOARD_"
OTHER_PREFIXES = ("BOARD_TEST_", "BOARD_SERVE_")  # of the tests, and of `board serve` to its own processes
MIN_SECRET_CHARACTERS = 32

ROLES = ("member", "moderator", "editor", "admin")  # each may do what the ones before it may
SITE_ROLES = ("moderator", "editor")  # those that can be given for one site


class SettingsError(Exception):
    """Say which setting is wrong and how to mend it."""


@dataclass(kw_only=True)
class Settings:
    """All settings, in the order in which `docs/settings.md` shows them."""

    instance_path: Path = setting(Path("instance"), "Directory of the operator's own data.")  # noqa: RUF009 - a path never changes
    secret_key: str = setting("", "Signs cookies and links. Made on first run in `instance/secret_key` when empty.")
    public_url: str = setting(
        "",
        "Where readers reach Board; stands in mails. `https` makes cookies Secure. Empty: this machine.",
        check=an_origin,
    )
    database_url: str = setting(
        "",
        "`sqlite:///path` or `postgresql://user:password@host/name`. Empty: SQLite in `instance/board.db`.",
        check=a_database,
    )
    database_pool_size: int = setting(8, "Connections that each web process keeps open.", least=1, most=200)
    redis_url: str = setting("", "Redis or Valkey for shared limits. Empty: limits are counted in the database.")
    mail_url: str = setting(
        "", "`smtp://user:password@host:587?tls=start` or `smtps://`. Empty: mails stay in `instance/mail/`."
    )
    mail_from: str = setting("Board <board@localhost>", "Sender of every mail.")
    mail_per_address: int = setting(3, "Mails that strangers can cause to one address in six hours.", least=1)
    mail_per_hour: int = setting(2000, "Mails that strangers can cause in all in one hour.", least=1)
    trusted_proxies: int = setting(
        0, "Number of your own proxies in front; only their forwarding headers are believed.", least=0, most=10
    )
    host: str = setting("127.0.0.1", "Address that `board serve` listens on.")
    port: int = setting(8000, "Port that `board serve` listens on.", least=0, most=65535)
    workers: int = setting(
        0,
        "Web processes of `board serve`. 0: one per core, on SQLite two at most, below 2 GB of memory one.",
        least=0,
        most=256,
    )
    threads: int = setting(4, "Threads in each web process.", least=1, most=256)
    page_cache_megabytes: int = setting(
        32, "Memory for ready public pages in each web process. 0: every page is made anew.", least=0, most=4096
    )
    language: str = setting("en", "Language of sites that chose none: `en`, `ar`, `de`. Any other has English words.")
    timezone: str = setting("UTC", "Time zone in which dates are shown.", check=a_time_zone)
    session_days: int = setting(30, "Days that *stay signed in* lasts without a visit.", least=1, most=400)
    staff_need_second_factor: bool = setting(
        False, "Moderators, editors and admins must set up a second factor before they can act."
    )
    sign_in_tries_per_account: int = setting(
        10, "Failed or successful tries to log in to one account in 15 minutes.", least=1
    )
    sign_in_tries_per_network: int = setting(
        100, "Tries to log in, register or reset from one network (/24, /56) in 15 minutes.", least=1
    )
    sign_in_tries_overall: int = setting(3000, "Tries to log in, register or reset in all in 15 minutes.", least=1)
    comment_edit_minutes: int = setting(15, "Minutes in which authors may edit their comment.", least=0)
    appeal_days: int = setting(
        183, "Days in which a member may appeal a decision (EU law asks for six months).", least=1, most=3650
    )
    appeal_due_days: int = setting(14, "Days within which an appeal is to be decided.", least=1, most=365)
    comments_per_minute: int = setting(6, "Comments that one member may post in a minute.", least=1)
    thread_page_size: int = setting(
        20, "Discussions (comments at the top level) on one page of a thread.", least=5, most=100
    )
    metrics_token: str = setting(
        "", "What a Prometheus server sends as `Authorization: Bearer …` to `/metrics`. Empty: no such page."
    )
    votes_per_network_hour: int = setting(
        100, "Votes that count from one network (/24, /56) in one ballot and hour; more wait. 0: all.", least=0
    )
    votes_per_network: int = setting(
        1000, "Votes that count from one network in one ballot in all; more wait for review. 0: all.", least=0
    )
    new_device_votes_per_network: int = setting(
        60, "Of these, votes in ten minutes by browsers that never voted here before. 0: all.", least=0
    )
    fresh_account_hours: int = setting(24, "Hours for which an account is new to ballots. 0: none is.", least=0)
    fresh_account_votes_per_network: int = setting(
        5, "Votes by new accounts that count from one network in one ballot and hour. 0: all wait.", least=0
    )
    vote_burst: int = setting(
        200, "Votes for one option in ten minutes that wait if they are ten times the usual. 0: none do.", least=0
    )
    akismet_key: str = setting(
        "", "Key for Akismet; sites can then have it asked about comments. Text and name leave your server."
    )
    screening_url: str = setting(
        "",
        "Address of a service that sites can have asked about each comment; see docs/screening.md.",
        check=an_address,
    )
    screening_secret: str = setting("", "Signs what is sent to that service.")
    screening_url_is_private: bool = setting(
        False, "That service is inside your own network, so a private address is fine."
    )
    overdue_url: str = setting(
        "",
        "Address that is called when something waits too long at the desk; see docs/moderation.md.",
        check=an_address,
    )
    overdue_secret: str = setting(
        "", "Signs those calls: whsec_ and at least 24 random bytes in base64.", check=a_webhook_key
    )
    overdue_url_is_private: bool = setting(False, "That address is inside your own network, so a private one is fine.")
    disposable_domains: str = setting(
        "", "More domains of throw-away addresses, with commas between; many are known already."
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", "Least important kind of line in the log (one JSON object a line, on stderr)."
    )

    def __post_init__(self) -> None:
        """Fill in what follows from other settings."""
        self.instance_path = self.instance_path.resolve()
        self.public_url = self.public_url or f"http://127.0.0.1:{self.port}"
        self.database_url = self.database_url or f"sqlite:///{self.instance_path / 'board.db'}"

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


def read_settings(**overrides: object) -> Settings:
    """Read and check all settings, and make nothing: there may be no directory and no secret key yet.

    Raises SettingsError naming each wrong setting and the mend.
    """
    settings = Settings(**_checked({**_in_file(), **_in_environment(), **overrides}))
    file = settings.instance_path / SECRET_KEY_FILE
    if not settings.secret_key and file.exists():
        settings.secret_key = _read_secret(file)
    return settings


def load_settings(**overrides: object) -> Settings:
    """Return the settings like `read_settings`; make the directory and the secret key on first run."""
    settings = read_settings(**overrides)
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    if not settings.secret_key:
        settings.secret_key = _read_or_make_secret(settings.instance_path / SECRET_KEY_FILE)
    return settings


def _in_file() -> dict[str, Any]:
    """Return what the operator's file sets."""
    file = instance_directory() / LOCAL_SETTINGS_FILE
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from error


def _in_environment() -> dict[str, str]:
    """Return what variables set. A misspelt one would change nothing without a word, so it is named."""
    variables = {name.upper(): value for name, value in os.environ.items()}
    variables = {name: value for name, value in variables.items() if name.startswith(ENVIRONMENT_PREFIX)}
    known = {f"{ENVIRONMENT_PREFIX}{field.name.upper()}": field.name for field in fields(Settings)}
    for name in variables:
        if name not in known and not name.startswith(OTHER_PREFIXES):
            raise SettingsError(f"{name} is not a setting of Board. See docs/settings.md, or run: board settings")
    return {known[name]: value for name, value in variables.items() if name in known}


def _checked(given: Mapping[str, object]) -> dict[str, Any]:
    """Return the values as their settings want them. Raises SettingsError with a line for each that is wrong."""
    known, values, faults = {field.name: field for field in fields(Settings)}, dict[str, Any](), dict[str, str]()
    for name, value in given.items():
        try:
            if name not in known:
                raise ValueError("is not a setting of Board")
            values[name] = converted(known[name], value)
        except ValueError as error:
            faults[name] = str(error)
    if 0 < len(values.get("secret_key", "")) < MIN_SECRET_CHARACTERS:
        faults["secret_key"] = f"must have at least {MIN_SECRET_CHARACTERS} characters"
    if values.get("overdue_url") and not values.get("overdue_secret"):
        faults.setdefault("overdue_secret", "must be set too, as it signs what is sent to overdue_url")
    if faults:
        raise SettingsError("\n".join(f"{_named(name)}: {what}" for name, what in faults.items()))
    return values


def _named(name: str) -> str:
    return f"{ENVIRONMENT_PREFIX}{name.upper()} (or {name} in {LOCAL_SETTINGS_FILE})"


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
