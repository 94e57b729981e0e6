"""The log's entries: rows are only ever added; the database refuses anything else.

What can never be taken out of a log must never be in it: members are numbers here, their texts, names and addresses
at most fingerprints. So a member can be erased, and the log still holds. The staff's names stay: who decided remains
known, also when they have left.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import DDL, JSON, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from board.extensions import Model, db
from board.storage import now


class AuditEntry(Model):
    """One act of one person (or of Board itself, when the actor is empty)."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_entry_site", "site_id", "id"),
        Index("ix_audit_entry_actor", "actor_id", "id"),
        Index("ix_audit_entry_action", "action", "id"),
        Index("ix_audit_entry_at", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    site_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(100), default="")  # of staff; others are their number
    action: Mapped[str] = mapped_column(String(50))
    subject_type: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(50), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


def record(
    action: str,
    subject: Model,
    *,
    by: Any = None,
    site_id: int | None = None,
    reason: str = "",
    note: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add the act to the log within the caller's transaction.

    `action` names thing and deed, as in "comment.removed"; `moderation/acts.py` has the words that people see.
    `by` is a member, or None for Board itself and the command line. `before` and `after` hold what changed, and no
    text, name or address of a member's: `fingerprint` stands for those. `note` is the staff's words, never a member's.
    """
    entry = AuditEntry(
        action=action,
        subject_type=subject.__tablename__,
        subject_id=str(getattr(subject, "id", "")),
        actor_id=by.id if by else None,
        actor_name=by.display_name if by and by.works_as("moderator") else "",
        site_id=site_id if site_id is not None else getattr(subject, "site_id", None),
        reason=reason,
        note=note,
        before=before,
        after=after,
    )
    db.session.add(entry)
    return entry


def fingerprint(text: str) -> str:
    """Return what stands in the log for a text: the same for the same text, and of no use without our key."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"log " + text.encode(), hashlib.sha256).hexdigest()[:16]


SQLITE_GUARDS = [
    f"""CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"""
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL_GUARDS = [
    """CREATE OR REPLACE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
    """CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()""",
]


def _guard(statement: str, dialect: str) -> Any:
    return DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]


for _statement in SQLITE_GUARDS:
    event.listen(AuditEntry.__table__, "after_create", _guard(_statement, "sqlite"))
for _statement in POSTGRESQL_GUARDS:
    event.listen(AuditEntry.__table__, "after_create", _guard(_statement, "postgresql"))
