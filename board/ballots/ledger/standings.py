"""How each vote counts: as the votes say now, and as the ledger has said."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, select

from board.ballots.ledger.chain import in_order
from board.ballots.ledger.lines import COUNTED, REPLACED, UNDECIDED, VOIDED, Sealed, Standing
from board.ballots.ledger.models import Standings
from board.ballots.votes import Vote, VoteRecord
from board.extensions import db

FULLY: Standing = [COUNTED]
STATES = {"counted": COUNTED, "quarantined": UNDECIDED, "voided": VOIDED}


def standings_now(ballot_id: int, seal: int) -> Iterator[tuple[Sealed, Standing]]:
    """Return a seal's records, each with how it counts; one that is nobody's present choice has been replaced."""
    records = (VoteRecord.receipt, VoteRecord.choice, VoteRecord.replaces, VoteRecord.disclosure_version)
    is_present = and_(
        Vote.ballot_id == VoteRecord.ballot_id,
        Vote.voter_key == VoteRecord.voter_key,
        Vote.receipt == VoteRecord.receipt,
    )
    rows = db.session.execute(
        select(*records, Vote.state, Vote.doubts)
        .outerjoin(Vote, is_present)
        .where(VoteRecord.ballot_id == ballot_id, VoteRecord.seal == seal)
    )
    found: dict[str, Standing] = {}
    sealed = []
    for receipt, choice, replaces, disclosure, state, doubts in rows:
        record = Sealed.from_record(receipt, choice, replaces, disclosure)
        found[record.handle] = standing_of(state, doubts)
        sealed.append(record)
    return ((record, found[record.handle]) for record in in_order(sealed))


def standing_of(state: str | None, doubts: list[Any] | None) -> Standing:
    """Return how a vote in this state counts; `state` is None for a record that is no vote any more."""
    if state is None:
        return [REPLACED]
    return [STATES[state], *(sorted(map(str, doubts or [])) if state == "voided" else [])]


def said_of(ballot_id: int, seal: int) -> dict[str, Standing]:
    """Return what the ledger said last of a seal's votes, by handle; what is not here counted."""
    query = select(Standings).where(Standings.ballot_id == ballot_id, Standings.seal == seal)
    said: dict[str, Standing] = {}
    for row in db.session.scalars(query.order_by(Standings.result)):
        said |= row.by_handle
    return said


def said_with(ballot_id: int, result: int, seal: int) -> dict[str, Standing]:
    """Return what one result said of a seal's votes."""
    row = db.session.get(Standings, (ballot_id, result, seal))
    return row.by_handle if row else {}
