"""A ballot's rules and a voter's choice in words."""

from functools import lru_cache

from flask_babel import format_decimal, format_percent, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from board.ballots.choices import BEST_SCORE, NotAChoice
from board.ballots.models import Ballot, BallotOption
from board.ballots.votes import MAX_CHANGES, AlreadyVoted, ChangedTooOften, Outcome, Overtaken

SAID = {
    Outcome.CAST.value: _l("Thank you, your vote is in."),
    Outcome.CHANGED.value: _l("Your vote is changed."),
    Outcome.SAME.value: _l("This is your vote already. It counts once."),
}
KEPT_TEXTS = 4096  # of numbers, in each process
TEENS = range(11, 14)
ENGLISH_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def how_to(ballot: Ballot) -> str:
    """Say how the form is filled in; nothing where one choice is asked for."""
    if ballot.method == "several":
        return str(ngettext("Choose %(num)s.", "Choose up to %(num)s.", ballot.max_choices))
    if ballot.method == "approval":
        return str(_("Choose every option that you approve of."))
    if ballot.method == "ranked":
        return str(_("Give your favourite the first place, then the next. You may leave options out."))
    if ballot.method == "score":
        text = _("Score from 1, the lowest, to %(best)s, the highest. You may leave options out.", best=BEST_SCORE)
        return str(text)
    return ""


def ordinal(place: int) -> str:
    """Return the place as it is written in a list: 1st, 2nd, 3rd; where the language is not English, 1., 2., 3."""
    if str(get_locale() or "en")[:2] != "en":
        return f"{place}."
    return f"{place}{'th' if place % 100 in TEENS else ENGLISH_ENDINGS.get(place % 10, 'th')}"


def mark_text(method: str, mark: int) -> str:
    """Return what the mark says beside the option; nothing where it only says "chosen"."""
    if method == "ranked":
        return ordinal(mark)
    return str(_("%(mark)s of %(best)s", mark=mark, best=BEST_SCORE)) if method == "score" else ""


def suggestion_text(option: BallotOption) -> str:
    """Return the voter's own suggestion, with what has become of it."""
    if option.state == "refused":
        return str(_("%(text)s (your suggestion, not taken)", text=option.text))
    return str(_("%(text)s (your suggestion, which waits for the editors)", text=option.text))


def grouped(receipt: str) -> str:
    """Return the receipt in fours, to be read aloud and typed."""
    return " ".join(receipt[start : start + 4] for start in range(0, len(receipt), 4))


# A hot ballot shows the same few numbers to everybody, and Babel takes longer to write one than a database to find it.


@lru_cache(maxsize=KEPT_TEXTS)
def votes_text(count: int, _locale: str) -> str:
    """Say how many votes that is, in the language of the request, which `_locale` is to name."""
    return str(ngettext("%(number)s vote", "%(number)s votes", count, number=format_decimal(count)))


@lru_cache(maxsize=KEPT_TEXTS)
def percent_text(percent: int, _locale: str) -> str:
    """Return a share as the language of the request writes it, which `_locale` is to name."""
    return str(format_percent(percent / 100))


def why_not(ballot: Ballot, refusal: Exception) -> str:
    """Say why the vote was not taken."""
    if isinstance(refusal, NotAChoice):
        return str(refusal)
    if isinstance(refusal, ChangedTooOften):
        text = _(
            "You have changed your vote %(most)s times, and nobody can more often. Your last choice stands.",
            most=MAX_CHANGES,
        )
        return str(text)
    if isinstance(refusal, AlreadyVoted):
        return str(_("You have voted already. This ballot takes one choice, and yours stands."))
    if isinstance(refusal, Overtaken):
        return str(_("This form was used before, so your vote stands. To change it, press the button now."))
    if ballot.has_closed:
        return str(_("Voting has closed. This vote was not counted."))
    return str(_("Voting has not opened yet. This vote was not counted."))
