"""The ledger as it is published: from the database, an entry at a time, however long it is."""

from collections.abc import Iterator

from sqlalchemy import func, select

from board.ballots.ledger.chain import sealed_records, seals_of
from board.ballots.ledger.lines import RESULT, SEAL, joined, standing_line
from board.ballots.ledger.models import Seal, Standings
from board.ballots.ledger.standings import FULLY, said_with
from board.extensions import db


def published(ballot_id: int, after: int = -1) -> Iterator[tuple[Seal, Iterator[bytes]]]:
    """Return the entries behind a number, each with the parts of the file that end with its line."""
    for seal in seals_of(ballot_id, after):
        yield seal, parts_of(seal)


def parts_of(seal: Seal) -> Iterator[bytes]:
    """Return the lines that an entry seals, some thousands at a time, and its own."""
    if seal.kind == SEAL:
        yield joined([record.vote_line() for record in sealed_records(seal.ballot_id, seal.number)])
    elif seal.kind == RESULT:
        yield from _openings_and_standings(seal)
    yield seal.line.encode() + b"\n"


def _openings_and_standings(result: Seal) -> Iterator[bytes]:
    """Return what the result says of votes that were open before, then the votes that it opens."""
    ballot_id = result.ballot_id
    former = select(func.max(Seal.number)).where(Seal.ballot_id == ballot_id, Seal.kind == RESULT)
    opened = db.session.scalar(former.where(Seal.number < result.number))
    opened = -1 if opened is None else opened
    changes = select(Standings).where(Standings.ballot_id == ballot_id, Standings.result == result.number)
    for row in db.session.scalars(changes.where(Standings.seal < opened).order_by(Standings.seal)).all():
        yield joined([standing_line(handle, standing) for handle, standing in sorted(row.by_handle.items())])
    for seal in seals_of(ballot_id, after=opened, kinds=(SEAL,)):
        if seal.number > result.number:
            return
        said = said_with(ballot_id, result.number, seal.number)
        records = sealed_records(ballot_id, seal.number)
        yield joined([record.opening_line(said.get(record.handle, FULLY)) for record in records])
