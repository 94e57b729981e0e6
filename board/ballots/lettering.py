"""Words in drawn pictures: a few fonts, each with its letters, and lines that fit."""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

REGULAR, BOLD = 400, 700
SUBSETS = ("latin", "latin-ext", "greek", "cyrillic")
NOWHERE = "\U0010fffd"  # a character that no font has
ELLIPSIS = "…"


@dataclass(frozen=True)
class Hand:
    """One weight at one size, in fonts from the directory."""

    directory: Path
    size: int
    weight: int = REGULAR

    def width(self, text: str) -> float:
        """Return how wide the text is, in pixels."""
        return sum(_font(self, subset).getlength(part) for subset, part in self._runs(text))

    def lines(self, text: str, width: float, most: int) -> list[str]:
        """Return the text in lines that fit, the last one cut if there is more."""
        words, found = text.split(), [""]
        while words:
            word = words.pop(0)
            longer = f"{found[-1]} {word}".strip()
            if self.width(longer) <= width:
                found[-1] = longer
            elif len(found) == most or not found[-1]:
                found[-1] = self.cut(longer, width)
                if len(found) == most:
                    break
                found.append("")
            else:
                words.insert(0, word)
                found.append("")
        return [line for line in found if line]

    def cut(self, text: str, width: float) -> str:
        """Return the text, shortened to the width."""
        if self.width(text) <= width:
            return text
        kept = len(text)
        while kept and self.width(text[:kept].rstrip() + ELLIPSIS) > width:
            kept -= 1
        return text[:kept].rstrip() + ELLIPSIS

    def write(self, picture: Image.Image, place: tuple[float, float], text: str, colour: str) -> None:
        """Write the text, its base line at the place."""
        draw, (x, y) = ImageDraw.Draw(picture), place
        for subset, part in self._runs(text):
            font = _font(self, subset)
            draw.text((x, y), part, fill=colour, font=font, anchor="ls")
            x += font.getlength(part)

    def _runs(self, text: str) -> list[tuple[str, str]]:
        """Return the text in parts, each with the font that has its characters; others are left out."""
        runs: list[tuple[str, str]] = []
        for character in text:
            subset = _subset_with(self.directory, character)
            if runs and subset == runs[-1][0]:
                runs[-1] = (subset, runs[-1][1] + character)
            elif subset:
                runs.append((subset, character))
        return runs


def can_write(directory: Path, text: str) -> bool:
    """Tell whether there is a font for every letter and digit of the text; signs may be left out."""
    is_word = (character for character in text if unicodedata.category(character)[0] in "LMN")
    return all(_subset_with(directory, character) for character in is_word)


@lru_cache(maxsize=4096)
def _subset_with(directory: Path, character: str) -> str:
    """Return the first font that has the character; empty if none has."""
    for subset in SUBSETS:
        font = _font(Hand(directory, 20), subset)
        if character == " " or bytes(font.getmask(character)) != bytes(font.getmask(NOWHERE)):
            return subset
    return ""


@cache
def _font(hand: Hand, subset: str) -> ImageFont.FreeTypeFont:
    file = hand.directory / f"noto-sans-{subset}-{hand.weight}-normal.woff"
    return ImageFont.truetype(file, hand.size, layout_engine=ImageFont.Layout.BASIC)
