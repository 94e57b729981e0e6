"""The chain: each entry of the log gets a link, whose hash covers the entry and the link before.

Entries are written inside many transactions at once, which must not wait for each other; so the worker adds the links a
few seconds later. The link's number is the primary key: of two workers one adds the next, and the other looks again.
An entry that commits late, with a lower number than others, is linked behind them.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DDL, Select, String, event, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from board.audit.entries import AuditEntry
from board.extensions import Model, db, table_of
from board.storage import now

BEGINNING = "0" * 64  # what stands before the first link
LINKS_A_PASS = 500
# An entry may commit later than ones with higher numbers, as long as its transaction lasts. So many numbers back the
# worker looks for such every few seconds; once an hour, and before the log is verified, it looks at all.
LOOK_BACK = 2_000
FIELDS = (
    *("id", "at", "site_id", "actor_id", "actor_name", "action", "subject_type", "subject_id", "reason", "note"),
    *("before", "after"),
)


class AuditLink(Model):
    """The place of one entry in the chain."""

    __tablename__ = "audit_link"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(unique=True)
    linked_at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


def link_due() -> int:
    """Link entries that have no link yet, at most as many as fit in a short transaction; return how many."""
    last_entry = db.session.scalar(select(func.max(AuditLink.entry_id))) or 0
    return _link(_unlinked().where(AuditEntry.id > last_entry - LOOK_BACK))


def link_all() -> int:
    """Link every entry that has no link yet, however long ago it was written; return how many."""
    linked = 0
    while new := _link(_unlinked()):
        linked += new
    return linked


def head_of_log() -> tuple[int, str]:
    """Return the number and the hash of the last link."""
    last = db.session.execute(
        select(AuditLink.number, AuditLink.hash).order_by(AuditLink.number.desc()).limit(1)
    ).first()
    return (last.number, last.hash) if last else (0, BEGINNING)


def _unlinked() -> Select[AuditEntry]:
    is_linked = select(AuditLink.number).where(AuditLink.entry_id == AuditEntry.id).exists()
    return select(AuditEntry).where(~is_linked).order_by(AuditEntry.id).limit(LINKS_A_PASS)


def _link(wanted: Select[AuditEntry]) -> int:
    """Add the links in one transaction; none if another worker was quicker."""
    entries = list(db.session.scalars(wanted))
    if entries:
        number, head = head_of_log()
        try:
            db.session.execute(insert(table_of(AuditLink)), _links_after(number, head, entries))
            db.session.commit()
        except IntegrityError:
            entries = []
    db.session.rollback()
    return len(entries)


def _links_after(number: int, head: str, entries: list[AuditEntry]) -> list[dict[str, Any]]:
    links, linked_at = [], now()
    for step, entry in enumerate(entries, 1):
        hashed = hash_of(number + step, head, linked_at, as_written(entry))
        links.append(
            {"number": number + step, "entry_id": entry.id, "linked_at": linked_at, "previous": head, "hash": hashed}
        )
        head = hashed
    return links


def as_written(entry: AuditEntry) -> dict[str, Any]:
    """Return the entry's fields as they are hashed and exported."""
    return {name: getattr(entry, name) for name in FIELDS} | {"at": moment_text(entry.at)}


def moment_text(moment: datetime) -> str:
    """Return a moment in the one form that is hashed: UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(number: int, previous: str, linked_at: datetime, entry: Mapping[str, Any]) -> str:
    """Return the link's hash: SHA-256 over the canonical JSON (sorted keys, no spaces, UTF-8) of all it binds."""
    bound = {"number": number, "previous": previous, "linked_at": moment_text(linked_at), "entry": entry}
    canonical = json.dumps(bound, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


SQLITE_LINK_GUARDS = [
    f"""CREATE TRIGGER audit_link_no_{verb.lower()} BEFORE {verb} ON audit_link
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"""
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL_LINK_GUARDS = [
    """CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE ON audit_link
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()""",
]
POSTGRESQL_GUARD_FUNCTION = """CREATE OR REPLACE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"""

for _statement in SQLITE_LINK_GUARDS:
    event.listen(AuditLink.__table__, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
for _statement in (POSTGRESQL_GUARD_FUNCTION, *POSTGRESQL_LINK_GUARDS):
    event.listen(AuditLink.__table__, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]
