"""Links that are mailed: signed, bound to one purpose, short-lived, and worth nothing once used.

A link carries a digest of what using it changes (the password, the address, whether it is confirmed), so that it dies
with its use, and with anything that renews the member's identity. Nothing about it is stored.
"""

import hashlib
from datetime import timedelta

from itsdangerous import BadData

from board.accounts.models import User
from board.extensions import db
from board.signing import serializer_for

LIFETIMES = {
    "confirm": timedelta(days=2),
    "invitation": timedelta(days=7),
    "new_address": timedelta(hours=2),
    "reset": timedelta(hours=1),
}


class LinkRefused(Exception):
    """The link is too old, was used, was made for something else, or is not whole."""


def make_link_token(purpose: str, user: User, detail: str = "") -> str:
    """Return the token of a link; `detail` comes back when it is read."""
    return str(serializer_for(f"board mailed link: {purpose}").dumps([user.id, _state(user), detail]))


def read_link_token(purpose: str, token: str) -> tuple[User, str]:
    """Return the member and the detail. Raises LinkRefused."""
    try:
        found = serializer_for(f"board mailed link: {purpose}").loads(
            token, max_age=int(LIFETIMES[purpose].total_seconds())
        )
    except BadData:
        raise LinkRefused from None
    user_id, state, detail = found
    user = db.session.get(User, user_id)
    if user is None or not user.active or state != _state(user):
        raise LinkRefused
    return user, str(detail)


def _state(user: User) -> str:
    """Return a digest of all that a link may change."""
    parts = (user.fs_uniquifier, user.email, user.password or "", str(user.is_confirmed))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
