"""How often somebody may try: counted per account, per network and overall, before any password is hashed.

The counts are in the database (see `attempts.py`), or in Redis where the operator has one; when Redis is away they
are in the database again, never open.
"""

from typing import Any

import structlog
from flask import Flask, current_app, g, request
from flask_babel import ngettext
from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.devices import network_of
from board.extensions import Model
from board.outbox import address_key

log = structlog.get_logger(__name__)

WINDOW_MINUTES = 15
RETRY_AFTER_SECONDS = WINDOW_MINUTES * 60


class Attempts(Model):
    """How many tries one subject has had in one window of time."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_slot", "slot"),)

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True)  # which window of time, counted from 1970
    count: Mapped[int]


class TooManyTries(Exception):
    """This account, network or the whole site has had its tries for now: 429."""

    retry_after = RETRY_AFTER_SECONDS

    def __str__(self) -> str:
        """Return what to do, in one sentence."""
        text = ngettext(
            "Too many tries. Wait %(num)d minute, then try again.",
            "Too many tries. Wait %(num)d minutes, then try again.",
            WINDOW_MINUTES,
        )
        return str(text)


def count_try(purpose: str, account: str) -> None:
    """Count one try, before anything costly or telling is done. Raises TooManyTries.

    `account` is whom it is about, known here or not: an e-mail address, or a member's own key.
    """
    settings = current_app.config["BOARD"]
    budgets = (
        (f"{purpose} {address_key(account)[:40]}", settings.sign_in_tries_per_account),
        (f"network {network_of(request.remote_addr)}", settings.sign_in_tries_per_network),
        ("overall", settings.sign_in_tries_overall),
    )
    for key, tries in budgets:
        if not _hit(key, tries):
            log.warning("too_many_tries", purpose=purpose, by=key.split(" ")[0])
            g.retry_after = RETRY_AFTER_SECONDS
            raise TooManyTries


def count_in_network(purpose: str, tries: int) -> None:
    """Count one act that the sender's network (/24, /56) may do so many times in a window. Raises TooManyTries."""
    if not _hit(f"{purpose} {network_of(request.remote_addr)}", tries):
        log.warning("too_many_tries", purpose=purpose, by="network")
        g.retry_after = RETRY_AFTER_SECONDS
        raise TooManyTries


def _hit(key: str, tries: int) -> bool:
    """Count against one budget; tell whether it was still within."""
    from limits import RateLimitItemPerMinute

    item = RateLimitItemPerMinute(tries, WINDOW_MINUTES)
    *others, database = _counters()
    for counter in others:
        try:
            return bool(counter.hit(item, key))
        except counter.storage.base_exceptions as error:
            log.error("limit_store_away", store=type(counter.storage).__name__, error=type(error).__name__)
    return bool(database.hit(item, key))


def _counters() -> list[Any]:
    """Return the counters in the order in which they are asked, the database last."""
    if "board_counters" not in current_app.extensions:
        current_app.extensions["board_counters"] = _make_counters(current_app)
    made: list[Any] = current_app.extensions["board_counters"]
    return made


def _make_counters(app: Flask) -> list[Any]:
    from limits.storage import storage_from_string
    from limits.strategies import SlidingWindowCounterRateLimiter

    from board.accounts.attempts import DatabaseStorage

    redis_url = app.config["BOARD"].redis_url
    stores: list[Any] = [DatabaseStorage()]
    if redis_url:
        stores.insert(0, storage_from_string(redis_url, socket_timeout=1, socket_connect_timeout=1))
    return [SlidingWindowCounterRateLimiter(store) for store in stores]
