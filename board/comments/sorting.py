"""The orders of a thread, and the cursors that say where in one a page begins.

A cursor holds the sort's key and the ID of a comment, so a page begins at a place of an index. It names no row that
must still be there: whatever happens to that comment, the place stays. A cursor that is not ours is no cursor.
"""

import binascii
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from board.comments.models import Comment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MAX_BYTES = 40
MAX_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class Sort:
    """One order of a thread's roots: by a key, then by ID, both in the same direction."""

    name: str
    key: InstrumentedAttribute[Any]
    is_ascending: bool = False

    def cursor(self, comment: Any) -> str:
        """Return the place of a comment in this order."""
        layout, number = ">dq", getattr(comment, self.key.key)
        if not isinstance(number, float):
            layout = ">qq"
        if isinstance(number, datetime):
            number = (number - EPOCH) // MICROSECOND
        packed = struct.pack(layout, number, comment.id)
        return self.name[0] + urlsafe_b64encode(packed).decode().rstrip("=")

    def place(self, cursor: str) -> tuple[Any, int] | None:
        """Return key and ID that a cursor of this sort stands for, or None if it is none."""
        if not cursor.startswith(self.name[0]) or len(cursor) > MAX_BYTES:
            return None
        try:
            number, comment_id = struct.unpack(self._layout, urlsafe_b64decode(cursor[1:] + "=="))
            key = self._key_from(number)
        except (ValueError, struct.error, binascii.Error, OverflowError):
            return None
        return key, comment_id

    @property
    def _layout(self) -> str:
        return ">dq" if self.name == "best" else ">qq"

    def _key_from(self, number: Any) -> Any:
        if self.key is Comment.created_at:
            return EPOCH + number * MICROSECOND
        if not isfinite(number):
            raise ValueError
        return number


BEST = Sort("best", Comment.rank)
SORTS = {
    sort.name: sort
    for sort in (
        BEST,
        Sort("newest", Comment.created_at),
        Sort("oldest", Comment.created_at, is_ascending=True),
        Sort("replied", Comment.descendant_count),
    )
}


def sort_named(name: str) -> Sort:
    """Return the sort of that name; the best comments first if there is none."""
    return SORTS.get(name, BEST)
