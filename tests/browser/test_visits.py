"""A member comes back to a thread, and finds what is new."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.scene import Scene
from tests.browser.test_overlay import open_laid

POSTS_VISIT = re.compile(r"/visit$")


def come_and_go(page: Any, path: str) -> None:
    """Read the thread once; the script notes the visit by itself."""
    with page.expect_response(POSTS_VISIT) as noted:
        page.goto(path)
        page.locator("#thread-list").scroll_into_view_if_needed()
    assert noted.value.status == 204


def test_the_script_notes_the_visit_and_marks_what_is_new_on_the_page_of_everybody(
    scripted_page: Any, scene: Scene
) -> None:
    page, ada, rita = scripted_page, scene.member("Ada Again"), scene.member("Rita")
    path = scene.article(title="Come back")
    old = scene.comment(path, rita, "Seen before.")
    sign_in(page, ada)
    come_and_go(page, path)
    scene.let_an_hour_pass(path)
    scene.comment(path, ada, "My own.")
    first = scene.comment(path, rita, "New to Ada.", old)
    second = scene.comment(path, rita, "New to Ada, too.")

    open_laid(page, path)
    page.locator("#thread-list").scroll_into_view_if_needed()
    expect(page.locator(".comment__new")).to_have_count(2)
    for comment in (first, second):
        expect(page.locator(f"#comment-{comment} > .comment__own .comment__new")).to_have_count(1)
    page.get_by_role("link", name="2 new since your last visit").click()
    page.wait_for_url(re.compile(rf"#comment-({first}|{second})$"))
    other = second if page.url.endswith(f"-{first}") else first
    page.locator(":target > .comment__own .comment__new").click()
    page.wait_for_url(re.compile(rf"#comment-{other}$"))
    page.locator(":target > .comment__own .comment__new").click()
    expect(page).to_have_url(re.compile("#comments$"))
    page.reload()
    expect(page.locator(".comment__new")).to_have_count(2)

    scene.let_an_hour_pass(path)
    page.reload()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    expect(page.locator(".comment__new")).to_have_count(0)


def test_without_javascript_a_button_notes_the_visit(plain_page: Any, scene: Scene) -> None:
    page, ada, rita = plain_page, scene.member("Ada Plain"), scene.member("Rita")
    path = scene.article(title="Come back plainly")
    scene.comment(path, rita, "Seen before.")
    sign_in(page, ada)
    page.goto(path)
    page.get_by_role("button", name="Mark all as seen").click()
    expect(page.get_by_role("button", name="Mark all as seen")).to_have_count(0)
    scene.let_an_hour_pass(path)
    new = scene.comment(path, rita, "New to Ada.")
    page.goto(path)
    page.get_by_role("link", name="1 new since your last visit").click()
    expect(page).to_have_url(re.compile(f"#comment-{new}$"))
    expect(page.locator(":target > .comment__own .comment__new")).to_have_count(1)
