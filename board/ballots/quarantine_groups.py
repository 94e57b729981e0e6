"""What an editor sees of each group in quarantine: how many votes, since when, whom they favour; nobody's data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, literal, select, union_all

from board.ballots.choices import Choice, options_of
from board.ballots.models import Ballot, BallotOption
from board.ballots.quarantine import IS_SUSPECT
from board.ballots.suspicion import SENTENCES
from board.ballots.votes import Vote
from board.extensions import db

GROUPS_SHOWN = 20
SAMPLE = 200  # votes of a group that are looked at for what they favour
EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """A vote without its voter."""

    cast_at: datetime
    voter: str  # what kind
    choice: str
    doubts: list[str]


@dataclass
class Group:
    """Votes that wait for the same reason, from the same network or hour or with the same domain."""

    name: str
    votes: int
    first_at: datetime
    last_at: datetime
    favours: list[tuple[str, int]] = field(default_factory=list)  # options, and how many of the sample chose them first
    sampled: int = 0
    examples: list[Example] = field(default_factory=list)

    @property
    def code(self) -> str:
        """Return the step that doubted the votes."""
        return self.name.partition(":")[0]

    @property
    def subject(self) -> str:
        """Return which network (hashed), hour or domain it is."""
        return self.name.partition(":")[2]

    @property
    def sentence(self) -> str:
        """Return the reason in words."""
        return str(SENTENCES.get(self.code, self.code))


@dataclass(frozen=True)
class Reason:
    """All groups of one reason."""

    code: str
    votes: int
    groups: list[Group]

    @property
    def sentence(self) -> str:
        """Return the reason in words."""
        return str(SENTENCES.get(self.code, self.code))


def groups_in(ballot: Ballot, limit: int = GROUPS_SHOWN) -> list[Group]:
    """Return the groups with votes that wait, the largest first. An index holds all that is counted here."""
    query = (
        select(Vote.suspicion, func.count().label("votes"), func.min(Vote.cast_at), func.max(Vote.cast_at))
        .where(Vote.ballot_id == ballot.id, IS_SUSPECT, Vote.state == "quarantined")
        .group_by(Vote.suspicion)
        .order_by(func.count().desc(), Vote.suspicion)
        .limit(limit)
    )
    groups = [Group(*row) for row in db.session.execute(query)]
    _add_samples(ballot, groups)
    return groups


def by_reason(groups: Sequence[Group]) -> list[Reason]:
    """Return the groups under their reasons, in the order in which they come."""
    found: dict[str, list[Group]] = {}
    for group in groups:
        found.setdefault(group.code, []).append(group)
    return [Reason(code, sum(group.votes for group in some), some) for code, some in found.items()]


def _add_samples(ballot: Ballot, groups: list[Group]) -> None:
    """Look at some votes of each group, all in one query."""
    if not groups:
        return
    named = {group.name: group for group in groups}
    texts = _texts_of(ballot)
    firsts: dict[str, Counter[str]] = {name: Counter() for name in named}
    for row in db.session.execute(union_all(*(select(_sample(ballot, name)) for name in named))):
        group = named[row.name]
        options = [texts.get(option_id, "–") for option_id in options_of(_as_choice(row.choice))]
        firsts[row.name].update(options[:1])
        group.sampled += 1
        if len(group.examples) < EXAMPLES:
            group.examples.append(Example(row.cast_at, _kind(row.kind), ", ".join(options), list(row.doubts)))
    for name, group in named.items():
        group.favours = firsts[name].most_common(EXAMPLES)


def _sample(ballot: Ballot, name: str) -> Any:
    return (
        select(
            literal(name).label("name"),
            Vote.choice,
            Vote.cast_at,
            Vote.doubts,
            func.substr(Vote.voter_key, 1, 1).label("kind"),
        )
        .where(Vote.ballot_id == ballot.id, IS_SUSPECT, Vote.suspicion == name, Vote.state == "quarantined")
        .limit(SAMPLE)
        .subquery()
    )


def _texts_of(ballot: Ballot) -> dict[int, str]:
    rows = db.session.execute(select(BallotOption.id, BallotOption.text).where(BallotOption.ballot_id == ballot.id))
    return {option_id: text for option_id, text in rows.all()}  # noqa: C416 - a Row is no pair to mypy


def _as_choice(choice: Choice) -> Choice:
    """Return the choice with its best mark first: the highest score, or the first rank as it stands."""
    marks = {mark for _option_id, mark in choice}
    is_ranking = marks == set(range(1, len(choice) + 1))
    return choice if is_ranking else sorted(choice, key=lambda pair: -pair[1])


def _kind(letter: str) -> str:
    kinds = {"d": _("Browser"), "m": _("Member"), "e": _("E-mail address")}
    return str(kinds.get(letter, letter))
