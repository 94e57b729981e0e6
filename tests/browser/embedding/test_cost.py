"""What the embed may cost a publisher's page. How long its tasks take is for a quiet machine: tests/bench/embed.py."""

from typing import Any

import pytest

from tests.bench.embed import MAX_LOADER_KB, MAX_WEIGHT_KB, TEXT, visit
from tests.browser.embedding.publisher import Publisher
from tests.browser.scene import Scene


@pytest.mark.parametrize("above", [TEXT, ""], ids=["below-the-text", "on-the-first-screen"])
@pytest.mark.parametrize("comments", [0, 40])
def test_the_embed_is_light_and_shifts_nothing(
    chromium: Any, scene: Scene, publisher: Publisher, board_url: str, comments: int, above: str
) -> None:
    path = scene.article()
    author = scene.member("Ada Author")
    for number in range(comments):
        scene.comment(path, author, f"Bravo number {number}. " * 5)
    cost = visit(chromium, publisher, board_url, path.removeprefix("/articles/"), above)
    if cost.shift:  # a machine that does much else may paint the page between two messages of the frame
        cost = visit(chromium, publisher, board_url, path.removeprefix("/articles/"), above)
    assert cost.height > (2000 if comments else 300)
    assert cost.loader_kb <= MAX_LOADER_KB
    assert cost.weight_kb <= MAX_WEIGHT_KB
    assert cost.shift == 0


@pytest.mark.parametrize("above", [TEXT, ""], ids=["below-the-text", "on-the-first-screen"])
def test_an_article_that_appears_with_its_first_reader_shifts_nothing(
    chromium: Any, scene: Scene, publisher: Publisher, board_url: str, above: str
) -> None:
    cost = visit(chromium, publisher, board_url, f"unheard-of-{len(above)}", above)
    assert scene.has_article(f"unheard-of-{len(above)}")
    assert cost.shift == 0
