"""Load, permit, act: the first two steps of every view.

Errors are named for the rule broken; `board/errors.py` turns each into an answer.
"""

from typing import Any, TypeVar

from flask_login import current_user
from sqlalchemy import Select

from board.extensions import db

T = TypeVar("T")


class NotThere(Exception):
    """What the address names does not exist, or not for this person: 404."""


class Moved(Exception):
    """What the address names is elsewhere now: the way there, which a form takes too (308)."""

    def __init__(self, path: str) -> None:
        """Keep the path."""
        self.path = path
        super().__init__(path)


class NotAllowed(Exception):
    """The person is known and may not do this: 403, with the reason in one sentence."""


class SignInNeeded(Exception):
    """Nobody is signed in and the act needs somebody: the way to log in."""


class SecondFactorNeeded(Exception):
    """The operator asks staff for a second factor, and this member has none: the way to set one up."""


class Refused(Exception):
    """The act cannot be done now (closed, over, taken back): 409, with what to do instead."""


def load(query: Select[T]) -> T:
    """Return the one object that the query finds. Raises NotThere."""
    found = db.session.execute(query).unique().scalar_one_or_none()
    if found is None:
        raise NotThere
    return found


def permit(is_allowed: bool, why_not: Any = "") -> None:
    """Go on if the rule says yes. Raises SignInNeeded for a signed-out reader, NotAllowed for a member."""
    if is_allowed:
        return
    if not current_user.is_authenticated:
        raise SignInNeeded
    raise NotAllowed(str(why_not))
