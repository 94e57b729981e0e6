"""Which letters drawn pictures can show is read from the fonts, and is what the fonts draw."""

from functools import cache
from pathlib import Path

import pytest
from PIL import ImageFont

from board.ballots.letters import SUBSETS, can_write, font_file, subset_with

FONTS = Path(__file__).parents[2] / "static" / "vendor" / "noto-sans"
NOWHERE = "\U0010fffd"  # a character that no font has


@cache
def font(subset: str) -> ImageFont.FreeTypeFont:
    """Return the font at some size."""
    return ImageFont.truetype(font_file(FONTS, subset), 20, layout_engine=ImageFont.Layout.BASIC)


def drawn_with(character: str) -> str:
    """Return the first font that draws something else than its sign for what it does not have."""
    missing = {subset: bytes(font(subset).getmask(NOWHERE)) for subset in SUBSETS}
    drawn = (subset for subset in SUBSETS if bytes(font(subset).getmask(character)) != missing[subset])
    return next(drawn, "")


@pytest.mark.parametrize("block", range(0x80, 0x2100, 0x80), ids=hex)
def test_each_character_is_in_the_font_that_draws_it(block: int) -> None:
    characters = [chr(code) for code in range(block, block + 0x80)]
    assert [subset_with(FONTS, each) for each in characters] == [drawn_with(each) for each in characters]


@pytest.mark.parametrize(
    ("text", "can"),
    [("Who wins, Ødipus?", True), ("Ποιος; Кто?", True), ("→ 42 %", True), ("誰", False), ("من", False), ("", True)],
)
def test_a_text_can_be_written_if_each_letter_and_digit_can(text: str, can: bool) -> None:
    assert can_write(FONTS, text) is can
