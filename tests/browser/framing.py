"""Board in a frame on another site's page, in browsers that block third-party cookies."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS, PASSWORD, WAIT_MS, Server, sample_board
from tests.browser.embedding.publisher import Publisher, publishing
from tests.browser.scene import Scene

Open = Callable[..., Any]  # opens the browser of a new person

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
            f'<script type="module" src="{self.board.url}/embed-sso.js"></script>'
        )
        return (on or self.publisher).hang(f"/{article_id}", html)


@contextmanager
def framing(directory: Path) -> Iterator[Stage]:
    """Serve Board at `board.localhost`, and pages of others beside it."""
    publisher_site, hostile_site = map(publishing, HOSTS)
    with sample_board(directory, "board.localhost") as board, publisher_site as publisher, hostile_site as hostile:
        scene = Scene(board.settings)
        scene.origins(publisher.url)
        yield Stage(board, scene, publisher, hostile)


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


def frame_of(page: Any) -> Any:
    return page.frame_locator("board-thread iframe")


def write(page: Any, text: str) -> None:
    """Write a comment while signed out, which leads to the log-in page inside the frame."""
    frame = frame_of(page)
    frame.get_by_label("Your comment").fill(text)
    frame.get_by_role("button", name="Post comment").click()


def log_in(place: Any, email: str) -> None:
    place.get_by_label("E-mail").fill(email)
    place.get_by_label("Password", exact=True).fill(PASSWORD)
    place.get_by_role("button", name="Log in", exact=True).click()


def expect_comment(page: Any, text: str) -> None:
    expect(frame_of(page).locator(".comment__body", has_text=text)).to_have_count(1)
