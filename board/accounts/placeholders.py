"""Members who stand for the authors of imported comments: they have a name and nothing to sign in with."""

import hashlib
import unicodedata
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import insert, select

from board.accounts.models import User
from board.accounts.names import MAX_CHARACTERS, NameRefused, clean_display_name, lookalike_key
from board.extensions import db

DOMAIN = "placeholder.invalid"  # RFC 2606: no mail ever gets there
ROOM_FOR_NUMBER = 6


def placeholder_address(*origin: object) -> str:
    """Return the address that stands for an author: the same for the same site, source and name, and no other."""
    digest = hashlib.sha256("\0".join(map(str, origin)).encode("utf-8", "replace")).hexdigest()
    return f"{digest[:40]}@{DOMAIN}"


def placeholder_ids(addresses: Sequence[str]) -> dict[str, int]:
    """Return the placeholders that exist, by address."""
    known = select(User.email, User.id).where(User.email.in_(addresses))
    return {row[0]: row[1] for row in db.session.execute(known)}


class PlaceholderMaker:
    """Makes placeholders in batches; remembers the numbers it has given to names that look alike."""

    def __init__(self) -> None:
        """Begin without numbers."""
        self._numbers: dict[str, int] = {}

    def ids_of(self, names: dict[str, str]) -> dict[str, int]:
        """Return member IDs by address, for names (as the other system wrote them) by address; make who is missing."""
        found = placeholder_ids(list(names))
        missing = {address: _presentable(name) for address, name in names.items() if address not in found}
        if not missing:
            return found
        taken = _taken({lookalike_key(name) for name in missing.values()})
        rows = [self._row(address, name, taken) for address, name in missing.items()]
        made = insert(User).returning(User.email, User.id)
        return found | {row[0]: row[1] for row in db.session.execute(made, rows)}

    def _row(self, address: str, name: str, taken: set[str]) -> dict[str, object]:
        free, key = self._free(name, taken)
        taken.add(key)
        return {"email": address, "display_name": free, "name_key": key, "is_placeholder": True}

    def _free(self, name: str, taken: set[str]) -> tuple[str, str]:
        """Return the name, with the first number behind it that makes it unlike any other."""
        first = key = lookalike_key(name)
        candidate, number = name, self._numbers.get(first, 1)
        while key in taken or (candidate != name and _taken({key})):
            number += 1
            candidate = f"{name[: MAX_CHARACTERS - ROOM_FOR_NUMBER].rstrip()} {number}"
            key = lookalike_key(candidate)
        self._numbers[first] = number
        return candidate, key


def _taken(keys: set[str]) -> set[str]:
    return set(db.session.scalars(select(User.name_key).where(User.name_key.in_(keys))))


def _presentable(raw: str) -> str:
    """Return the name as our rules have it: without what cannot be seen, cut to length; else "Reader"."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", raw) if unicodedata.category(c)[0] != "C" or c == " ")
    for name in (raw, " ".join(seen.split())[:MAX_CHARACTERS]):
        try:
            return clean_display_name(name)
        except NameRefused:
            continue
    return str(_("Reader"))
