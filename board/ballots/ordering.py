"""In which order a ballot's options are shown: the editor's, by name, or another one for each reader.

A page that is kept for everybody cannot know its reader. There the random order changes from hour to hour, and the
page's script puts the rows into the order of its own browser (static/js/ballot.js). Whoever is known by a cookie has
an order that stays.
"""

import hashlib
import unicodedata
from collections.abc import Callable

from flask_babel import get_locale

from board.ballots.models import Ballot, BallotOption
from board.ballots.voters import voter_keys
from board.storage import now

# Letters that stand behind z, in this order; in other languages they are sorted with the letter that they look like.
LAST_LETTERS = {"da": "æøå", "nb": "æøå", "nn": "æøå", "no": "æøå", "sv": "åäö", "fi": "åäö", "et": "õäöü"}
AFTER_Z = "\U0010ff00"


def ordered_options(ballot: Ballot) -> list[BallotOption]:
    """Return the listed options in the order in which this request's reader sees them."""
    if ballot.option_order == "alphabetical":
        return sorted(ballot.options, key=lambda option: alphabetical_key(option.text, str(get_locale() or "en")))
    if ballot.option_order == "random":
        return sorted(ballot.options, key=_shuffled(f"{ballot.id} {_seed(ballot)}"))
    return list(ballot.options)


def alphabetical_key(text: str, locale: str) -> tuple[str, str]:
    """Return what texts are sorted by: letters first, blind to case and accents; then the text itself."""
    last = LAST_LETTERS.get(locale[:2], "")
    whole = unicodedata.normalize("NFC", text).casefold()
    letters = [f"{AFTER_Z}{last.index(c)}" if c in last else unicodedata.normalize("NFKD", c) for c in whole]
    return "".join(c for letter in letters for c in letter if not unicodedata.combining(c)), whole


def _seed(ballot: Ballot) -> str:
    keys = voter_keys(ballot)
    return keys[0] if keys else now().strftime("%Y-%m-%d %H")


def _shuffled(seed: str) -> Callable[[BallotOption], bytes]:
    return lambda option: hashlib.sha256(f"{seed} {option.id}".encode()).digest()
