"""A number that texts share which are nearly the same: so a flood of copies is one line at the desk, not two hundred.

The text is reduced to its words (letters only, without case and accents; of a link only its host), and the words to
their overlapping runs of three. Three independent minimum hashes over those runs make the key. Two texts that share
the part J of their runs have the same key with probability J³ (Broder, "On the resemblance and containment of
documents", 1997): copies with another digit, greeting or punctuation nearly always, different texts practically never.
Short texts count as a whole.

Only what waits for a moderator gets a key, so that posting does not pay for it.
"""

import re
import unicodedata
from hashlib import blake2b
from zlib import crc32

RUN = 3  # words
LINK = re.compile(r"(?:https?://|www\.)([^\s/?#)\]]+)[^\s)\]]*", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
# Three permutations of 32-bit hashes: odd multipliers, as in multiply-shift hashing.
PERMUTATIONS = ((0x9E3779B1, 0x7F4A7C15), (0x85EBCA77, 0xC2B2AE3D), (0x27D4EB2F, 0x165667B1))
MASK = 0xFFFFFFFF


def text_key(source: str) -> int:
    """Return the key of a comment's text: a signed 64-bit number."""
    words = _words(source)
    if len(words) < 2 * RUN:
        return _number(" ".join(words) or " ".join(source.split()))
    runs = {crc32(" ".join(words[n : n + RUN]).encode()) for n in range(len(words) - RUN + 1)}
    least = [min((run * factor + offset) & MASK for run in runs) for factor, offset in PERMUTATIONS]
    return _number(" ".join(map(str, least)))


def _words(source: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", LINK.sub(r"\1", source)).casefold()
    return WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)
