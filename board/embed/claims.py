"""What a publisher's token says, and why it may sign nobody in."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _


class TokenRefused(Exception):
    """The token signs nobody in: a word for programs, and a sentence for the publisher's developer.

    `is_for_readers`: the sentence tells the reader too what is wrong, and what they can do.
    """

    def __init__(self, code: str, sentence: str, *, is_for_readers: bool = False) -> None:
        """Keep them."""
        super().__init__(sentence)
        self.code = code
        self.is_for_readers = is_for_readers

    @property
    def told(self) -> str:
        """Return what readers are told."""
        if self.is_for_readers:
            return str(self)
        return str(_("This page could not log you in here. You can log in below, or read on without."))


@dataclass(frozen=True)
class Claims:
    """What a token says of its reader."""

    subject: str
    name: str
    email: str  # empty unless the publisher says that it is verified
    jti: str
    expires_at: datetime
