"""A ballot's rules and a voter's choice in words."""

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from board.ballots.choices import BEST_SCORE
from board.ballots.models import Ballot

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
