"""A member's journey on pages that are kept for everybody, with what is theirs laid over them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from board.pagecache import CHECK_SECONDS
from tests.browser.conftest import Server, open_page, sign_in
from tests.browser.scene import Scene

NAME = "Ada Laid"
LAID = "document.cookie.includes('overlay=1')"


@pytest.fixture
def second_page(chromium: Any, server: Server) -> Iterator[Any]:
    """Open a window of another person with JavaScript."""
    yield from open_page(chromium, server, javascript=True)


def open_laid(page: Any, path: str) -> Any:
    """Open the article from ready bytes, and wait for the overlay; return the page's own answer."""
    page.goto(path)  # rendered for the member, whose script then asks for overlays
    page.wait_for_function(LAID)
    page.wait_for_load_state("networkidle")  # an overlay that is cut off makes the next page come whole
    page.context.clear_cookies(name="fresh")  # as if a change of theirs, such as logging in, were a while ago
    with page.expect_response(re.compile(r"/overlay\?")) as laid:
        answer = page.goto(path)
    assert laid.value.status == 200
    assert "public" in answer.headers["cache-control"]
    return answer


def test_a_members_page_is_made_of_ready_bytes_and_their_own(scripted_page: Any, scene: Scene) -> None:
    page, ada, rita = scripted_page, scene.member(NAME), scene.member("Rita")
    path = scene.article(title="Laid over")
    scene.comment(path, rita, "A comment to like.")
    sign_in(page, ada)
    page.goto(path)
    page.get_by_label("Your comment").fill("Mine, and only mine.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Mine, and only mine.")).to_be_visible()
    page.get_by_role("button", name="Like").click()
    expect(page.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")

    text = open_laid(page, path).text()
    assert NAME not in re.sub(r'<article class="comment.*', "", text, flags=re.DOTALL)
    expect(page.get_by_role("link", name=NAME).first).to_be_visible()
    expect(page.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()

    page.get_by_role("button", name="Like").click()
    expect(page.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "false")
    mine = page.locator("article.comment", has_text="Mine, and only mine.")
    mine.get_by_text("More", exact=True).click()
    mine.get_by_role("link", name="Edit").click()
    page.locator(".comment__own textarea").fill("Mine, mended.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Mine, mended.")).to_be_visible()
    page.locator("#comment-form textarea").fill("A second one.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator(".comment", has_text="A second one.")).to_be_visible()
    page.reload()
    expect(page.locator(".comment", has_text="A second one.")).to_be_visible()


TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
STILL = 0.005  # of layout shift, of which Core Web Vitals call 0.1 good: letters of another width in one line


def test_nothing_moves_when_the_overlay_is_laid(scripted_page: Any, scene: Scene) -> None:
    page, ada, rita = scripted_page, scene.member("Adalberta von und zu Langenfelde"), scene.member("Rita")
    path = scene.article(title="Still as a stage")
    sign_in(page, ada)
    with page.expect_response(re.compile(r"/visit$")):
        page.goto(path)
        page.locator("#comments").scroll_into_view_if_needed()
    scene.let_an_hour_pass(path)
    scene.comment(path, rita, "A comment.")
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) moved += e.value; })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 2000})
        open_laid(page, path)
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
        expect(page.get_by_role("link", name="1 new since your last visit")).to_be_visible()
        page.evaluate(TWO_FRAMES)
        assert page.evaluate("moved") < STILL, width


def test_logging_out_and_going_back_shows_nobodys_name(scripted_page: Any, scene: Scene) -> None:
    page, ada = scripted_page, scene.member(NAME)
    path = scene.article(title="Back again")
    sign_in(page, ada)
    open_laid(page, path)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_function("!" + LAID)
    page.go_back()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()
    expect(page.get_by_text(NAME)).to_have_count(0)


def test_a_press_waits_for_an_overlay_on_its_way(scripted_page: Any, scene: Scene) -> None:
    page, ada = scripted_page, scene.member(NAME)
    path = scene.article(title="Slow overlay")
    sign_in(page, ada)
    open_laid(page, path)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(re.compile(r"/overlay\?"), hold)
    with page.expect_request(re.compile(r"/overlay\?")):
        page.goto(path, wait_until="commit")
    page.locator("#comment-form textarea").fill("Faster than the overlay.")
    page.get_by_role("button", name="Post comment").click()
    held[0].continue_()
    expect(page.locator(".comment", has_text="Faster than the overlay.")).to_be_visible()


def test_without_the_overlay_the_page_works_and_the_next_comes_whole(scripted_page: Any, scene: Scene) -> None:
    page, ada = scripted_page, scene.member(NAME)
    path = scene.article(title="No overlay")
    sign_in(page, ada)
    open_laid(page, path)
    page.route(re.compile(r"/overlay\?"), lambda route: route.abort())
    page.goto(path)
    page.wait_for_function("!" + LAID)
    expect(page.get_by_role("heading", name="No overlay")).to_be_visible()
    assert "no-store" in page.goto(path).headers["cache-control"]
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def test_a_moderator_keeps_their_menus(scripted_page: Any, scene: Scene) -> None:
    page, mona, rita = scripted_page, scene.member("Mona", "moderator"), scene.member("Rita")
    path = scene.article(title="For moderators")
    scene.comment(path, rita, "A comment to judge.")
    sign_in(page, mona)
    for _ in range(2):
        page.goto(path)
        page.context.clear_cookies(name="fresh")
        page.locator("article.comment").get_by_text("More", exact=True).click()
        expect(page.get_by_role("link", name="Remove")).to_be_visible()


def test_new_comments_are_told_of_and_shown_only_when_asked(scripted_page: Any, scene: Scene) -> None:
    page, rita = scripted_page, scene.member("Rita")
    path = scene.article(title="Calm")
    scene.comment(path, rita, "The first.")
    page.clock.install()
    page.goto(path)
    expect(page.get_by_text("The first.")).to_be_visible()
    scene.comment(path, rita, "The second.")
    page.wait_for_timeout(CHECK_SECONDS * 1000)  # for which ready bytes are trusted
    page.clock.run_for(16000)
    news = page.get_by_role("link", name="1 new comment")
    expect(news).to_be_visible()
    expect(page.get_by_text("The second.")).to_have_count(0)
    news.click()
    expect(page.get_by_text("The second.")).to_be_visible()
    expect(news).to_be_hidden()
