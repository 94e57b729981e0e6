"""What must leave the database: written in the transaction that causes it, delivered by the worker.

A row is delivered at least once. Its payload is deleted with it, because mails hold links that open accounts.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import JSON, Index, String, Text, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from board.extensions import Model, db
from board.storage import now, only_where

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)  # a worker that dies gives its rows back after this
MAX_TRIES = 8  # 1 min, 2, 4 … about four hours in all
ADDRESS_WINDOW = timedelta(hours=6)
OVERALL_WINDOW = timedelta(hours=1)

Deliver = Callable[[dict[str, Any]], None]
_deliverers: dict[str, Deliver] = {}
_waiting: ContextVar[tuple[str | None, timedelta]] = ContextVar("waiting", default=(None, timedelta(0)))


class OutboxRow(Model):
    """One thing to deliver."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "due_at"),
        Index("ix_outbox_tag", "tag", **only_where("tag IS NOT NULL")),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime | None] = mapped_column(default=now)  # None: given up, kept for the operator
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    tag: Mapped[str | None] = mapped_column(String(60))  # of what can still be taken back: see `waiting`


class MailTally(Model):
    """When a mail that a stranger can cause was asked for, by hashed address; bounds floods."""

    __tablename__ = "mail_tally"
    __table_args__ = (Index("ix_mail_tally_address_at", "address_key", "at"), Index("ix_mail_tally_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)


def deliverer(kind: str) -> Callable[[Deliver], Deliver]:
    """Register how rows of a kind are delivered."""

    def register(function: Deliver) -> Deliver:
        _deliverers[kind] = function
        return function

    return register


def enqueue(kind: str, payload: dict[str, Any]) -> OutboxRow:
    """Write a row within the caller's transaction."""
    tag, wait = _waiting.get()
    row = OutboxRow(kind=kind, payload=payload, tag=tag, due_at=now() + wait)
    db.session.add(row)
    return row


@contextmanager
def waiting(tag: str, wait: timedelta) -> Iterator[None]:
    """Let what is queued inside leave only after a while, so that `take_back` can still stop it."""
    before = _waiting.set((tag, wait))
    try:
        yield
    finally:
        _waiting.reset(before)


def take_back(tag: str) -> int:
    """Delete what is queued under the tag and has not left yet; return how many rows that were."""
    stopping = delete(OutboxRow).where(OutboxRow.tag == tag, OutboxRow.tries == 0)
    return int(db.session.execute(stopping).rowcount)  # type: ignore[attr-defined]


def enqueue_mail(
    to: str,
    subject: str,
    text: str,
    html: str = "",
    *,
    by_stranger: bool = True,
    headers: dict[str, str] | None = None,
) -> bool:
    """Queue a mail, with headers beside the usual ones; tell whether it was queued.

    `by_stranger`: somebody who need not own the address can cause this mail, so budgets per address and in all
    apply (SECURITY: at most 3 an address in 6 hours). A mail over budget is dropped, and logged without its address.
    """
    if by_stranger and not _is_within_budget(to):
        log.warning("mail_over_budget", address_key=address_key(to)[:12])
        return False
    message = {"to": to, "subject": " ".join(subject.split()), "text": text, "html": html, "headers": headers or {}}
    enqueue("mail", message)
    return True


def address_key(address: str) -> str:
    """Return the keyed hash under which an address is counted."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"mail " + address.strip().casefold().encode(), hashlib.sha256).hexdigest()


def _is_within_budget(address: str) -> bool:
    """Count this mail, then look whether it was one too many: two at once cannot both be the last."""
    settings, moment, key = current_app.config["BOARD"], now(), address_key(address)
    db.session.execute(delete(MailTally).where(MailTally.at < moment - ADDRESS_WINDOW))
    counting = MailTally(address_key=key, at=moment)
    db.session.add(counting)
    db.session.flush()
    counted = select(func.count()).select_from(MailTally)
    to_address = db.session.scalar(counted.where(MailTally.address_key == key)) or 0
    overall = db.session.scalar(counted.where(MailTally.at > moment - OVERALL_WINDOW)) or 0
    is_within = to_address <= settings.mail_per_address and overall <= settings.mail_per_hour
    if not is_within:
        db.session.delete(counting)  # one address's flood must not use up everybody's budget
    return bool(is_within)


def deliver_due(limit: int = 50) -> int:
    """Deliver the rows that are due, each in its own lease; return how many were delivered."""
    delivered = 0
    for row in _claim(limit):
        try:
            _deliverers[row.kind](row.payload)
        except Exception as error:
            _put_off(row, error)
        else:
            db.session.execute(delete(OutboxRow).where(OutboxRow.id == row.id))
            delivered += 1
        db.session.commit()
    return delivered


def _claim(limit: int) -> list[OutboxRow]:
    """Take due rows for the length of a lease; another worker skips them."""
    due = (
        select(OutboxRow.id)
        .where(OutboxRow.due_at <= now())
        .order_by(OutboxRow.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if not db.session.scalars(due).first():
        db.session.rollback()
        return []
    claim = (
        update(OutboxRow)
        .where(OutboxRow.id.in_(due.scalar_subquery()), OutboxRow.due_at <= now())
        .values(due_at=now() + LEASE, tries=OutboxRow.tries + 1)
        .returning(OutboxRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    rows = list(db.session.scalars(claim))
    db.session.commit()
    return rows


def _put_off(row: OutboxRow, error: Exception) -> None:
    db.session.rollback()
    is_hopeless = row.tries >= MAX_TRIES
    log.warning("outbox_failed", kind=row.kind, row=row.id, tries=row.tries, error=type(error).__name__)
    row.due_at = None if is_hopeless else now() + timedelta(minutes=2 ** (row.tries - 1))
    row.last_error = f"{type(error).__name__}: {error}"[:500]
