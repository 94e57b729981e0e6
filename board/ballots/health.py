"""How a running ballot is doing, for its editor: turnout, what waits for a decision, whether the ledger keeps up."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import func, select

from board.articles.models import Article
from board.ballots.ledger.chain import head_of
from board.ballots.ledger.models import Seal
from board.ballots.models import Ballot
from board.ballots.tally import CHANGES, COUNTED, QUARANTINED, TURNOUT, VOIDED, counts_of
from board.ballots.votes import VoteRecord
from board.ballots.write_ins import count_waiting
from board.extensions import db
from board.storage import now

LATE = timedelta(minutes=3)  # a vote is sealed within a minute; by then somebody should look
MOST_WAITING = 10_000  # counted one by one
SOON = timedelta(hours=24)


class Turnout(NamedTuple):
    """Voters by the state of their vote, and changes of mind."""

    counted: int
    quarantined: int
    voided: int
    changes: int


@dataclass(frozen=True)
class Health:
    """A ballot's figures and whatever its editor should look at."""

    turnout: Turnout
    last_hour: int  # votes and changes of mind
    waiting: int  # not sealed yet; at most `MOST_WAITING`
    suggestions: int  # that wait for the editor
    head: Seal | None
    concerns: list[str]


def health_of(ballot: Ballot, places: int) -> Health:
    """Return how the ballot is doing; a handful of bounded queries. `places` is on how many articles it stands."""
    counts = counts_of(ballot.id)
    turnout = Turnout(*(counts[TURNOUT, mark] for mark in (COUNTED, QUARANTINED, VOIDED, CHANGES)))
    unsealed = (
        select(VoteRecord.cast_at)
        .where(VoteRecord.ballot_id == ballot.id, VoteRecord.seal.is_(None))
        .order_by(VoteRecord.seal, VoteRecord.id)
        .limit(MOST_WAITING)
        .subquery()
    )
    waiting, oldest = db.session.execute(select(func.count(), func.min(unsealed.c.cast_at)).select_from(unsealed)).one()
    is_late = oldest is not None and oldest < now() - LATE
    return Health(
        turnout,
        last_hour=_sealed_last_hour(ballot) + waiting,
        waiting=waiting,
        suggestions=count_waiting(ballot),
        head=head_of(ballot.id),
        concerns=_concerns(ballot, places, is_late),
    )


def _sealed_last_hour(ballot: Ballot) -> int:
    """Return the votes under the newest seals, which are at most a few a minute."""
    newest = (
        select(Seal.votes, Seal.sealed_at)
        .where(Seal.ballot_id == ballot.id)
        .order_by(Seal.number.desc())
        .limit(MOST_WAITING)
        .subquery()
    )
    since = now() - timedelta(hours=1)
    return int(db.session.scalar(select(func.sum(newest.c.votes)).where(newest.c.sealed_at >= since)) or 0)


def _is_section(ballot: Ballot) -> bool:
    articles = select(Article.id).where(Article.site_id == ballot.site_id, Article.section == ballot.section)
    return db.session.scalar(articles.limit(1)) is not None


def _concerns(ballot: Ballot, places: int, is_late: bool) -> list[str]:
    """Return what an editor should know or do, in sentences."""
    found = []
    if is_late:
        found.append(_("Votes have waited for more than three minutes to be sealed. Is the worker running?"))
    if not ballot.is_draft and not ballot.has_closed and not places and ballot.reach == "placed":
        found.append(_("No article shows this ballot. Readers only find it at its own address."))
    if ballot.reach == "section" and not ballot.has_closed and not _is_section(ballot):
        found.append(_("No article is in the section “%(section)s” yet.", section=ballot.section))
    if ballot.is_open and ballot.closes_at and ballot.closes_at - now() < SOON:
        found.append(_("Voting closes within a day."))
    if ballot.results == "by-hand" and ballot.has_closed and ballot.results_shown_at is None:
        found.append(_("Voting has closed, and readers do not see the results until you show them."))
    return found
