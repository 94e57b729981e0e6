"""The desk's keys are shown where something hears them; and vouching for a new member clears all that they wrote."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.scene import Scene


def test_keys_are_shown_only_where_a_script_hears_them(plain_page: Any, scripted_page: Any, scene: Scene) -> None:
    comment = scene.comment(scene.article(), scene.member("Sam Spammer"), "Buy my lamps.")
    scene.report(comment, by=scene.member("Rita Reader"))
    for page, shows_keys in ((plain_page, False), (scripted_page, True)):
        sign_in(page, scene.member("Mona Warden", "moderator"))
        page.goto("/moderation")
        expect(page.locator(".queue__item").first).to_be_visible()
        keys = page.locator(".desk kbd").filter(visible=True)
        if shows_keys:
            expect(keys.first).to_be_visible()
        else:
            expect(keys).to_have_count(0)


def test_vouching_for_a_new_member_clears_all_that_they_wrote_and_undo_brings_it_back(
    scripted_page: Any, scene: Scene
) -> None:
    page, path, newcomer = scripted_page, scene.article(), scene.member("Nina New")
    ids = [scene.comment(path, newcomer, f"My word number {number}.") for number in range(3)]
    sign_in(page, scene.member("Mona Warden", "moderator"))
    page.goto("/moderation?queue=new")
    items = [page.locator(f"#item-{number}") for number in ids]
    while not all(item.count() for item in items):  # others are new too: the tests share a desk
        page.get_by_role("link", name="More that wait").click()
        page.wait_for_load_state()
    items[1].get_by_role("button", name="Let stand").click()
    for item in items:
        expect(item).to_have_count(0)
    page.locator(".undo").get_by_role("button", name="Undo").click()
    for item in items:
        expect(item).to_be_visible()
