"""Where a new ballot starts: a pattern for each usual kind, or the terms of an earlier ballot."""

from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import lazy_gettext as _l

from board.ballots.models import Ballot
from board.ballots.terms import Terms


@dataclass(frozen=True)
class Pattern:
    """A usual kind of ballot: what it is called, and the settings that make it."""

    key: str
    name: Any
    sentence: Any
    settings: dict[str, Any] = field(default_factory=dict)


_PATTERNS = (
    Pattern("favourite", _l("Pick a favourite"), _l("One choice; the numbers show after voting."), {}),
    Pattern(
        "several",
        _l("Pick up to three"),
        _l("Each reader chooses one, two or three."),
        {"method": "several", "max_choices": 3},
    ),
    Pattern(
        "ranked",
        _l("Rank them"),
        _l("First, second, third; the weakest goes out round by round."),
        {"method": "ranked", "option_order": "random", "results": "after-close"},
    ),
    Pattern("score", _l("Rate each"), _l("From 1 to 5; the best mean wins."), {"method": "score"}),
    Pattern(
        "award",
        _l("An award"),
        _l("With real stakes: one vote for each e-mail address, results when voting has closed."),
        {"who": "email", "results": "after-close", "option_order": "random"},
    ),
    Pattern(
        "sponsors",
        _l("Vote for a sponsor"),
        _l("The options are your sponsors, each with its link."),
        {"kind": "for_sponsor"},
    ),
)
PATTERNS = {pattern.key: pattern for pattern in _PATTERNS}


def clone_of(ballot: Ballot) -> Terms:
    """Return the ballot's terms for another one: with no address and no times of its own yet."""
    return replace(Terms.of(ballot), slug="", opens_at=None, closes_at=None)
