"""The lines of a ledger, and what each commits to. docs/ledger.md tells the format to strangers; keep them together.

A line is one JSON object in canonical form. Those of the chain (*entries*) have a number, the hash of the entry before
and their own hash; the others (votes, openings, standings) stand before the entry that seals them.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from board.ballots.choices import Choice

VERSION = 1  # of the format
NO_ENTRY = "0" * 64  # "previous" of the first entry
HANDLE, NONCE = b"board receipt handle", b"board receipt nonce"
HASH_CHARACTERS = 64

TERMS, SEAL, CHANGE, RESULT = ENTRIES = ("terms", "seal", "change", "result")
VOTE, OPENING, STANDING = "vote", "opening", "standing"
COUNTED, REPLACED, UNDECIDED, VOIDED = STANDINGS = ("counted", "replaced", "undecided", "voided")

Entry = dict[str, Any]  # as JSON has it: texts, integers, booleans, null, lists and objects of these
Standing = list[str]  # one of STANDINGS, and for a voided vote the reasons behind it

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class Sealed:
    """One record as the ledger has it: no voter, no time; `handle` and `nonce` come from the receipt, one way.

    The choice is in canonical form. A million of these are made when a large ballot closes, so their lines are put
    together from texts that need no more work.
    """

    handle: str
    nonce: str
    choice: str
    replaces: str | None  # the handle of the voter's former choice
    disclosure: int

    @classmethod
    def from_record(cls, receipt: str, choice: str, replaces: str | None, disclosure: int) -> "Sealed":
        """Return what the ledger has of a record with these columns; the choice as the database writes it."""
        former = handle_of(replaces) if replaces else None
        return cls(handle_of(receipt), nonce_of(receipt), canonical_text(choice), former, disclosure)

    @property
    def _former(self) -> str:
        """Return the member that names the choice which this one replaces."""
        return f'"replaces":"{self.replaces}"' if self.replaces else '"replaces":null'

    def vote_line(self) -> bytes:
        """Return the line that commits to the choice and tells nothing of it."""
        closed = f'{{"choice":{self.choice},"disclosure":{self.disclosure},"nonce":"{self.nonce}",{self._former}}}'
        commitment = sha256(closed.encode())
        return f'{{"commitment":"{commitment}","handle":"{self.handle}","type":"vote"}}'.encode()

    def opening_line(self, standing: Standing) -> bytes:
        """Return the line that shows the choice, and whether it counted."""
        state, *reasons = standing
        why = f'"reasons":{_encode(reasons)},' if reasons else ""
        return (
            f'{{"choice":{self.choice},"disclosure":{self.disclosure},"handle":"{self.handle}",'
            f'"nonce":"{self.nonce}",{why}{self._former},"standing":"{state}","type":"opening"}}'
        ).encode()


def canonical(value: Any) -> bytes:
    """Return the one way to write the value: keys in order, no spaces, UTF-8, integers only."""
    return _encode(value).encode()


@lru_cache(maxsize=1024)
def canonical_text(text: str) -> str:
    """Return the canonical form of what a JSON text says; many voters make the same choice."""
    return _encode(json.loads(text))


def sha256(data: bytes) -> str:
    """Return the hash in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def handle_of(receipt: str) -> str:
    """Return the name of the receipt's line, from which the receipt cannot be found."""
    return sha256(HANDLE + receipt.encode())


def nonce_of(receipt: str) -> str:
    """Return the secret that closes the commitment; the ledger shows it in the end, and the receipt never."""
    return sha256(NONCE + receipt.encode())


def commitment_of(choice: Choice, disclosure: int, nonce: str, replaces: str | None) -> str:
    """Return the hash that binds the choice and hides it until the nonce is known."""
    return sha256(canonical({"choice": choice, "disclosure": disclosure, "nonce": nonce, "replaces": replaces}))


def standing_line(handle: str, standing: Standing) -> bytes:
    """Return the line that says how a vote which is open already counts from now on."""
    return canonical({"handle": handle, **spelled(standing), "type": STANDING})


def spelled(standing: Standing) -> Entry:
    """Return the standing as a line has it."""
    state, *reasons = standing
    return {"standing": state, "reasons": reasons} if reasons else {"standing": state}


def entry(kind: str, number: int, previous: str, sealed_at: datetime, body: Entry) -> Entry:
    """Return an entry of the chain with its hash."""
    parts = {**body, "number": number, "previous": previous, "sealed_at": moment(sealed_at), "type": kind}
    return {**parts, "hash": hash_of(parts)}


def hash_of(parts: Entry) -> str:
    """Return the hash of an entry, whether or not it holds one already."""
    return sha256(canonical({name: value for name, value in parts.items() if name != "hash"}))


def moment(at: datetime) -> str:
    """Return the point in time in UTC to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def joined(lines: Sequence[bytes]) -> bytes:
    """Return the lines as a file has them."""
    return b"".join(line + b"\n" for line in lines)
