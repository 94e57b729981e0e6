"""The member: logs in to where they were, writes, mends, likes and reports, and never loses a text or an account."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Server, sign_in
from tests.browser.scene import Scene

COMMENT_LIMIT = 10_000


def test_logging_in_leads_back_to_the_form_with_what_was_typed(scripted_page: Any, scene: Scene) -> None:
    path, email = scene.article(), scene.member("Ada Author")
    scripted_page.goto(path)
    scripted_page.get_by_label("Your comment").fill("Half a thought")
    scripted_page.locator("#comment-form").get_by_role("link", name="log in").click()
    fill_in_log_in(scripted_page, email)
    scripted_page.wait_for_url(f"**{path}#comment-form")
    expect(scripted_page.get_by_label("Your comment")).to_have_value("Half a thought")
    expect(scripted_page.get_by_label("Your comment")).to_be_in_viewport()


def test_comment_sent_before_logging_in_is_posted_once_after_it(page: Any, scene: Scene) -> None:
    path, email = scene.article(), scene.member("Ada Author")
    page.goto(path)
    page.get_by_label("Your comment").fill("Said before the door.")
    page.get_by_role("button", name="Post comment").click()
    fill_in_log_in(page, email)
    page.wait_for_url(re.compile(r"#comment-\d+$"))
    expect(body(page, "Said before the door.")).to_have_count(1)
    expect(page.get_by_label("Your comment")).to_have_value("")


def test_member_previews_posts_and_replies(page: Any, scene: Scene) -> None:
    path, email = scene.article(), scene.member("Ada Author")
    sign_in(page, email)
    page.goto(path)
    page.get_by_label("Your comment").fill("It was **loud**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".composer__preview strong")).to_have_text("loud")
    expect(page.get_by_label("Your comment")).to_have_value("It was **loud**.")
    page.get_by_role("button", name="Post comment").click()
    expect(body(page, "It was loud.")).to_have_count(1)
    page.locator(".comment").get_by_role("link", name="Reply").click()
    page.get_by_label("Your reply to").fill("And **long**.")
    page.get_by_role("button", name="Post reply").click()
    expect(body(page, "And long.")).to_be_visible()
    page.goto(path)
    expect(page.locator(".comment .replies .comment__body")).to_have_text("And long.")


def test_member_edits_and_deletes_what_they_wrote(page: Any, scene: Scene) -> None:
    path, email = scene.article(), scene.member("Ada Author")
    sign_in(page, email)
    write(page, path, "Teh first word.")
    choose(page, "Edit")
    expect(page.get_by_label("Your comment").last).to_have_value("Teh first word.")
    page.get_by_label("Your comment").last.fill("The first word.")
    page.get_by_role("button", name="Save changes").click()
    expect(body(page, "The first word.")).to_be_visible()
    expect(page.locator(".comment__meta")).to_contain_text("edited")
    choose(page, "Delete")
    page.get_by_role("button", name="Delete comment").click()
    expect(page.get_by_role("button", name="Delete comment")).to_have_count(0)
    page.goto(path)
    expect(page.locator(".comment")).to_have_count(0)


def test_deleted_comment_keeps_the_place_of_its_replies(page: Any, scene: Scene) -> None:
    path, email = scene.article(), scene.member("Ada Author")
    first = scene.comment(path, email, "Gone soon.")
    scene.comment(path, scene.member("Otto Other"), "I answer.", first)
    sign_in(page, email)
    page.goto(f"/comments/{first}/deletion")
    page.get_by_role("button", name="Delete comment").click()
    expect(page.get_by_text("Deleted by its author")).to_be_visible()
    page.goto(path)
    expect(page.get_by_text("Deleted by its author")).to_be_visible()
    expect(body(page, "I answer.")).to_be_visible()


def test_member_likes_and_takes_it_back(page: Any, scene: Scene) -> None:
    path = scene.article()
    liked = scene.comment(path, scene.member("Otto Other"), "Well said.")
    sign_in(page, scene.member("Ada Author"))
    page.goto(path)
    like = page.locator(f"#comment-{liked}").get_by_role("button", name="Like")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like).to_contain_text("1")
    page.goto(path)
    expect(like).to_have_attribute("aria-pressed", "true")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "false")
    expect(like).not_to_contain_text("1")


def test_member_reports_a_comment_with_a_reason(plain_page: Any, scene: Scene) -> None:
    path = scene.article()
    scene.comment(path, scene.member("Sam Spammer"), "Buy my lamps.")
    sign_in(plain_page, scene.member("Ada Author"))
    plain_page.goto(path)
    plain_page.get_by_role("link", name="Report").click()
    plain_page.get_by_role("button", name="Send report").click()
    expect(plain_page.get_by_role("alert")).to_be_visible()
    plain_page.get_by_label("Spam or advertising").check()
    plain_page.get_by_label("Anything the moderators should know?").fill("Lamps again.")
    plain_page.get_by_role("button", name="Send report").click()
    plain_page.wait_for_url(re.compile(path))
    expect(plain_page.get_by_role("status").filter(has_text="A moderator will look at it.")).to_be_visible()


def test_double_click_posts_once(page: Any, scene: Scene) -> None:
    path = scene.article()
    sign_in(page, scene.member("Ada Author"))
    page.goto(path)
    page.get_by_label("Your comment").fill("Only once.")
    page.get_by_role("button", name="Post comment").dblclick()
    expect(body(page, "Only once.")).to_be_visible()
    page.goto(path)
    expect(body(page, "Only once.")).to_have_count(1)


def test_back_button_posts_once(page: Any, scene: Scene) -> None:
    path = scene.article()
    sign_in(page, scene.member("Ada Author"))
    page.goto(f"{path}/comments")
    page.get_by_label("Your comment").fill("Sent, and sent again.")
    page.get_by_role("button", name="Post comment").click()
    expect(body(page, "Sent, and sent again.")).to_be_visible()
    page.goto(path)
    page.go_back()
    page.goto(f"{path}/comments")
    page.get_by_label("Your comment").fill("Sent, and sent again.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator(".field__error")).to_contain_text("just posted the same text")
    page.goto(path)
    expect(body(page, "Sent, and sent again.")).to_have_count(1)


def test_text_survives_a_log_in_from_another_tab(page: Any, scene: Scene) -> None:
    path, email = scene.article(), scene.member("Ada Author")
    sign_in(page, email)
    page.goto(path)
    page.get_by_label("Your comment").fill("Typed before the token went stale.")
    other = page.context.new_page()
    other.goto(path)
    other.get_by_role("button", name="Log out").click()
    sign_in(other, email)
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("heading", name="Please send this again")).to_be_visible()
    expect(page.get_by_label("What you wrote")).to_have_value("Typed before the token went stale.")
    page.get_by_role("button", name="Send again").click()
    expect(body(page, "Typed before the token went stale.")).to_have_count(1)


def test_text_sent_after_logging_out_in_another_tab_is_kept(page: Any, scene: Scene) -> None:
    path, email = scene.article(), scene.member("Ada Author")
    sign_in(page, email)
    page.goto(path)
    page.get_by_label("Your comment").fill("Typed while signed in.")
    other = page.context.new_page()
    other.goto(path)
    other.get_by_role("button", name="Log out").click()
    expect(other.get_by_role("link", name="Register").first).to_be_visible()
    page.get_by_role("button", name="Post comment").click()
    send_again = page.get_by_role("button", name="Send again")
    expect(send_again.or_(page.get_by_label("E-mail")).first).to_be_visible()
    if send_again.is_visible():
        expect(page.get_by_label("What you wrote")).to_have_value("Typed while signed in.")
        send_again.click()
    fill_in_log_in(page, email)
    page.wait_for_url(re.compile(r"#comment-\d+$"))
    expect(body(page, "Typed while signed in.")).to_have_count(1)


def test_too_long_a_text_is_refused_and_kept(page: Any, scene: Scene) -> None:
    path = scene.article()
    text = "é" * (COMMENT_LIMIT + 1)
    sign_in(page, scene.member("Ada Author"))
    page.goto(path)
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator(".field__error")).to_contain_text(re.compile(r"10.001"))
    assert page.get_by_label("Your comment").input_value() == text


def test_reply_to_a_comment_removed_meanwhile_keeps_the_text(page: Any, scene: Scene) -> None:
    path, email = scene.article(), scene.member("Ada Author")
    first = scene.comment(path, scene.member("Otto Other"), "Rude words.")
    sign_in(page, email)
    page.goto(f"/comments/{first}/replies")
    page.get_by_label("Your reply to").fill("I object.")
    scene.remove(first, by=scene.member("Mona Warden", "moderator"))
    page.get_by_role("button", name="Post reply").click()
    expect(page.get_by_text("no longer")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("I object.")


def test_member_sets_a_new_password_by_mail(plain_page: Any, scene: Scene, server: Server) -> None:
    email = scene.member("Ada Author")
    plain_page.goto("/login")
    plain_page.get_by_role("link", name="Forgot your password?").click()
    plain_page.get_by_label("E-mail").fill(email)
    plain_page.get_by_role("button", name="Send the link").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    plain_page.goto(server.inbox.link_for(email))
    plain_page.get_by_label("New password", exact=False).first.fill("another four plain words")
    plain_page.get_by_role("button").last.click()
    plain_page.context.clear_cookies()
    plain_page.goto("/login")
    fill_in_log_in(plain_page, email)
    expect(plain_page.get_by_role("alert")).to_be_visible()
    fill_in_log_in(plain_page, email, "another four plain words")
    plain_page.goto("/account")
    expect(plain_page.get_by_text(email)).to_be_visible()


def test_member_signs_out_another_device(plain_page: Any, scene: Scene, server: Server) -> None:
    email = scene.member("Ada Author")
    sign_in(plain_page, email)
    with another_browser(plain_page, server) as elsewhere:
        sign_in(elsewhere, email)
        plain_page.goto("/account")
        expect(plain_page.locator(".devices li")).to_have_count(2)
        plain_page.get_by_role("button", name="Sign out", exact=False).first.click()
        expect(plain_page.locator(".devices li")).to_have_count(1)
        elsewhere.goto("/account")
        expect(elsewhere).to_have_url(re.compile("/login"))


def test_copied_cookie_is_worthless_after_logging_out(plain_page: Any, scene: Scene, server: Server) -> None:
    sign_in(plain_page, scene.member("Ada Author"))
    with another_browser(plain_page, server) as thief:
        thief.context.add_cookies(plain_page.context.cookies())
        thief.goto("/account")
        expect(thief.get_by_role("heading", level=1)).to_have_text("Your account")
        plain_page.get_by_role("button", name="Log out").click()
        expect(plain_page.get_by_role("link", name="Log in")).to_be_visible()
        thief.goto("/account")
        expect(thief).to_have_url(re.compile("/login"))


def body(page: Any, text: str) -> Any:
    """Return the comments with this text."""
    return page.locator(".comment__body", has_text=text)


def write(page: Any, path: str, text: str) -> None:
    """Post a comment."""
    page.goto(path)
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Post comment").click()
    expect(body(page, text)).to_be_visible()


def choose(page: Any, name: str) -> None:
    """Open the menu of the page's first comment and follow a link in it."""
    more = page.locator("details.more").first
    more.locator("summary").click()
    more.get_by_role("link", name=name, exact=True).click()


def fill_in_log_in(page: Any, email: str, password: str = PASSWORD) -> None:
    """Log in on the page that is open."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


@contextmanager
def another_browser(page: Any, server: Server) -> Iterator[Any]:
    """Open a browser that shares nothing with the first."""
    context = page.context.browser.new_context(base_url=server.url)
    yield context.new_page()
    context.close()
