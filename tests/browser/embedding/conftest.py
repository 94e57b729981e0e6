"""A publisher's site, a stranger's, and windows to read them in; Board is on another site than both."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from board.articles.operations import primary_site
from board.extensions import db
from tests.browser.conftest import WAIT_MS, Server
from tests.browser.embedding.publisher import Publisher, publishing
from tests.browser.scene import Scene


@pytest.fixture(scope="module")
def board_url(server: Server) -> str:
    """Return where Board is: another site than the publisher's, as browsers see it."""
    return f"http://board.localhost:{urlsplit(server.url).port}"


@pytest.fixture(scope="module")
def publisher(scene: Scene) -> Iterator[Publisher]:
    """Serve the publisher's pages; their origin is registered."""
    with publishing("publisher.localhost") as pages:
        with scene.lit():
            primary_site().origins = [pages.url]
            db.session.commit()
        yield pages


@pytest.fixture(scope="module")
def stranger() -> Iterator[Publisher]:
    """Serve pages on an origin that nobody registered."""
    with publishing("stranger.localhost") as pages:
        yield pages


@pytest.fixture
def visit(chromium: Any, board_url: str) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a page in a new person's window and keeps what its console says in `said`."""
    contexts: list[Any] = []

    def go(url: str, **more: Any) -> Any:
        context = chromium.new_context(**more)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda line: page.said.append(line.text))
        page.on("pageerror", lambda error: page.said.append(f"script error: {error}"))
        page.goto(url)
        return page

    yield go
    for context in contexts:
        context.close()
