"""Find a voter's line by their receipt, with the proof that it is under its seal. Whether it counted, nobody is told
here before the ledger says so."""

import json
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from board.ballots.ledger.chain import head_of, sealed_records
from board.ballots.ledger.lines import RESULT, Entry, Sealed, Standing
from board.ballots.ledger.merkle import leaf_hash, path_of
from board.ballots.ledger.models import Seal
from board.ballots.ledger.standings import FULLY, said_of
from board.ballots.models import Ballot
from board.ballots.votes import RECEIPT_BYTES, VoteRecord
from board.extensions import db

RECEIPT = re.compile(rf"[0-9a-f]{{{2 * RECEIPT_BYTES}}}").fullmatch


@dataclass(frozen=True)
class Found:
    """A vote with a receipt: its record, and its place in the ledger if it is sealed."""

    record: Sealed
    texts: list[tuple[str, int]]  # the choice: each option's text, and its mark
    seal: Seal | None = None
    index: int = 0
    path: tuple[str, ...] = ()
    standing: Standing | None = None  # once the ledger tells it

    @property
    def proof(self) -> Entry:
        """Return all that a stranger needs to see that the choice is sealed; it does not hold the receipt."""
        record = self.record
        opening = {
            "choice": json.loads(record.choice),
            "disclosure": record.disclosure,
            "nonce": record.nonce,
            "replaces": record.replaces,
        }
        return {
            "vote": json.loads(record.vote_line()),
            "opening": opening,
            "index": self.index,
            "path": list(self.path),
            "seal": json.loads(self.seal.line) if self.seal else None,
        }


def tidy_receipt(text: str) -> str:
    """Return a receipt as it is kept, however it was typed; empty if it cannot be one."""
    plain = re.sub(r"[\s-]", "", text).lower()
    return plain if RECEIPT(plain) else ""


def find(ballot: Ballot, receipt: str) -> Found | None:
    """Return the vote with the receipt, if this ballot has one."""
    query = select(VoteRecord).where(VoteRecord.receipt == receipt, VoteRecord.ballot_id == ballot.id)
    row = db.session.scalar(query)
    if row is None:
        return None
    record = Sealed.from_record(row.receipt, json.dumps(row.choice), row.replaces, row.disclosure_version)
    names = {option.id: option.text for option in ballot.options}
    texts = [(names.get(option_id, ""), mark) for option_id, mark in row.choice]
    if row.seal is None:
        return Found(record, texts)
    return Found(record, texts, **_place(ballot, row.seal, record.handle))


def _place(ballot: Ballot, number: int, handle: str) -> dict[str, Any]:
    """Return where in which seal the vote is, the way to its root, and how it counts if the ledger has told it."""
    records = sealed_records(ballot.id, number)
    index = next(at for at, record in enumerate(records) if record.handle == handle)
    path = path_of([leaf_hash(record.vote_line()) for record in records], index)
    last = head_of(ballot.id, (RESULT,))
    is_told = last is not None and last.number > number
    return {
        "seal": db.session.get(Seal, (ballot.id, number)),
        "index": index,
        "path": tuple(step.hex() for step in path),
        "standing": said_of(ballot.id, number).get(handle, FULLY) if is_told else None,
    }
