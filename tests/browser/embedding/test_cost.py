"""What the embed may cost a publisher's page: see tests/bench/embed.py."""

from typing import Any

import pytest

from tests.bench.embed import MAX_LOADER_KB, MAX_TASK_MS, MAX_WEIGHT_KB, TEXT, visit
from tests.browser.embedding.publisher import Publisher
from tests.browser.scene import Scene


@pytest.mark.parametrize("above", [TEXT, ""], ids=["below-the-text", "on-the-first-screen"])
@pytest.mark.parametrize("comments", [0, 40])
def test_the_page_around_is_neither_slowed_nor_shifted(
    chromium: Any, scene: Scene, publisher: Publisher, board_url: str, comments: int, above: str
) -> None:
    path = scene.article()
    author = scene.member("Ada Author")
    for number in range(comments):
        scene.comment(path, author, f"Bravo number {number}. " * 5)
    visits = [visit(chromium, publisher, board_url, path.removeprefix("/articles/"), above) for _time in range(3)]
    cost = min(visits, key=lambda one: one.longest_task_ms)  # what the embed itself does, it does each time
    assert cost.height > (2000 if comments else 300)
    assert cost.loader_kb <= MAX_LOADER_KB
    assert cost.weight_kb <= MAX_WEIGHT_KB
    assert [one.shift for one in visits] == [0, 0, 0]
    assert cost.longest_task_ms <= MAX_TASK_MS
