"""What a publisher's token says, and why it may sign nobody in."""

from dataclasses import dataclass
from datetime import datetime


class TokenRefused(Exception):
    """The token signs nobody in: a word for programs, and a sentence for the publisher's developer."""

    def __init__(self, code: str, sentence: str) -> None:
        """Keep both."""
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Claims:
    """What a token says of its reader."""

    subject: str
    name: str
    email: str  # empty unless the publisher says that it is verified
    jti: str
    expires_at: datetime
