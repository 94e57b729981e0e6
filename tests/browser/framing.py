"""Board in a frame on another site's page, in browsers that block third-party cookies."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS, WAIT_MS, Inbox, Server, wait_until_ready
from tests.browser.publisher import Publisher, publishing
from tests.browser.scene import Scene
from tests.ports import free_port

HOSTS = "publisher.localhost", "hostile.localhost"


@dataclass
class Stage:
    """A Board, the publisher whose pages may frame it, and a site whose pages may not."""

    board: Server
    scene: Scene
    publisher: Publisher
    hostile: Publisher

    def hang(self, path: str, *, attributes: str = "", body: str = "", on: Publisher | None = None) -> str:
        """Put up a page with the thread of the article that has this path; return the page's address."""
        article_id = path.rsplit("/", 1)[-1]
        element = f'<board-thread article-id="{article_id}" {attributes}><a href="{self.board.url}{path}">Comments</a>'
        html = (
            f"<!doctype html><html lang=en><title>A page</title><h1>Headline</h1>{element}</board-thread>{body}"
            f'<script async src="{self.board.url}/embed.js"></script>'
        )
        return (on or self.publisher).hang(f"/{article_id}", html)


@contextmanager
def framing(directory: Path) -> Iterator[Stage]:
    """Serve Board at `board.localhost`, and pages of others beside it."""
    port, inbox = free_port(), Inbox()
    environment = os.environ | {
        "BOARD_INSTANCE_PATH": str(directory),
        "BOARD_PUBLIC_URL": f"http://board.localhost:{port}",
        "BOARD_MAIL_URL": inbox.url,
        "BOARD_SIGN_IN_TRIES_PER_NETWORK": "100000",
        "BOARD_COMMENTS_PER_MINUTE": "1000",
        "BOARD_LOG_LEVEL": "error",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    board = Server(f"http://board.localhost:{port}", environment, inbox)
    board.board("demo")
    process = subprocess.Popen(
        [sys.executable, "-m", "board", "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        with publishing(HOSTS[0], free_port()) as publisher, publishing(HOSTS[1], free_port()) as hostile:
            scene = Scene(board.settings)
            scene.origins(publisher.url)
            yield Stage(board, scene, publisher, hostile)
    finally:
        process.terminate()
        process.wait(30)
        inbox.close()


@contextmanager
def window(
    chromium: Any, directory: Path, *, blocks_third_party_cookies: bool = True, blocks_all: bool = False
) -> Iterator[Any]:
    """Open the browser of a new person, as browsers are: no cookies for others' frames; or none at all."""
    settings: dict[str, Any] = {
        "cookie_controls_mode": 1 if blocks_third_party_cookies else 0,
        "block_third_party_cookies": blocks_third_party_cookies,
    }
    if blocks_all:
        settings["default_content_setting_values"] = {"cookies": 2}
    (directory / "Default").mkdir(parents=True)
    (directory / "Default" / "Preferences").write_text(json.dumps({"profile": settings}))
    context = chromium.browser_type.launch_persistent_context(
        str(directory), executable_path=CHROMIUM, args=CHROMIUM_FLAGS, headless=True
    )
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()
