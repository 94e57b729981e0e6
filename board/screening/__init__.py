"""What to do with a submitted text: publish, hold for a moderator, or refuse. Named steps, in order, explained."""

from board.screening.deciding import decide, decide_by_rules
from board.screening.submissions import (
    GuidelinesUnread,
    Hold,
    MayBreakRules,
    Publish,
    Reason,
    Refuse,
    Submission,
    TextRefused,
    Verdict,
)

__all__ = [
    "GuidelinesUnread",
    "Hold",
    "MayBreakRules",
    "Publish",
    "Reason",
    "Refuse",
    "Submission",
    "TextRefused",
    "Verdict",
    "decide",
    "decide_by_rules",
]
