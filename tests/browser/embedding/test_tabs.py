"""A vote in a frame, then the results in a tab of Board's own: the browser has voted there too."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.embedding.paper import framed, paper
from tests.browser.embedding.publisher import Publisher
from tests.browser.scene import Scene


def test_the_results_opened_from_a_frame_know_that_this_browser_has_voted(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    slug, earlier = (scene.ballot(scene.article(), results="always") for _ in range(2))
    page = visit(f"{board_url}/ballots/{earlier}")
    press(page)
    page.goto(publisher.hang("/vote", paper(board_url, f'<board-ballot ballot="{slug}"></board-ballot>')))
    press(framed(page, "board-ballot"))
    with page.expect_popup() as opening:
        framed(page, "board-ballot").get_by_role("button", name="Full results").click()
    tab = opening.value
    tab.get_by_role("link", name="Your vote").click()
    for one in (slug, earlier):
        tab.goto(f"{board_url}/ballots/{one}")
        expect(tab.get_by_text("Receipt, to be kept")).to_be_visible()
        expect(tab.get_by_role("button", name="Vote", exact=True)).to_have_count(0)


def press(ballot: Any) -> None:
    """Vote for the band."""
    ballot.get_by_text("The band").click()
    ballot.get_by_role("button", name="Vote", exact=True).click()
    expect(ballot.get_by_text("Receipt, to be kept")).to_be_visible()
