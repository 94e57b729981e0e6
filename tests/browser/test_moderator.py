"""The moderator: clears the list of reported comments, with a reason, a way back and a trace."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Server, sign_in
from tests.browser.scene import Scene


def test_reported_comment_is_removed_with_a_reason_and_brought_back(
    plain_page: Any, scene: Scene, server: Server
) -> None:
    path, author = scene.article(), scene.member("Sam Spammer")
    comment = scene.comment(path, author, "Buy my lamps, all of you.")
    scene.report(comment, by=scene.member("Rita Reader"))
    sign_in(plain_page, scene.member("Mona Warden", "moderator"))
    plain_page.goto("/")
    plain_page.get_by_role("link", name="Moderation").click()
    item = plain_page.locator(f"#item-{comment}")
    expect(item).to_contain_text("Buy my lamps")
    expect(item).to_contain_text("Spam or advertising")
    item.get_by_role("button", name="Remove …").click()
    plain_page.get_by_label("Abuse or harassment").check()
    plain_page.get_by_label("Note to the author").fill("Lamps are for the scene.")
    plain_page.get_by_role("button", name="Remove", exact=True).click()
    expect(item).to_have_count(0)
    expect(plain_page.locator(".undo")).to_contain_text("1 comment removed: Abuse or harassment")
    told = server.inbox.wait_for(author, "removed")
    assert "Abuse or harassment" in told
    assert "Lamps are for the scene." in told
    plain_page.locator(".undo").get_by_role("button", name="Undo").click()
    expect(item).to_contain_text("Buy my lamps")
    expect_on_page(plain_page, path, "Buy my lamps, all of you.")
    plain_page.goto("/moderation/log")
    acts = plain_page.locator("tr", has=plain_page.locator(f"a[href$='/comments/{comment}']"))
    expect(acts).to_have_count(3)
    expect(acts.nth(1)).to_contain_text("Mona Warden")
    expect(acts.nth(1)).to_contain_text("Lamps are for the scene.")


def test_moderator_removes_from_the_page_and_must_say_why(scripted_page: Any, scene: Scene) -> None:
    path = scene.article()
    comment = scene.comment(path, scene.member("Sam Spammer"), "Rude words.")
    sign_in(scripted_page, scene.member("Mona Warden", "moderator"))
    scripted_page.goto(path)
    scripted_page.locator("details.more summary").first.click()
    scripted_page.get_by_role("link", name="Remove", exact=True).click()
    scripted_page.get_by_label("Note to the author").fill("Kept while I choose.")
    scripted_page.get_by_role("button", name="Remove comment").click()
    expect(scripted_page.get_by_role("alert")).to_be_visible()
    expect(scripted_page.get_by_label("Note to the author")).to_have_value("Kept while I choose.")
    scripted_page.get_by_label("Off topic").check()
    scripted_page.get_by_role("button", name="Remove comment").click()
    scripted_page.wait_for_url(re.compile(rf"#comment-{comment}$"))
    expect(scripted_page.locator(f"#comment-{comment}")).to_contain_text("Removed by a moderator: Off topic")


def test_members_have_no_desk(plain_page: Any, scene: Scene) -> None:
    sign_in(plain_page, scene.member("Ada Author"))
    for path in ("/moderation", "/moderation/log", "/manage"):
        assert plain_page.goto(path).status == 403
        expect(plain_page.get_by_role("heading", level=1)).to_have_text("Not allowed")


def expect_on_page(page: Any, path: str, text: str) -> None:
    """Open the article and find the text in its thread."""
    page.goto(path)
    expect(page.locator(".comment__body")).to_have_text(text)
