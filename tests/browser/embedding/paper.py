"""A publisher's page with the tag, and what is inside its elements."""

import time
from collections.abc import Callable
from typing import Any

from tests.browser.conftest import WAIT_MS

READY = "element => new Promise(done => element.isReady ? done(true) : element.addEventListener('board:ready', done))"


def paper(board_url: str, body: str, head: str = "") -> str:
    """Return a publisher's page with the tag."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A paper</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'{head}<script async src="{board_url}/embed.js"></script></head>'
        f"<body><main><h1>A paper</h1>{body}</main></body></html>"
    )


def element(name: str, path: str, more: str = "", inside: str = "") -> str:
    """Return an element for the article at a path of ours."""
    return f'<board-{name} article-id="{id_of(path)}" {more}>{inside}</board-{name}>'


def id_of(path: str) -> str:
    """Return the ID of the article at a path of ours."""
    return path.removeprefix("/articles/")


def framed(page: Any, selector: str = "board-thread") -> Any:
    """Return the document inside the element, once the element and it have spoken."""
    page.locator(selector).evaluate(READY)
    return page.locator(selector).locator("iframe").content_frame


def wait_until(page: Any, is_so: Callable[[], bool]) -> None:
    """Wait until it is so; fail after a while."""
    deadline = time.monotonic() + WAIT_MS / 1000
    while not is_so():
        assert time.monotonic() < deadline, [frame.url for frame in page.frames]
        page.wait_for_timeout(100)


def height_of(page: Any, selector: str = "board-thread") -> float:
    """Return how high the element stands."""
    return float(page.locator(selector).bounding_box()["height"])
