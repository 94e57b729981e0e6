"""The lines of a ledger, and what each commits to. docs/ledger.md tells the format to strangers; keep them together.

A line is one JSON object in canonical form. Those of the chain (*entries*) have a number, the hash of the entry before
and their own hash; the others (votes, openings, standings) stand before the entry that seals them.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
    """One record as the ledger has it: no voter, no time; `handle` and `nonce` come from the receipt, one way."""

    handle: str
    nonce: str
    choice: Choice
    replaces: str | None  # the handle of the voter's former choice
    disclosure: int

    @classmethod
    def from_record(cls, receipt: str, choice: Choice, replaces: str | None, disclosure: int) -> "Sealed":
        """Return what the ledger has of a record with these columns."""
        former = handle_of(replaces) if replaces else None
        return cls(handle_of(receipt), nonce_of(receipt), choice, former, disclosure)

    def vote_line(self) -> bytes:
        """Return the line that commits to the choice and tells nothing of it."""
        commitment = commitment_of(self.choice, self.disclosure, self.nonce, self.replaces)
        return f'{{"commitment":"{commitment}","handle":"{self.handle}","type":"vote"}}'.encode()

    def opening_line(self, standing: Standing) -> bytes:
        """Return the line that shows the choice, and whether it counted."""
        shown = {
            "choice": self.choice,
            "disclosure": self.disclosure,
            "handle": self.handle,
            "nonce": self.nonce,
            "replaces": self.replaces,
        }
        return canonical({**shown, **spelled(standing), "type": OPENING})


def canonical(value: Any) -> bytes:
    """Return the one way to write the value: keys in order, no spaces, UTF-8, integers only."""
    return _encode(value).encode()


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
