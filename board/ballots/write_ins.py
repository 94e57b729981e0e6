"""Write-ins: what voters suggest, and what an editor makes of it.

A suggestion is an option that is *proposed*: it has its votes from the start, and nobody sees it but who voted for it.
An editor lists it, merges it into a listed option, or refuses it. Texts of one look are one option, which the database
sees to. After a merge the votes name the option they were merged into; their records stay as they were cast.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String, cast, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from board import audit
from board.access import Refused
from board.accounts.names import lookalike_key
from board.ballots.choices import CHOSEN, WRITE_IN, Choice, Counts, NotAChoice, options_of, remapped
from board.ballots.models import MAX_OPTION_CHARACTERS, MAX_OPTIONS, Ballot, BallotOption, look_of
from board.ballots.tally import TURNOUT, Tally, move_counts, weights
from board.ballots.terms import text_faults, tidy
from board.ballots.votes import MAX_VOTER_CHARACTERS, Vote
from board.extensions import Model, db
from board.statements import insert_once

MAX_PROPOSED = 500  # that wait in one ballot; an editor who refuses some makes room
BATCH = 1000  # votes that a merge rewrites at a time
MARKUP = ("<", ">", "://", "www.")
UNSEEN = dict.fromkeys([0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])


class WriteInVoter(Model):
    """Who has voted for a suggestion, perhaps before a change of mind: so a merge need not look at all votes."""

    __tablename__ = "write_in_voter"

    option_id: Mapped[int] = mapped_column(ForeignKey("ballot_option.id", ondelete="CASCADE"), primary_key=True)
    voter_key: Mapped[str] = mapped_column(String(MAX_VOTER_CHARACTERS), primary_key=True)


@dataclass(frozen=True)
class WriteIn:
    """A suggestion as the editor sees it."""

    option: BallotOption
    count: int  # how many of the votes that count have it


def settled(ballot: Ballot, choice: Choice, written: str) -> Choice:
    """Return the choice with the option that was written in place of the write-in. Raises NotAChoice."""
    if WRITE_IN not in options_of(choice):
        return choice
    return remapped(ballot.method, choice, {WRITE_IN: _option_called(ballot, _checked(written))})


def is_settled_still(ballot: Ballot, choice: Choice) -> bool:
    """Tell, once votes and editors wait for this one, whether each option of the choice still takes votes."""
    unlisted = _unlisted(ballot, choice)
    if not unlisted:
        return True
    states = select(BallotOption.state).where(BallotOption.id.in_(unlisted))
    return set(db.session.scalars(states)) <= {"proposed", "listed"}


def note_voter(ballot: Ballot, voter_key: str, choice: Choice) -> None:
    """Keep that the voter's choice has a suggestion in it; no statement where it has none."""
    for option_id in _unlisted(ballot, choice):
        insert_once(WriteInVoter, option_id=option_id, voter_key=voter_key)


def _unlisted(ballot: Ballot, choice: Choice) -> set[int]:
    return set(options_of(choice)) - {option.id for option in ballot.options}


def unlisted_options(choice: Choice, ballot: Ballot) -> list[BallotOption]:
    """Return what the choice has beside the listed options: its voter's own suggestion, and what became of it."""
    unlisted = _unlisted(ballot, choice)
    if not unlisted:
        return []
    found = select(BallotOption).where(BallotOption.ballot_id == ballot.id, BallotOption.id.in_(unlisted))
    return list(db.session.scalars(found).unique())


def waiting(ballot: Ballot) -> list[WriteIn]:
    """Return the suggestions that wait for an editor, those with the most votes first."""
    count = func.coalesce(func.sum(Tally.count), 0)
    tally = (Tally.ballot_id == BallotOption.ballot_id) & (Tally.option_id == BallotOption.id)
    query = (
        select(BallotOption.id, count)
        .outerjoin(Tally, tally)
        .where(BallotOption.ballot_id == ballot.id, BallotOption.state == "proposed")
        .group_by(BallotOption.id)
        .order_by(count.desc(), BallotOption.id)
        .limit(MAX_PROPOSED)
    )
    counts = {row[0]: row[1] for row in db.session.execute(query)}
    found = db.session.scalars(select(BallotOption).where(BallotOption.id.in_(counts))).unique()
    options = {option.id: option for option in found}
    return [WriteIn(options[option_id], int(number)) for option_id, number in counts.items()]


def count_waiting(ballot: Ballot) -> int:
    """Return how many suggestions wait for an editor."""
    waits = (BallotOption.ballot_id == ballot.id, BallotOption.state == "proposed")
    return db.session.scalar(select(func.count()).select_from(BallotOption).where(*waits)) or 0


def undecided_votes(ballot: Ballot, counts: Counts) -> int:
    """Return how many counted votes are for suggestions that wait for an editor; no query where there are none."""
    listed = {option.id for option in ballot.options} | {TURNOUT}
    votes: Counter[int] = Counter()
    for (option_id, mark), number in counts.items():
        if number and option_id not in listed and (mark == CHOSEN or ballot.method == "score"):
            votes[option_id] += number
    if not votes:
        return 0
    waits = select(BallotOption.id).where(BallotOption.id.in_(votes), BallotOption.state == "proposed")
    return sum(votes[option_id] for option_id in db.session.scalars(waits))


def accept(ballot: Ballot, option: BallotOption, by: Any = None) -> None:
    """List the suggestion among the options. Raises Refused."""
    _take(ballot, option)
    if len(ballot.options) >= MAX_OPTIONS:
        raise Refused(
            _("A ballot has at most %(most)s options. Merge the suggestion into one of them.", most=MAX_OPTIONS)
        )
    option.state, option.position = "listed", max((each.position for each in ballot.options), default=0) + 1
    _log("accepted", ballot, option, by)


