"""Votes: one current row for each voter, a record of every choice ever made, and the tally, all in one transaction.

The primary key (ballot, voter) makes it one vote a voter. A change of mind replaces the row's choice, adds a record
and moves the count (`tally.py`); nothing is ever deleted. A vote that is *quarantined* is kept and recorded like any
other, but not counted until an editor says so.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypedDict

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    bindparam,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from board.articles.models import Article
from board.ballots.choices import Choice, Counts
from board.ballots.models import Ballot
from board.ballots.tally import CHANGES, TURNOUT, move_counts, weights
from board.extensions import Model, db, table_of
from board.statements import insert_once, prepared
from board.storage import now, only_where

MAX_VOTER_CHARACTERS = 80
MAX_SUSPICION_CHARACTERS = 120
RECEIPT_BYTES = 16
MAX_CHANGES = 20  # of one voter's mind in one ballot: each is kept and sealed, so a script could swell the ledger


class NotOpen(Exception):
    """Voting has not begun, or has ended."""


class AlreadyVoted(Exception):
    """The voter has chosen otherwise before, and this ballot lets nobody change their mind."""


class ChangedTooOften(AlreadyVoted):
    """The voter has changed their mind as often as anybody may."""


class Overtaken(Exception):
    """The voter has chosen otherwise since the form for this choice was made, or this form was sent before."""


class Rewritten(Exception):
    """An editor has changed the ballot since it was read; whoever reads it again may go on."""


class Outcome(Enum):
    """What a vote did."""

    CAST = "cast"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Cast:
    """What came of a vote, the receipt of the choice that now stands, and whether the voter may choose otherwise."""

    outcome: Outcome
    receipt: str
    may_change: bool = True


class Paper(TypedDict):
    """What a vote and its record have in common."""

    ballot_id: int
    voter_key: str
    choice: Choice
    receipt: str
    cast_at: datetime


@dataclass(frozen=True)
class Doubt:
    """Why a vote may not be honest: a step of `suspicion.py`, and of what (a network, an hour, a domain)."""

    code: str
    subject: str = ""

    @property
    def group(self) -> str:
        """Return the name of the group in which an editor finds the vote."""
        return f"{self.code}:{self.subject}"


def _no_doubts(_choice: Choice, _is_new: bool) -> Sequence[Doubt]:
    return ()


@dataclass(frozen=True)
class Origin:
    """Where a vote came from. `network` is hashed.

    `judge` is asked within the transaction, once it is known that the vote changes anything, and whether it is the
    voter's first here; any doubt of its puts the vote in quarantine. `replaces`: the mark of the choice that the vote
    may replace, "" for none; None for whichever there is.
    """

    network: str = ""
    places: Sequence[str] = ()  # the IDs that the article may have, on whose page it was cast
    judge: Callable[[Choice, bool], Sequence[Doubt]] = _no_doubts
    replaces: str | None = None


class Vote(Model):
    """A voter's present choice. `voter_key` is "m:" member, "d:" device or "e:" address, the latter two hashed."""

    __tablename__ = "vote"
    __table_args__ = (
        CheckConstraint("state IN ('counted', 'quarantined', 'voided')", name="state"),
        # Covers what the quarantine's page asks; ordinary votes are not in it, and do not pay for it.
        Index(
            "ix_vote_quarantine",
            "ballot_id",
            "suspicion",
            "state",
            "cast_at",
            **only_where("suspicion <> ''"),
        ),
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    voter_key: Mapped[str] = mapped_column(String(MAX_VOTER_CHARACTERS), primary_key=True)
    choice: Mapped[Choice] = mapped_column(JSON)
    receipt: Mapped[str] = mapped_column(String(2 * RECEIPT_BYTES))  # of the record with this choice
    state: Mapped[str] = mapped_column(String(12), default="counted")
    doubts: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes of why it was quarantined
    suspicion: Mapped[str] = mapped_column(String(MAX_SUSPICION_CHARACTERS), default="")  # its group in quarantine
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("quarantine_decision.id"))  # that counted or voided it
    network: Mapped[str] = mapped_column(String(64), default="")  # of the voter, hashed
    cast_at: Mapped[datetime] = mapped_column(default=now)
    changes: Mapped[int] = mapped_column(default=0, server_default="0")  # of the voter's mind

    @property
    def may_change(self) -> bool:
        """Tell whether the voter has changed their mind less often than anybody may."""
        return self.changes < MAX_CHANGES

    @property
    def weights(self) -> Counts:
        """Return what this vote adds to the tally."""
        return weights(self.choice, self.state)

    def change(self, paper: "Paper", origin: "Origin") -> None:
        """Take another choice. New doubts take it out of the count; what an editor has voided stays voided."""
        self.choice, self.receipt, self.cast_at = paper["choice"], paper["receipt"], paper["cast_at"]
        self.network = origin.network or self.network
        self.changes += 1
        self.doubt(origin.judge(self.choice, False))

    def doubt(self, doubts: Sequence[Doubt]) -> None:
        """Put the vote in quarantine for doubts that are new; an editor's decision on others stands."""
        new = [doubt for doubt in doubts if doubt.code not in self.doubts]
        if not new:
            return
        self.doubts = [*self.doubts, *(doubt.code for doubt in new)]
        if self.state == "counted":
            self.state, self.suspicion, self.decision_id = "quarantined", new[0].group[:MAX_SUSPICION_CHARACTERS], None


