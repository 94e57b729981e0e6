"""Words in drawn pictures: a few fonts, each with its letters, and lines that fit."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from board.ballots.letters import REGULAR, font_file, subset_with

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
            subset = subset_with(self.directory, character)
            if runs and subset == runs[-1][0]:
                runs[-1] = (subset, runs[-1][1] + character)
            elif subset:
                runs.append((subset, character))
        return runs


@cache
def _font(hand: Hand, subset: str) -> ImageFont.FreeTypeFont:
    file = font_file(hand.directory, subset, hand.weight)
    return ImageFont.truetype(file, hand.size, layout_engine=ImageFont.Layout.BASIC)
