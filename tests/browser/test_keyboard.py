"""Whoever uses only the keyboard gets everywhere, sees where they are, and is never caught."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.scene import Scene

MOST_STOPS = 150
FOCUSED = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect(), style = getComputedStyle(here);
  window.stops ||= new Map();
  if (!stops.has(here)) stops.set(here, stops.size);
  return {number: stops.get(here), tag: here.tagName, text: (here.innerText || here.name || "").trim(),
    isVisible: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
    hasRing: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2};
}"""


@pytest.fixture
def article(scene: Scene) -> str:
    """Return an article with a gate, a trailer, a thread with a reply, and a ballot."""
    path = scene.article(gate="email", gate_after_blocks="2", trailer_url="https://vimeo.com/76979871")
    first = scene.comment(path, scene.member("Ada Author"), "With a [link](https://example.com/).")
    scene.comment(path, scene.member("Otto Other"), "A reply.", first)
    scene.ballot(path)
    return path


@pytest.mark.parametrize("role", ["", "moderator"])
def test_tab_visits_everything_in_view_and_comes_round(
    scripted_page: Any, scene: Scene, article: str, role: str
) -> None:
    if role:
        sign_in(scripted_page, scene.member("Mona Warden", role))
    scripted_page.goto(article)
    stops = [scripted_page.evaluate(FOCUSED)]
    while len(stops) < MOST_STOPS:
        scripted_page.keyboard.press("Tab")
        stop = scripted_page.evaluate(FOCUSED)
        if stop["tag"] == "BODY" or stop["number"] < len(stops) - 1:
            break
        stops.append(stop)
    assert stops[1]["text"] == "Skip to the content"
    texts = [stop["text"] for stop in stops]
    for wanted in ("Post comment", "Preview", "Like", "Reply", "Vote", "body", "option"):
        assert wanted in texts
    assert [stop for stop in stops[1:] if not (stop["isVisible"] and stop["hasRing"])] == []


def test_skip_link_leads_to_the_content(scripted_page: Any, article: str) -> None:
    scripted_page.goto(article)
    scripted_page.keyboard.press("Tab")
    scripted_page.keyboard.press("Enter")
    scripted_page.wait_for_function("document.activeElement.id === 'main'")


def test_menu_of_a_comment_closes_with_escape_and_keeps_the_focus(
    scripted_page: Any, scene: Scene, article: str
) -> None:
    sign_in(scripted_page, scene.member("Mona Warden", "moderator"))
    scripted_page.goto(article)
    scripted_page.locator("details.more summary").first.focus()
    scripted_page.keyboard.press("Enter")
    scripted_page.keyboard.press("Tab")
    scripted_page.wait_for_function("document.activeElement.innerText === 'Link to this comment'")
    scripted_page.keyboard.press("Escape")
    scripted_page.wait_for_function("document.activeElement.innerText.trim() === 'More'")
    expect(scripted_page.locator("details.more[open]")).to_have_count(0)


def test_vote_and_reply_without_a_mouse(scripted_page: Any, scene: Scene, article: str) -> None:
    sign_in(scripted_page, scene.member("Rita Reader"))
    scripted_page.goto(article)
    scripted_page.locator("input[name=option]").first.focus()
    scripted_page.keyboard.press("ArrowDown")
    scripted_page.keyboard.press("Enter")
    scripted_page.locator(".ballot .is-own", has_text="The band").wait_for()
    scripted_page.get_by_role("link", name="Reply").first.focus()
    scripted_page.keyboard.press("Enter")
    scripted_page.get_by_label("Your reply to").wait_for()
    scripted_page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
