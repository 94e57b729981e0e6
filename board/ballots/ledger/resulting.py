"""Seal the result, once voting has closed and readers may see it: every vote is opened, then what they come to.

If an editor decides later on votes that were set aside, the new standings and a new result are added; what was
published stands. Counting takes its time and holds no lock; the entry is written only if nothing has changed meanwhile.
"""

import time
from collections import Counter
from typing import Any

from sqlalchemy import exists, insert, select

from board.ballots.ledger.chain import Overtaken, append, entries_of, head_of, seals_of
from board.ballots.ledger.lines import CHANGE, COUNTED, RESULT, SEAL, STANDINGS, TERMS, Entry, standing_line
from board.ballots.ledger.merkle import Frontier, leaf_hash
from board.ballots.ledger.models import Seal, Standings
from board.ballots.ledger.outcome import Marks, marks_in, outcome
from board.ballots.ledger.standings import FULLY, said_of, standings_now
from board.ballots.ledger.terms import as_sealed, write_ins_of
from board.ballots.models import Ballot
from board.ballots.votes import VoteRecord
from board.extensions import db

PAUSE_SECONDS = 0.002  # after each seal's votes, for the requests of the same process
OUTCOME = ("counts", "rounds", "turnout", "winners", "write_ins")

# By a result's hash: the ballot's version and the newest entry with which no other result was found to be needed.
_settled: dict[str, tuple[int, int]] = {}


def seal_result(ballot: Ballot, head: Seal) -> Seal | None:
    """Open the votes and add the result, if one is due; return the new head. Raises Overtaken."""
    last = head_of(ballot.id, (RESULT,))
    if not _is_due(ballot, head, last):
        return None
    version = ballot.version
    count = Count(ballot, last)
    for seal in seals_of(ballot.id, kinds=(SEAL,)):
        count.take(seal.number)
        time.sleep(PAUSE_SECONDS)
    if last and not count.has_news(last):
        _settled[last.hash] = version, head.number
        return None
    made = append(ballot, head, RESULT, count.body())
    _hold(ballot, version)
    rows = [{"ballot_id": ballot.id, "result": made.number, **row} for row in count.rows]
    if rows:
        db.session.execute(insert(Standings), rows)
    db.session.commit()
    return made


class Count:
    """Counts a ballot seal by seal, and gathers the lines that stand before its result."""

    def __init__(self, ballot: Ballot, last: Seal | None) -> None:
        """Begin with nothing counted; `last` is the result before this one."""
        self._ballot_id = ballot.id
        self._opened = last.number if last else -1  # seals below it have been opened
        self._terms = as_sealed(entries_of(ballot.id, (TERMS, CHANGE)))
        self._write_ins = write_ins_of(ballot)
        self._tree = Frontier()
        self._openings = 0
        self._counted: Counter[Marks] = Counter()
        self._turnout: Counter[str] = Counter()
        self.rows: list[dict[str, Any]] = []

    def take(self, seal: int) -> None:
        """Count the votes of one seal."""
        is_open = seal < self._opened
        said = said_of(self._ballot_id, seal) if is_open else {}
        news = {}
        for record, standing in standings_now(self._ballot_id, seal):
            self._turnout[standing[0]] += 1
            if standing[0] == COUNTED:
                self._counted[marks_in(record.choice)] += 1
            is_news = standing != said.get(record.handle, FULLY)
            if is_news:
                news[record.handle] = standing
            if not is_open:
                self._openings += 1
                self._tree.add(leaf_hash(record.opening_line(standing)))
            elif is_news:
                self._tree.add(leaf_hash(standing_line(record.handle, standing)))
        if news:
            self.rows.append({"seal": seal, "by_handle": news})

    def body(self) -> Entry:
        """Return what the result's entry says."""
        return {
            "openings": self._openings,
            "standings": self._tree.count - self._openings,
            "root": self._tree.root().hex(),
            "turnout": {standing: self._turnout[standing] for standing in STANDINGS},
            "write_ins": self._write_ins,
            **outcome(self._terms, self._write_ins, self._counted),
        }

    def has_news(self, last: Seal) -> bool:
        """Tell whether a new result would say anything that the last one did not."""
        if self._tree.count:
            return True
        (said,) = [each for each in entries_of(self._ballot_id, (RESULT,)) if each["number"] == last.number]
        body = self.body()
        return any(body.get(name) != said.get(name) for name in OUTCOME)


def _is_due(ballot: Ballot, head: Seal, last: Seal | None) -> bool:
    """Tell whether there may be something to say; to find out for certain, all votes have to be counted."""
    if not (ballot.has_closed and ballot.shows_results(has_voted=False)):
        return False
    if last is None:
        return True
    present = ballot.version, head.number
    return present not in ((last.ballot_version, last.number), _settled.get(last.hash))


def _hold(ballot: Ballot, version: int) -> None:
    """Wait for votes that are on their way; raise Overtaken if one came, or an editor changed anything, since."""
    present = db.session.scalar(select(Ballot.version).where(Ballot.id == ballot.id).with_for_update())
    waits = exists().where(VoteRecord.ballot_id == ballot.id, VoteRecord.seal.is_(None))
    if present != version or db.session.scalar(select(waits)):
        db.session.rollback()
        raise Overtaken