class VoteRecord(Model):
    """Every choice ever made, in order; rows are only ever added, and later sealed into the ledger, once."""

    __tablename__ = "vote_record"
    __table_args__ = (
        Index("ix_vote_record_ballot", "ballot_id", "id"),
        Index("ix_vote_record_seal", "ballot_id", "seal", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    voter_key: Mapped[str] = mapped_column(String(MAX_VOTER_CHARACTERS))
    choice: Mapped[Choice] = mapped_column(JSON)
    receipt: Mapped[str] = mapped_column(String(2 * RECEIPT_BYTES), unique=True)  # a secret that the voter keeps
    replaces: Mapped[str | None] = mapped_column(String(2 * RECEIPT_BYTES))  # the receipt of the voter's former choice
    disclosure_version: Mapped[int]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"))
    cast_at: Mapped[datetime] = mapped_column(default=now)
    seal: Mapped[int | None]  # number of the ledger's seal that covers it


NOWHERE = Origin()


def cast_vote(ballot: Ballot, voter_key: str, choice: Choice, origin: Origin = NOWHERE) -> Cast:
    """Make this the voter's choice; the same choice again changes nothing. The caller commits.

    Raises NotOpen, AlreadyVoted where the ballot lets nobody change their mind, Overtaken and Rewritten; then the
    caller rolls back.
    """
    paper: Paper = {
        "ballot_id": ballot.id,
        "voter_key": voter_key,
        "choice": choice,
        "receipt": secrets.token_hex(RECEIPT_BYTES),
        "cast_at": now(),
    }
    if insert_once(Vote, **paper, network=origin.network, suspicion="", state="counted", doubts=[]):
        _record(ballot, paper, origin)
        move_counts(ballot.id, weights(choice, _first_state(paper, origin)))
        return Cast(Outcome.CAST, paper["receipt"])
    vote = db.session.get_one(Vote, (ballot.id, voter_key), with_for_update=True, populate_existing=True)
    if vote.choice == choice:
        return Cast(Outcome.SAME, vote.receipt, vote.may_change)
    if origin.replaces is not None and origin.replaces != mark_of(vote.receipt):
        raise Overtaken
    _record(ballot, paper, origin, replaces=vote.receipt)
    if not ballot.can_change:
        raise AlreadyVoted
    if not vote.may_change:
        raise ChangedTooOften
    moves = Counter({(TURNOUT, CHANGES): 1})
    moves.subtract(vote.weights)
    vote.change(paper, origin)
    moves.update(vote.weights)
    db.session.flush()
    move_counts(ballot.id, moves)
    return Cast(Outcome.CHANGED, vote.receipt, vote.may_change)


def mark_of(receipt: str) -> str:
    """Return what stands for a receipt in a ticket, which tells nobody the receipt; empty for none."""
    return hashlib.sha256(receipt.encode()).hexdigest()[:16] if receipt else ""


def _record(ballot: Ballot, paper: Paper, origin: Origin, replaces: str | None = None) -> None:
    """Add the choice to the record of all that were ever made. Raises Rewritten and NotOpen.

    From here on no editor can change the ballot until this vote is committed; on SQLite the writer lock, taken by the
    insert before this, does the same. So if the ballot's version is that of the one at hand, that one's terms stand.
    """
    places = {"likeliest": next(iter(origin.places), None), "other": next(reversed(origin.places), None)}
    if not _recording.run(**paper, **places, replaces=replaces, version=ballot.version):
        raise Rewritten
    if not ballot.is_open:
        raise NotOpen


@prepared
def _recording(_dialect: str) -> Any:
    """Build the insert of a record; the article is looked up in it, so that none is named which is not there."""
    ballot, record, article = table_of(Ballot).c, table_of(VoteRecord).c, table_of(Article).c
    is_there = or_(article.external_id == bindparam("likeliest"), article.external_id == bindparam("other"))
    names = [*Paper.__annotations__, "replaces"]
    values = [
        *(bindparam(name, type_=record[name].type) for name in names),
        ballot.disclosure_version,
        select(article.id).where(article.site_id == ballot.site_id, is_there).limit(1).scalar_subquery(),
    ]
    is_same = (ballot.id == bindparam("ballot_id")) & (ballot.version == bindparam("version"))
    held = select(*values).where(is_same).with_for_update(read=True, of=ballot.id)
    return insert(VoteRecord).from_select([*names, "disclosure_version", "article_id"], held, include_defaults=False)


def _first_state(paper: Paper, origin: Origin) -> str:
    """Return the state of a vote that has just been kept; it goes into quarantine if there are doubts."""
    doubts = origin.judge(paper["choice"], True)
    if not doubts:
        return "counted"
    vote = db.session.get_one(Vote, (paper["ballot_id"], paper["voter_key"]))
    vote.doubt(doubts)
    db.session.flush()
    return vote.state
