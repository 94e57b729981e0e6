"""Cast a choice that may hold a write-in: the suggestion becomes an option, and the vote counts in one transaction."""

from flask_babel import gettext as _

from board.ballots.choices import Choice, NotAChoice
from board.ballots.models import Ballot
from board.ballots.votes import NOWHERE, Cast, Origin, cast_vote
from board.ballots.write_ins import is_settled_still, note_voter, settled
from board.extensions import db

TRIES = 3


def cast_choice(ballot: Ballot, voter_key: str, choice: Choice, write_in: str = "", origin: Origin = NOWHERE) -> Cast:
    """Make this the voter's choice. The caller commits; after an exception it rolls back.

    Raises NotAChoice for a write-in that is not taken, and what `cast_vote` raises. Whoever votes for a suggestion in
    the moment in which an editor merges it votes for what it became.
    """
    for _try in range(TRIES):
        final = settled(ballot, choice, write_in)
        done = cast_vote(ballot, voter_key, final, origin)
        if is_settled_still(ballot, final):
            note_voter(ballot, voter_key, final)
            return done
        db.session.rollback()
    raise NotAChoice(_("An editor has just decided on your suggestion. Press the button again."))
