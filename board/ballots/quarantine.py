"""Votes that wait for an editor, in groups of one reason and one network, hour or domain; and what was decided.

A decision moves the group's votes and the tally together, a bounded batch in each transaction, so voters never wait
long; what is left when it is cut short still waits, and the same press goes on. Each vote knows its decision, so that
it can be taken back.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from board import audit
from board.access import Refused
from board.ballots.models import Ballot
from board.ballots.suspicion import SENTENCES
from board.ballots.tally import move_counts, weights
from board.ballots.votes import MAX_SUSPICION_CHARACTERS, Vote
from board.extensions import Model, db
from board.storage import now

BATCH = 1000  # votes moved in one transaction: some hundredths of a second
VOTES_A_PRESS = 50_000  # in one request; whoever has more presses again
MAX_NOTE_CHARACTERS = 500
VERDICTS = ("counted", "voided")
IS_SUSPECT = text("vote.suspicion <> ''")  # as the index has it, letter by letter


class Decision(Model):
    """An editor's word on a group, or on all groups of one reason: its votes count, or are void."""

    __tablename__ = "quarantine_decision"
    __table_args__ = (
        CheckConstraint("verdict IN ('counted', 'voided')", name="verdict"),
        Index("ix_quarantine_decision_ballot", "ballot_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    group: Mapped[str] = mapped_column(String(MAX_SUSPICION_CHARACTERS))
    verdict: Mapped[str] = mapped_column(String(10))  # the state that the votes got
    note: Mapped[str] = mapped_column(Text, default="")
    votes: Mapped[int] = mapped_column(default=0)  # that were moved
    decided_by: Mapped[str] = mapped_column(String(100), default="")
    decided_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]

    @property
    def sentence(self) -> str:
        """Return the reason in words."""
        return str(SENTENCES.get(self.group.partition(":")[0], self.group))


@dataclass(frozen=True)
class Move:
    """From which state to which, by which decision; back into quarantine is only what that decision moved."""

    former: str
    later: str
    decision_id: int

    @property
    def stamp(self) -> int | None:
        """Return the decision that the votes stand under from now on."""
        return None if self.later == "quarantined" else self.decision_id

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """Return which of a group's votes are moved."""
        is_former = Vote.state == self.former
        return (is_former,) if self.former == "quarantined" else (is_former, Vote.decision_id == self.decision_id)


def decide(
    ballot: Ballot, group: str, verdict: str, *, note: str = "", by: Any = None, limit: int | None = VOTES_A_PRESS
) -> Decision:
    """Count or void the votes that wait in the group, or in all of a reason ("network"). Commits batch by batch.

    Raises Refused if none waits there. What comes into the group later waits again.
    """
    names = waiting_groups(ballot, group)
    if verdict not in VERDICTS or not names:
        raise Refused(_("No votes wait in this group any more."))
    decision = Decision(ballot_id=ballot.id, group=group, verdict=verdict, note=note[:MAX_NOTE_CHARACTERS])
    decision.decided_by = by.display_name if by else ""
    db.session.add(decision)
    db.session.flush()
    after = {"slug": ballot.slug, "group": group, "decision": decision.id}
    audit.record(f"quarantine.{verdict}", ballot, by=by, reason=group.partition(":")[0], note=note, after=after)
    decision.votes = _move_all(ballot, names, Move("quarantined", verdict, decision.id), limit)
    _finish(ballot)
    return decision


def undo(ballot: Ballot, decision: Decision, *, by: Any = None) -> None:
    """Let the votes of the decision wait again; again is no mistake. Commits batch by batch."""
    if decision.undone_at is None:
        decision.undone_at = now()
        after = {"slug": ballot.slug, "group": decision.group, "decision": decision.id}
        audit.record("quarantine.undone", ballot, by=by, after=after)
    names = _names(ballot, decision.group, decision.verdict)
    _move_all(ballot, names, Move(decision.verdict, "quarantined", decision.id))
    _finish(ballot)


def waiting_groups(ballot: Ballot, group: str) -> list[str]:
    """Return the names of the groups with votes that wait: the one of that name, or all of that reason."""
    return _names(ballot, group, "quarantined")


def _names(ballot: Ballot, group: str, state: str) -> list[str]:
    is_it = Vote.suspicion == group if ":" in group else Vote.suspicion.startswith(f"{group}:", autoescape=True)
    query = select(Vote.suspicion).where(Vote.ballot_id == ballot.id, IS_SUSPECT, is_it, Vote.state == state)
    return list(db.session.scalars(query.distinct()))


def _move_all(ballot: Ballot, names: Iterable[str], move: Move, limit: int | None = None) -> int:
    """Move the votes of the groups, a batch in each transaction; return how many."""
    moved = 0
    for name in names:
        while limit is None or moved < limit:
            batch = _move_batch(ballot.id, name, move)
            db.session.commit()
            moved += batch
            if not batch:
                break
    return moved


def _finish(ballot: Ballot) -> None:
    """Say that kept pages of the ballot, and the ledger's last word on it, are out of date."""
    ballot.lock()
    db.session.commit()


def _move_batch(ballot_id: int, name: str, move: Move) -> int:
    """Move some votes of the group, and the tally with them; return how many.

    On PostgreSQL votes that their voters are changing right now are passed over, so that nobody waits in a circle; the
    next batch has them.
    """
    is_moved = (Vote.ballot_id == ballot_id, Vote.suspicion == name, *move.conditions)
    some = select(Vote.voter_key).where(IS_SUSPECT, *is_moved).limit(BATCH).with_for_update(skip_locked=True)
    batch = some.cte("batch")  # as a mere subquery, PostgreSQL may run it once for each row, and move more
    moving = (
        update(Vote)
        .where(Vote.voter_key.in_(select(batch.c.voter_key)), *is_moved)
        .values(state=move.later, decision_id=move.stamp)
        .returning(Vote.choice)
        .execution_options(synchronize_session=False)
    )
    choices = db.session.scalars(moving).all()
    moves: Counter[tuple[int, int]] = Counter()
    for choice in choices:
        moves.update(weights(choice, move.later))
        moves.subtract(weights(choice, move.former))
    move_counts(ballot_id, moves)
    return len(choices)


def decisions_on(ballot: Ballot, limit: int = 20) -> Sequence[Decision]:
    """Return the latest decisions, newest first."""
    query = select(Decision).where(Decision.ballot_id == ballot.id).order_by(Decision.id.desc()).limit(limit)
    return db.session.scalars(query).all()
