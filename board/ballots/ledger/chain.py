"""A ballot's chain in the database: read its entries, add the next one."""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, select

from board.ballots.ledger.lines import ENTRIES, NO_ENTRY, Entry, Sealed, canonical, entry
from board.ballots.ledger.models import Seal
from board.ballots.models import Ballot
from board.ballots.votes import VoteRecord
from board.extensions import db, table_of
from board.statements import insert_once
from board.storage import now

SEALS_A_READ = 500


class Overtaken(Exception):
    """Another worker has written this entry, or the ballot has changed meanwhile: look again."""


def head_of(ballot_id: int, kinds: Collection[str] = ENTRIES) -> Seal | None:
    """Return the newest entry, or the newest of these kinds."""
    query = select(Seal).where(Seal.ballot_id == ballot_id).order_by(Seal.number.desc()).limit(1)
    if set(kinds) != set(ENTRIES):
        query = query.where(Seal.kind.in_(kinds))
    return db.session.scalar(query)


def seals_of(ballot_id: int, after: int = -1, kinds: Collection[str] = ENTRIES) -> Iterator[Seal]:
    """Return the entries behind a number, in order and a few at a time, however many there are."""
    while True:
        query = select(Seal).where(Seal.ballot_id == ballot_id, Seal.number > after, Seal.kind.in_(kinds))
        found = db.session.scalars(query.order_by(Seal.number).limit(SEALS_A_READ)).all()
        yield from found
        if len(found) < SEALS_A_READ:
            return
        after = found[-1].number


def entries_of(ballot_id: int, kinds: Collection[str]) -> list[Entry]:
    """Return the entries of these kinds as the ledger has them."""
    return [json.loads(seal.line) for seal in seals_of(ballot_id, kinds=kinds)]


def append(ballot: Ballot, head: Seal | None, kind: str, body: Entry, *, votes: int = 0) -> Seal:
    """Add the entry that follows the head; the caller commits. Raises Overtaken if another one follows it already."""
    at = max(now().replace(microsecond=0), head.sealed_at if head else datetime.min.replace(tzinfo=now().tzinfo))
    number = head.number + 1 if head else 0
    made = entry(kind, number, head.hash if head else NO_ENTRY, at, body)
    values: dict[str, Any] = {
        "ballot_id": ballot.id,
        "number": number,
        "kind": kind,
        "hash": made["hash"],
        "line": canonical(made).decode(),
        "votes": votes,
        "total": (head.total if head else 0) + votes,
        "sealed_at": at,
        "ballot_version": ballot.version,
    }
    if not insert_once(Seal, **values):
        raise Overtaken
    return Seal(**values)


def sealed_records(ballot_id: int, seal: int) -> list[Sealed]:
    """Return the records that a seal covers, as it lists them: by handle, which tells nothing of who came first."""
    covered = table_of(VoteRecord).c
    query = select(*what_is_sealed()).where(covered.ballot_id == ballot_id, covered.seal == seal)
    return in_order(Sealed.from_record(*row) for row in db.session.connection().execute(query))


def what_is_sealed() -> tuple[ColumnElement[Any], ...]:
    """Return the columns that `Sealed.from_record` takes: the choice as text, which is quicker than as a list."""
    record = table_of(VoteRecord).c
    return record.receipt, cast(record.choice, Text).label("choice"), record.replaces, record.disclosure_version


def in_order(records: Iterable[Sealed]) -> list[Sealed]:
    """Return the records as a seal lists them."""
    return sorted(records, key=lambda record: record.handle)
