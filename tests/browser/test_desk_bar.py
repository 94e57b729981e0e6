"""The desk's column to act: it is there while something can be decided, and is about a comment in sight."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.scene import Scene


def test_on_a_narrow_screen_the_bar_is_about_a_comment_in_sight(scripted_page: Any, scene: Scene) -> None:
    page, path, author = scripted_page, scene.article(), scene.member("Ada Author")
    ids = [scene.comment(path, author, f"Lamp number {number}. " * 100) for number in (17, 4)]
    sign_in(page, scene.member("Mona Warden", "moderator"))
    page.set_viewport_size({"width": 320, "height": 600})
    page.goto(f"/moderation/search?article={path.rsplit('/', 1)[-1]}")
    expect(page.locator(f"#item-{ids[0]}")).to_have_count(1)
    expect(page.locator(".desk__act")).to_be_hidden()
    page.locator(".queue__item.is-current").scroll_into_view_if_needed()
    expect(page.locator(".desk__act")).to_be_visible()


def test_with_the_last_comment_goes_the_column_and_undo_brings_both_back(scripted_page: Any, scene: Scene) -> None:
    scene.clear_desk()
    page, comment = scripted_page, scene.comment(scene.article(), scene.member("Sam Spammer"), "Buy my lamps.")
    scene.report(comment, by=scene.member("Rita Reader"))
    sign_in(page, scene.member("Mona Warden", "moderator"))
    page.goto("/moderation")
    expect(page.locator(".desk__act")).to_be_visible()
    page.locator(f"#item-{comment}").get_by_role("button", name="Let stand").click()
    expect(page.get_by_text("Nothing waits here.")).to_be_visible()
    expect(page.locator(".desk__act")).to_be_hidden()
    page.locator(".undo").get_by_role("button", name="Undo").click()
    expect(page.locator(".desk__act")).to_be_visible()
