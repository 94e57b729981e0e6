"""What to do with a submitted text: publish, hold for a moderator, or refuse. Named steps, in order, explained."""

from board.screening.deciding import decide
from board.screening.submissions import Hold, Publish, Refuse, Submission, TextRefused, Verdict

__all__ = ["Hold", "Publish", "Refuse", "Submission", "TextRefused", "Verdict", "decide"]
