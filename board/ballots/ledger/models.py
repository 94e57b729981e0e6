"""The chain as the database keeps it; rows are only ever added, and the database refuses anything else."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, CheckConstraint, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from board.ballots.ledger.lines import HASH_CHARACTERS
from board.ballots.votes import VoteRecord
from board.extensions import Model


class Seal(Model):
    """An entry of a ballot's chain. Its line is kept as it was hashed and published, letter by letter.

    The primary key keeps the chain from forking: of two workers that write the same number, one finds it taken.
    """

    __tablename__ = "ledger_seal"
    __table_args__ = (
        CheckConstraint("kind IN ('terms', 'seal', 'change', 'result')", name="kind"),
        Index("ix_ledger_seal_kind", "ballot_id", "kind", "number"),
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    hash: Mapped[str] = mapped_column(String(HASH_CHARACTERS))
    line: Mapped[str] = mapped_column(Text)
    votes: Mapped[int] = mapped_column(default=0)  # records that this seal covers
    total: Mapped[int] = mapped_column(default=0)  # and all up to here
    sealed_at: Mapped[datetime]
    ballot_version: Mapped[int]  # of the ballot that it speaks of


class Standings(Model):
    """How the votes of one seal count from a result on: by handle, where that is not as before.

    Before the first result, every vote is taken as counted. A vote that counts less is kept here with the reason.
    """

    __tablename__ = "ledger_standings"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    result: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # number of the result's entry
    seal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # number of the votes' entry
    by_handle: Mapped[dict[str, list[str]]] = mapped_column(JSON)


FIXED = ("id", "ballot_id", "receipt", "replaces", "disclosure_version")  # of a vote's record, beside its choice
REFUSAL = "the ledger is append-only"


def _sqlite_guard(table: str, verb: str, condition: str = "") -> str:
    return f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {condition}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"""


def _postgresql_guard(table: str, verb: str, condition: str = "") -> str:
    return f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW {condition}
    EXECUTE FUNCTION ledger_guard()"""


# A record may still lose its article (which can be deleted) and its voter (whose right that is), and be sealed, once.
_SQLITE_FIXED = "WHEN OLD.seal IS NOT NULL AND NEW.seal IS NOT OLD.seal OR NEW.choice IS NOT OLD.choice" + "".join(
    f" OR NEW.{name} IS NOT OLD.{name}" for name in FIXED
)
_POSTGRESQL_FIXED = " OR ".join(
    ["OLD.seal IS NOT NULL AND NEW.seal IS DISTINCT FROM OLD.seal", "NEW.choice::text <> OLD.choice::text"]
    + [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED]
)
_POSTGRESQL_FUNCTION = f"""CREATE OR REPLACE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"""

_GUARDED: list[tuple[Any, str, str, str]] = [
    (model.__table__, verb, "", "") for model in (Seal, Standings) for verb in ("UPDATE", "DELETE")
] + [
    (VoteRecord.__table__, "DELETE", "", ""),
    (VoteRecord.__table__, "UPDATE", _SQLITE_FIXED, f"WHEN ({_POSTGRESQL_FIXED})"),
]
SQLITE_GUARDS = [_sqlite_guard(table.name, verb, condition) for table, verb, condition, _ in _GUARDED]
POSTGRESQL_GUARDS = [
    _POSTGRESQL_FUNCTION,
    *(_postgresql_guard(table.name, verb, condition) for table, verb, _, condition in _GUARDED),
]


def _listen(table: Any, statement: str, dialect: str) -> None:
    """Run the statement on that database when the table is made."""
    event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


for _table, _verb, _sqlite, _postgresql in _GUARDED:
    _listen(_table, _sqlite_guard(_table.name, _verb, _sqlite), "sqlite")
    _listen(_table, _POSTGRESQL_FUNCTION, "postgresql")
    _listen(_table, _postgresql_guard(_table.name, _verb, _postgresql), "postgresql")
