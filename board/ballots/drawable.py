"""Whether there is a picture of a ballot; it is drawn in `share_picture.py`, which is loaded when one is asked for."""

from pathlib import Path

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from board.ballots.letters import can_write
from board.ballots.models import Ballot
from board.ballots.wording import votes_text


def can_be_drawn(ballot: Ballot) -> bool:
    """Tell whether there are fonts for all that the picture says."""
    texts = [ballot.question, ballot.disclosure, ballot.site.name, *(option.text for option in ballot.options)]
    texts += [_("Vote now"), votes_text(3, str(get_locale()))]  # of its foot, in the page's language
    return all(can_write(fonts(), text) for text in texts)


def fonts() -> Path:
    """Return where the fonts are."""
    return Path(str(current_app.static_folder)) / "vendor" / "noto-sans"
