"""Which letters the fonts of drawn pictures have, read from the fonts themselves.

A page says whether there is a picture of its ballot, so this is asked far more often than a picture is drawn, and
without loading what draws.
"""

import struct
import unicodedata
import zlib
from bisect import bisect_right
from functools import cache, lru_cache
from pathlib import Path

REGULAR, BOLD = 400, 700
SUBSETS = ("latin", "latin-ext", "greek", "cyrillic")
WOFF_HEADER_BYTES, WOFF_TABLE = 44, struct.Struct(">4sIIII")  # https://www.w3.org/TR/WOFF/
SEGMENTS = 4  # the format of our fonts' tables: https://learn.microsoft.com/typography/opentype/spec/cmap


def can_write(directory: Path, text: str) -> bool:
    """Tell whether there is a font for every letter and digit of the text; signs may be left out."""
    is_word = (character for character in text if unicodedata.category(character)[0] in "LMN")
    return all(subset_with(directory, character) for character in is_word)


@lru_cache(maxsize=1024)
def subset_with(directory: Path, character: str) -> str:
    """Return the first font that has the character; empty if none has."""
    for subset in SUBSETS:
        firsts, afters = _characters(font_file(directory, subset))
        place = bisect_right(firsts, ord(character)) - 1
        if place >= 0 and ord(character) < afters[place]:
            return subset
    return ""


def font_file(directory: Path, subset: str, weight: int = REGULAR) -> Path:
    """Return the font of this part of Unicode."""
    return directory / f"noto-sans-{subset}-{weight}-normal.woff"


@cache
def _characters(file: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the runs of characters that the font has: where each begins, and where each has ended."""
    runs: list[list[int]] = []
    for code in sorted(_codes(_character_table(file.read_bytes()))):
        if runs and runs[-1][1] == code:
            runs[-1][1] += 1
        else:
            runs.append([code, code + 1])
    return tuple(run[0] for run in runs), tuple(run[1] for run in runs)


def _character_table(font: bytes) -> bytes:
    """Return the font's table from characters to glyphs."""
    (count,) = struct.unpack_from(">H", font, 12)
    for number in range(count):
        place = WOFF_HEADER_BYTES + number * WOFF_TABLE.size
        tag, start, packed_bytes, full_bytes, _checksum = WOFF_TABLE.unpack_from(font, place)
        if tag == b"cmap":
            packed = font[start : start + packed_bytes]
            return zlib.decompress(packed) if packed_bytes < full_bytes else packed
    return b""


def _codes(table: bytes) -> set[int]:
    """Return the characters that have a glyph; glyph 0 is what stands for those that have none."""
    found: set[int] = set()
    (count,) = struct.unpack_from(">H", table, 2)
    for number in range(count):
        (start,) = struct.unpack_from(">I", table, 8 + number * 8)
        (form,) = struct.unpack_from(">H", table, start)
        if form == SEGMENTS:
            found |= _in_segments(table[start:])
    return found


def _in_segments(part: bytes) -> set[int]:
    (twice,) = struct.unpack_from(">H", part, 6)  # the number of segments
    row = f">{twice // 2}H"
    lasts, firsts, deltas, offsets = (
        struct.unpack_from(row, part, 14 + column * twice + (2 if column else 0)) for column in range(4)
    )
    offsets_at = 16 + 3 * twice
    found: set[int] = set()
    for place, (first, last, delta, offset) in enumerate(zip(firsts, lasts, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", part, offsets_at + 2 * place + offset + 2 * (code - first))
            if glyph and (glyph + delta) % 0x10000:
                found.add(code)
    return found
