"""An admin checks a page of the publisher's: what is said when it works, and when something is missing."""

from typing import Any

import pytest

from board.articles.models import Site
from board.extensions import db
from tests.browser.conftest import sign_in
from tests.browser.embedding.paper import element, paper, wait_until
from tests.browser.embedding.publisher import Publisher
from tests.browser.scene import Scene


@pytest.fixture
def check(visit: Any, board_url: str, publisher: Publisher, scene: Scene) -> Any:
    """Return a function that checks an address and returns what the page says, once that has some words."""
    page = visit(board_url, base_url=board_url)
    sign_in(page, scene.member("Adele Admin", "admin"))

    def go(url: str, *words: str) -> str:
        page.goto("/manage/sites/1/pages")
        page.get_by_label("Address of a page with the tag").fill(url)
        page.get_by_role("button", name="Check the page").click()
        found = page.locator("#found")
        wait_until(page, lambda: found.inner_text().strip() != "" and not found.inner_text().startswith("Looking"))
        wait_until(page, lambda: all(word in found.inner_text() for word in words))
        return str(found.inner_text())

    return go


def test_a_page_that_works(check: Any, publisher: Publisher, board_url: str, scene: Scene) -> None:
    slug = scene.ballot(scene.article())
    body = (
        '<div style="height: 9000px"></div>'
        + element("thread", "checked")
        + f'<board-ballot ballot="{slug}"></board-ballot>'
    )
    said = check(publisher.hang("/works", paper(board_url, body)), "thread", "ballots")
    assert said.startswith("It works. On the page:")


def test_what_is_missing_is_said(check: Any, publisher: Publisher, board_url: str, scene: Scene) -> None:
    thread = element("thread", scene.article())
    assert "script does not run" in check(publisher.hang("/untagged", "<h1>A paper</h1>"))
    policy = f"default-src 'none'; script-src {board_url}"
    no_frames = publisher.hang("/unframed", paper(board_url, thread), Content_Security_Policy=policy)
    assert "frame-src" in check(no_frames)
    assert "frame-src" in check(publisher.hang("/empty", paper(board_url, "")))


def test_an_origin_that_is_not_registered_is_told_before_the_page_opens(check: Any, scene: Scene) -> None:
    with scene.lit():
        assert db.session.get_one(Site, 1).origins
    assert "is on none of the origins" in check("http://stranger.localhost/page")
