"""How each vote counts: as the votes say now, and as the ledger has said."""

import json
from collections.abc import Iterator

from sqlalchemy import Text, and_, cast, select

from board.ballots.ledger.chain import in_order, what_is_sealed
from board.ballots.ledger.lines import COUNTED, REPLACED, UNDECIDED, VOIDED, Sealed, Standing
from board.ballots.ledger.models import Standings
from board.ballots.votes import Vote, VoteRecord
from board.extensions import db, table_of

FULLY: Standing = [COUNTED]
STATES = {"counted": COUNTED, "quarantined": UNDECIDED, "voided": VOIDED}


def standings_now(ballot_id: int, seal: int) -> Iterator[tuple[Sealed, Standing]]:
    """Return a seal's records, each with how it counts; one that is nobody's present choice has been replaced."""
    votes, records = table_of(Vote), table_of(VoteRecord)
    vote, record = votes.c, records.c
    is_present = and_(
        vote.ballot_id == record.ballot_id,
        vote.voter_key == record.voter_key,
        vote.receipt == record.receipt,
    )
    query = (
        select(*what_is_sealed(), vote.state, cast(vote.doubts, Text))
        .select_from(records.outerjoin(votes, is_present))
        .where(record.ballot_id == ballot_id, record.seal == seal)
    )
    found: dict[str, Standing] = {}
    sealed = []
    for *columns, state, doubts in db.session.connection().execute(query):
        each = Sealed.from_record(*columns)
        found[each.handle] = standing_of(state, doubts)
        sealed.append(each)
    return ((each, found[each.handle]) for each in in_order(sealed))


def standing_of(state: str | None, doubts: str | None) -> Standing:
    """Return how a vote in this state counts; `state` is None for a record that is no vote any more."""
    if state is None:
        return [REPLACED]
    return [STATES[state], *(sorted(map(str, json.loads(doubts or "[]"))) if state == "voided" else [])]


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
