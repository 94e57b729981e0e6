"""Ballots whose votes are minutes old, sealed as the worker does it."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from board.ballots.choices import Choice, one
from board.ballots.ledger.lines import NO_ENTRY, canonical, hash_of
from board.ballots.ledger.publishing import published
from board.ballots.ledger.sealing import seal_due
from board.ballots.models import Ballot
from board.ballots.tally import move_counts, weights
from board.ballots.votes import NOWHERE, Origin, Vote, VoteRecord, cast_vote
from board.extensions import db
from board.storage import now


def vote(ballot: Ballot, voter: int | str, choice: Choice | int, origin: Origin = NOWHERE) -> str:
    """Cast a vote as a voter of that name; return its receipt. An integer is the position of the one option chosen."""
    chosen = one(ballot.options[choice].id) if isinstance(choice, int) else choice
    receipt = cast_vote(ballot, f"d:{voter}", chosen, origin).receipt
    db.session.commit()
    return receipt


def close(ballot: Ballot) -> None:
    """End the voting."""
    ballot.lock()
    ballot.close()
    db.session.commit()


def seal() -> int:
    """Let a worker look once."""
    db.session.commit()
    return seal_due()


def add_records(ballot: Ballot, count: int, **more: Any) -> None:
    """Add bare records of choices, two minutes old."""
    made = [
        {
            "ballot_id": ballot.id,
            "voter_key": f"d:{n}",
            "choice": one(ballot.options[n % len(ballot.options)].id),
            "receipt": f"{n:032x}",
            "disclosure_version": 0,
            "cast_at": now() - timedelta(minutes=2),
            **more,
        }
        for n in range(count)
    ]
    db.session.execute(insert(VoteRecord), made)
    db.session.commit()


def parsed(lines: Sequence[bytes]) -> list[dict[str, Any]]:
    """Return the lines as JSON has them."""
    return [json.loads(line) for line in lines]


def ledger_of(ballot: Ballot) -> list[bytes]:
    """Return the published ledger's lines."""
    return b"".join(part for _seal, parts in published(ballot.id) for part in parts).splitlines()


def decide(ballot: Ballot, voter: int | str, state: str, *doubts: str) -> None:
    """Set aside, count or void a vote, as an editor's decision does."""
    ballot.lock()
    found = db.session.get_one(Vote, (ballot.id, f"d:{voter}"))
    moves = Counter(weights(found.choice, state))
    moves.subtract(found.weights)
    found.state, found.doubts = state, list(doubts) or found.doubts
    move_counts(ballot.id, moves)
    db.session.commit()


def rehashed(lines: Sequence[bytes]) -> list[bytes]:
    """Return the lines with each entry linked and hashed anew, as a forger would who knows the format."""
    made, previous = [], NO_ENTRY
    for line in lines:
        parts = json.loads(line)
        if "hash" in parts:
            parts["previous"] = previous
            previous = parts["hash"] = hash_of(parts)
        made.append(canonical(parts))
    return made