def refuse(ballot: Ballot, option: BallotOption, by: Any = None) -> None:
    """Leave the suggestion out of the ballot; its votes are kept, and stand for nothing. Raises Refused."""
    _take(ballot, option)
    option.state = "refused"
    _log("refused", ballot, option, by)


def merge(ballot: Ballot, option: BallotOption, into: BallotOption, by: Any = None) -> None:
    """Count the suggestion's votes for a listed option; whoever chose both counts once. Raises Refused."""
    _keep_voters_out()
    _take(ballot, option)
    if into.ballot_id != ballot.id or into.state != "listed":
        raise Refused(_("Merge the suggestion into one of the options that are listed."))
    option.state, option.merged_into_id = "merged", into.id
    db.session.flush()
    moves = _rename_in_votes(ballot, option.id, into.id)
    move_counts(ballot.id, moves)
    _log("merged", ballot, option, by, into=into.id)


def _keep_voters_out() -> None:
    """Let votes wait until the merge is committed. On SQLite the writer lock does that."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE vote IN SHARE ROW EXCLUSIVE MODE"))


def _take(ballot: Ballot, option: BallotOption) -> None:
    """Hold the ballot for the change and see that the suggestion still waits, or was refused. Raises Refused."""
    ballot.lock()
    db.session.refresh(option)
    if option.ballot_id != ballot.id or option.state not in {"proposed", "refused"}:
        raise Refused(_("This suggestion has been decided already."))


def _log(deed: str, ballot: Ballot, option: BallotOption, by: Any, **more: int) -> None:
    """Keep which suggestion it was; a voter wrote it, so of its text the log has a fingerprint."""
    after = {"option": option.id, "text": audit.fingerprint(option.text), "characters": len(option.text), **more}
    db.session.flush()
    db.session.expire(ballot, ["options"])
    audit.record(f"ballot.write_in_{deed}", ballot, by=by, after=after)


def _rename_in_votes(ballot: Ballot, option_id: int, into_id: int) -> "Counter[tuple[int, int]]":
    """Put the one option for the other in every vote that has it; return how the counts move."""
    has_option = cast(Vote.choice, String).like(f"%[{option_id}, %")
    is_noted = (WriteInVoter.option_id == option_id) & (WriteInVoter.voter_key == Vote.voter_key)
    query = select(Vote).join(WriteInVoter, is_noted).where(Vote.ballot_id == ballot.id, has_option)
    query = query.order_by(WriteInVoter.voter_key).limit(BATCH).with_for_update(of=Vote)
    moves: Counter[tuple[int, int]] = Counter()
    last = ""
    while votes := db.session.scalars(query.where(WriteInVoter.voter_key > last)).all():
        last = votes[-1].voter_key
        for vote in votes:
            moves.subtract(vote.weights)
            vote.choice = remapped(ballot.method, vote.choice, {option_id: into_id})
            moves.update(weights(vote.choice, vote.state))
        db.session.flush()
        for vote in votes:
            db.session.expunge(vote)
    return moves


def _checked(typed: str) -> str:
    """Return the text as an option has it. Raises NotAChoice."""
    plain = tidy(typed.translate(UNSEEN))
    if not plain or not any(character.isalnum() for character in plain):
        raise NotAChoice(_("Write your own suggestion in its field, or take its mark away."))
    if any(mark in plain.casefold() for mark in MARKUP):
        raise NotAChoice(_("Write your suggestion in plain words, without links or the signs < and >."))
    faults = text_faults(plain, MAX_OPTION_CHARACTERS)
    if faults:
        raise NotAChoice(_("Your suggestion: %(fault)s", fault=faults[0]))
    return plain


def _option_called(ballot: Ballot, name: str) -> int:
    """Return the ID of the option of that name; a new one if there is none. Raises NotAChoice."""
    listed = {option.look: option.id for option in ballot.options}
    alike = [option.id for option in ballot.options if lookalike_key(option.text) == lookalike_key(name)]
    look = look_of(name)
    if look in listed or len(alike) == 1:
        return listed.get(look) or alike[0]
    return _proposed(ballot, name, look)


def _proposed(ballot: Ballot, name: str, look: str) -> int:
    """Return the ID of the suggestion, made if it is new, or of what it was merged into. Raises NotAChoice."""
    query = select(BallotOption.id, BallotOption.state, BallotOption.merged_into_id)
    same = query.where(BallotOption.ballot_id == ballot.id, BallotOption.look == look)
    found = db.session.execute(same).first()
    if found is None:
        _refuse_when_full(ballot)
        insert_once(BallotOption, ballot_id=ballot.id, position=0, text=name, look=look, note="", state="proposed")
        found = db.session.execute(same).one()
    if found.state == "refused":
        raise NotAChoice(_("“%(text)s” is not taken in this ballot. Choose or write another.", text=name[:60]))
    return int(found.merged_into_id or found.id)


def _refuse_when_full(ballot: Ballot) -> None:
    """Raise NotAChoice where editors have enough to read.

    What no counted vote has does not fill the list: one voter could change their mind until nobody else had room.
    """
    has_votes = select(Tally.option_id).where(Tally.ballot_id == ballot.id).group_by(Tally.option_id)
    waiting_now = select(func.count()).where(
        BallotOption.ballot_id == ballot.id,
        BallotOption.state == "proposed",
        BallotOption.id.in_(has_votes.having(func.sum(Tally.count) > 0)),
    )
    if (db.session.scalar(waiting_now) or 0) >= MAX_PROPOSED:
        raise NotAChoice(_("This ballot has as many suggestions as its editors can read. Choose one of the options."))
