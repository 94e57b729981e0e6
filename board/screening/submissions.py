"""A submitted text with what is known about it, and what can become of it."""

from dataclasses import dataclass

from board.accounts.models import User


@dataclass(frozen=True)
class Submission:
    """What an author wants to post, as things stand when it would be stored."""

    author: User
    source: str
    html: str
    is_thread_open: bool
    parent_takes_replies: bool = True
    depth: int = 0
    latest_source: str | None = None  # what the author posted last, anywhere; None: nothing yet
    count_in_last_minute: int = 0  # of the author's comments
    per_minute: int = 6


@dataclass(frozen=True)
class Publish:
    """Show it at once."""


@dataclass(frozen=True)
class Hold:
    """Keep it for a moderator; `step` is the rule that asked for it."""

    step: str


@dataclass(frozen=True)
class Refuse:
    """Store nothing; tell the author why and what to do."""

    step: str
    reason: str
    status: int = 422


Verdict = Publish | Hold | Refuse


class TextRefused(Exception):
    """The text cannot be taken as it is; says why, and what the author can do."""

    def __init__(self, reason: str, status: int = 422) -> None:
        """Keep the words for the form and the status for the answer."""
        self.reason, self.status = reason, status
        super().__init__(reason)
