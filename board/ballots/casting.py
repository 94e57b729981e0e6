"""Cast a choice that may hold a write-in: the suggestion becomes an option, and the vote counts in one transaction."""

from board.ballots.choices import Choice
from board.ballots.models import Ballot
from board.ballots.votes import NOWHERE, Cast, Origin, Rewritten, cast_vote
from board.ballots.write_ins import is_settled_still, note_voter, settled


def cast_choice(ballot: Ballot, voter_key: str, choice: Choice, write_in: str = "", origin: Origin = NOWHERE) -> Cast:
    """Make this the voter's choice. The caller commits; after an exception it rolls back.

    Raises NotAChoice for a write-in that is not taken, and what `cast_vote` raises; Rewritten also in the moment in
    which an editor decides on a suggestion in the choice. Whoever then votes again votes for what it became.
    """
    final = settled(ballot, choice, write_in)
    done = cast_vote(ballot, voter_key, final, origin)
    if not is_settled_still(ballot, final):
        raise Rewritten
    note_voter(ballot, voter_key, final)
    return done
