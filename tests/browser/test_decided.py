"""Journeys of those who are decided about, and of those who do not want to read somebody."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.scene import Scene
from tests.browser.test_overlay import open_laid


def test_a_removal_is_read_appealed_and_overturned(page: Any, scene: Scene) -> None:
    path, author = scene.article(title="Decided"), scene.member("Ada Appellant")
    comment = scene.comment(path, author, "A harsh word about the lights.")
    sign_in(page, scene.member("Mona Quick", "moderator"))
    page.goto(f"/comments/{comment}/removal")
    page.get_by_label("Abuse or harassment").check()
    page.get_by_role("button", name="Remove comment").click()
    page.context.clear_cookies()
    sign_in(page, author)
    page.goto("/account/decisions")
    page.get_by_role("link", name="Comment removed").click()
    page.get_by_role("button", name="Send appeal").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the decision is wrong.")
    page.get_by_label("Why is the decision wrong?").fill("It was about the lights, not the person.")
    page.get_by_role("button", name="Send appeal").click()
    expect(page.get_by_text("Your appeal is on its way.")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, scene.member("Edda Other", "editor"))
    page.goto("/moderation/appeals")
    page.get_by_role("link", name="Ada Appellant").click()
    page.get_by_label("Overturn the decision").check()
    page.get_by_label("Words to the member").fill("You are right.")
    page.get_by_role("button", name="Decide").click()
    page.goto(path)
    expect(page.get_by_text("A harsh word about the lights.")).to_be_visible()


def test_a_muted_member_is_folded_by_the_overlay_and_a_hidden_thread_comes_back(
    scripted_page: Any, scene: Scene
) -> None:
    page, loud = scripted_page, scene.member("Lou Loud")
    path = scene.article(title="Not so loud")
    scene.comment(path, loud, "A loud word.")
    scene.comment(path, scene.member("Quentin Quiet"), "A quiet word.")
    sign_in(page, scene.member("Ada Sensitive"))
    page.goto(path)
    page.get_by_role("link", name="Lou Loud").click()
    page.get_by_role("button", name="Mute").click()
    open_laid(page, path)
    expect(page.get_by_text("A quiet word.")).to_be_visible()
    expect(page.get_by_text("A loud word.")).to_be_hidden()
    page.get_by_text("You muted this member.").click()
    expect(page.get_by_text("A loud word.")).to_be_visible()
    page.get_by_role("link", name="Hide this discussion from me").click()
    page.get_by_role("button", name="Hide").click()
    open_laid(page, path)
    expect(page.get_by_text("A quiet word.")).to_be_hidden()
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("A quiet word.")).to_be_visible()
