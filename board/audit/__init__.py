"""The audit log: who did what to what, when and why; chained, so that a change behind Board's back is found out."""

from board.audit.chain import AuditLink, link_due
from board.audit.entries import POSTGRESQL_GUARDS, SQLITE_GUARDS, AuditEntry, fingerprint, record

__all__ = ["POSTGRESQL_GUARDS", "SQLITE_GUARDS", "AuditEntry", "AuditLink", "fingerprint", "link_due", "record"]
