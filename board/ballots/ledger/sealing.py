"""Seal what was voted: minute by minute, in the background, while voting goes on.

The worker of every process may try; the primary key of the chain lets one of them write an entry, and the others look
again. A batch is small, and everything that takes time is worked out before its transaction begins, so that voters
wait for a few milliseconds at most. A record that commits late, with a lower ID, gets into the next seal.
"""

import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import TextClause, exists, or_, select, text, update

from board.ballots.audience import ELSEWHERE, add_votes
from board.ballots.ledger import copies
from board.ballots.ledger.chain import Overtaken, append, entries_of, head_of, in_order, what_is_sealed
from board.ballots.ledger.lines import CHANGE, RESULT, SEAL, TERMS, Sealed, joined
from board.ballots.ledger.merkle import leaf_hash, root_of
from board.ballots.ledger.models import Seal
from board.ballots.ledger.resulting import seal_result
from board.ballots.ledger.terms import as_sealed, change_between, loosened, opening_body, terms_of
from board.ballots.models import Ballot
from board.ballots.votes import VoteRecord
from board.extensions import db, table_of
from board.storage import now

log = structlog.get_logger(__name__)

SEAL_VOTES = 2048  # at most in one seal: a voter's proof then has eleven steps, and a batch commits in a moment
BATCHES_A_PASS = 32  # then the worker looks after the mails again
PAUSE_SECONDS = 0.005  # between batches, for whoever waits to write


class Misfit(Exception):
    """The records to seal are not those that were read: nothing is written."""


def seal_due() -> int:
    """Seal what is due in every ballot, a few batches each; return how many entries were added."""
    added = 0
    for ballot_id in _ballots_to_look_at():
        try:
            new = seal_ballot(ballot_id)
            if new:
                copies.keep(ballot_id)  # with what the batches have not brought there
            added += new
        except Overtaken:
            db.session.rollback()
        except Exception as error:  # one ballot's fault is not the others'
            db.session.rollback()
            log.error("ledger_fault", ballot=ballot_id, error=type(error).__name__, detail=str(error)[:200])
    db.session.rollback()
    return added


def seal_ballot(ballot_id: int, batches: int = BATCHES_A_PASS) -> int:
    """Add the entries that are due in one ballot, each in its own transaction. Raises Overtaken."""
    ballot = db.session.get(Ballot, ballot_id, populate_existing=True)
    if ballot is None or not ballot.has_opened:
        return 0
    before = head = head_of(ballot.id)
    if head is None:
        head = _commit(append(ballot, None, TERMS, opening_body(ballot)))
    head = seal_change(ballot, head)
    for _ in range(batches):
        sealed = seal_votes(ballot, head)
        if sealed is None:
            head = seal_result(ballot, head) or head
            break
        head = sealed
        time.sleep(PAUSE_SECONDS)
    return head.number - (before.number if before else -1)


def seal_change(ballot: Ballot, head: Seal) -> Seal:
    """Add what was tightened since the last entry about the terms; return the new head."""
    sealed = as_sealed(entries_of(ballot.id, (TERMS, CHANGE)))
    present = terms_of(ballot)
    change = change_between(sealed, present)
    faults = loosened(sealed, change) if change else []
    if faults:
        log.error("ledger_terms_altered", ballot=ballot.slug, faults=faults)
        return head
    return _commit(append(ballot, head, CHANGE, {"terms": change})) if change else head


def seal_votes(ballot: Ballot, head: Seal) -> Seal | None:
    """Seal the oldest votes that wait, up to a batch; None if none is due. Raises Overtaken and Misfit."""
    waiting = _votes_due(ballot)
    if not waiting:
        return None
    records = in_order(
        Sealed.from_record(row.receipt, row.choice, row.replaces, row.disclosure_version) for row in waiting
    )
    lines = [record.vote_line() for record in records]
    root = root_of(leaf_hash(line) for line in lines)
    body = {"root": root.hex(), "votes": len(records), "total": head.total + len(records)}
    made = append(ballot, head, SEAL, body, votes=len(records))
    covering = update(VoteRecord).where(_among([row.id for row in waiting]), VoteRecord.seal.is_(None))
    done: Any = db.session.execute(covering.values(seal=made.number), execution_options={"synchronize_session": False})
    if done.rowcount != len(waiting):
        db.session.rollback()
        raise Misfit
    add_votes(ballot.id, Counter((row.cast_at.date(), row.article_id or ELSEWHERE) for row in waiting))
    _commit(made)
    copies.keep(ballot.id, {made.number: joined(lines)})
    return made


def _among(ids: list[int]) -> TextClause:
    """Return the condition for these records, in one parameter: thousands would take longer than the update itself."""
    if db.engine.dialect.name == "sqlite":
        return text("id IN (SELECT value FROM json_each(:ids))").bindparams(ids=json.dumps(ids))
    return text("id = ANY(:ids)").bindparams(ids=ids)


def _votes_due(ballot: Ballot) -> Sequence[Any]:
    """Return the oldest unsealed records of the minutes that are over; all that are left once voting has closed.

    Whole minutes, so that the moment of a seal tells no more of a vote than its minute.
    """
    record, connection = table_of(VoteRecord).c, db.session.connection()
    query = (
        select(record.id, record.cast_at, record.article_id, *what_is_sealed())
        .where(record.ballot_id == ballot.id, record.seal.is_(None))
        .order_by(record.seal, record.id)  # as the index has them
    )
    minute = now().replace(second=0, microsecond=0)
    if not ballot.has_closed:
        oldest = connection.execute(query.limit(1)).first()
        if oldest is None or oldest.cast_at >= minute:
            return []
    rows = connection.execute(query.limit(SEAL_VOTES)).all()
    return rows if ballot.has_closed else [row for row in rows if row.cast_at < minute]


def _ballots_to_look_at() -> Sequence[int]:
    """Return the open ballots, and the closed ones whose last word is not yet in the ledger."""
    said = exists().where(Seal.ballot_id == Ballot.id, Seal.kind == RESULT, Seal.ballot_version == Ballot.version)
    waits = exists().where(VoteRecord.ballot_id == Ballot.id, VoteRecord.seal.is_(None))
    has_opened = (Ballot.state != "draft", Ballot.opens_at <= now())
    return db.session.scalars(select(Ballot.id).where(*has_opened, or_(~said, waits)).order_by(Ballot.id)).all()


def _commit(made: Seal) -> Seal:
    db.session.commit()
    return made
