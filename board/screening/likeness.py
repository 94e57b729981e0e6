"""What near copies of a text have in common, so that repeats are found by one range of an index.

The key is made of three minimums over the text's pairs of neighbouring words (MinHash: Broder 1997, "On the resemblance
and containment of documents"). Texts that differ only in case, accents, digits, punctuation or links have the same key;
texts that share a part s of their pairs have it with probability s³: 0.86 at 95%, below 0.001 at 10%.
"""

from itertools import pairwise
from zlib import crc32

from board.markup import plain_text
from board.screening.folding import bare, words_in

MIN_WORDS = 6  # "Thank you, well said." is nobody's spam
MAX_WORDS = 400  # of a long text its beginning is compared
# Three permutations of 32-bit numbers: odd multipliers, so that none meet.
PERMUTATIONS = ((0x9E3779B1, 0x7F4A7C15), (0x85EBCA77, 0x165667B1), (0xC2B2AE3D, 0x27D4EB2F))
BITS = 32
PART_BITS = 21


def likeness_of(html: str) -> int | None:
    """Return the key of a text's safe HTML, which fits 63 bits; None for a text too short to speak of copies."""
    found = pairs_of(plain_text(html))
    if not found:
        return None
    key = 0
    for factor, offset in PERMUTATIONS:
        least = min([(pair * factor + offset) & 0xFFFFFFFF for pair in found])
        key = key << PART_BITS | least >> BITS - PART_BITS
    return key


def are_alike(one: str, other: str) -> bool:
    """Tell whether two texts say nearly the same: two of three pairs of words are in both."""
    first, second = pairs_of(one), pairs_of(other)
    return bool(first and second) and 3 * len(first & second) >= 2 * len(first | second)


def pairs_of(text: str) -> set[int]:
    """Return numbers for the pairs of neighbouring words; none for a short text."""
    words = [word for word in words_in(bare(text)) if not word.isdigit()][:MAX_WORDS]
    if len(words) < MIN_WORDS:
        return set()
    return {crc32(f"{one} {other}".encode("utf-8", "replace")) for one, other in pairwise(words)}
