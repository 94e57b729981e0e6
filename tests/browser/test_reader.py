"""The reader: reads, votes and unlocks without an account, and loses nothing on the way to one."""

import re
import time
from typing import Any

from playwright.sync_api import expect

from board.pagecache import CHECK_SECONDS
from tests.browser.conftest import PASSWORD, Server
from tests.browser.scene import Scene


def test_reader_finds_an_article_on_the_front_page(plain_page: Any, scene: Scene) -> None:
    path = scene.article(standfirst="The curtain rises.")
    time.sleep(CHECK_SECONDS)  # the front page that an earlier journey had made may be this old
    plain_page.goto("/")
    plain_page.locator(f"h2 a[href='{path}']").click()
    plain_page.wait_for_url(f"**{path}")
    expect(plain_page.get_by_role("heading", level=1)).to_contain_text("Opening night")
    expect(plain_page.get_by_text("The curtain rises.")).to_be_visible()
    expect(plain_page.get_by_text("To post a comment, register and log in.")).to_be_visible()


def test_reader_sorts_a_thread_and_reads_on(page: Any, scene: Scene) -> None:
    path, author = scene.article(), scene.member("Ada Author")
    for number in range(1, 24):
        scene.comment(path, author, f"Remark {number}.")
    page.goto(path)
    remarks = page.locator(".comment__body")
    page.get_by_role("link", name="Oldest").click()
    expect(remarks.first).to_have_text("Remark 1.")
    page.get_by_role("link", name="Newest").click()
    expect(remarks.first).to_have_text("Remark 23.")
    page.get_by_role("link", name="More comments").click()
    expect(remarks.last).to_have_text("Remark 1.")


def test_permalink_opens_the_page_at_the_comment(page: Any, scene: Scene) -> None:
    path, author = scene.article(), scene.member("Ada Author")
    first = scene.comment(path, author, "The very first.")
    reply = scene.comment(path, author, "The reply in question.", first)
    for number in range(25):
        scene.comment(path, author, f"Noise {number}.")
    page.goto(f"/comments/{reply}")
    expect(page).to_have_url(re.compile(rf"{path}\?comment={reply}#comment-{reply}$"))
    expect(page.locator(f"#comment-{reply}")).to_be_in_viewport()
    expect(page.get_by_text("The reply in question.")).to_be_visible()
    expect(page.get_by_role("link", name="Previous comments")).to_be_visible()


def test_permalink_into_a_short_thread_shows_all_of_it(scripted_page: Any, scene: Scene) -> None:
    path, author = scene.article(), scene.member("Ada Author")
    numbers = [scene.comment(path, author, f"Remark {number}.") for number in range(3)]
    scripted_page.goto(f"/comments/{numbers[0]}")
    expect(scripted_page.locator(".comment")).to_have_count(3)
    expect(scripted_page.get_by_role("link", name="Previous comments")).to_have_count(0)


def test_reader_votes_once_without_an_account_and_sees_the_bars(page: Any, scene: Scene) -> None:
    path = scene.article()
    slug = scene.ballot(path, can_change=False)
    page.goto(path)
    ballot = page.locator(f"#ballot-{slug}")
    expect(ballot.get_by_text("Sponsored · presented by Stagecraft Ltd")).to_be_visible()
    assert "sponsored" in ballot.get_by_role("link", name="Stagecraft Ltd").get_attribute("rel")
    ballot.get_by_text("The band").click()
    ballot.get_by_role("button", name="Vote").click()
    expect(ballot.locator(".is-own")).to_contain_text("The band")
    expect(ballot.locator(".is-own")).to_contain_text("1 vote")
    expect(ballot.locator(".ballot__bar")).to_have_count(3)
    page.goto(path)
    expect(ballot.locator(".is-own")).to_contain_text("The band")
    expect(ballot.get_by_role("button", name="Vote")).to_have_count(0)
    expect(ballot.get_by_role("link", name="Change my vote")).to_have_count(0)


def test_second_tab_cannot_vote_again_where_the_choice_stands(page: Any, scene: Scene) -> None:
    path = scene.article()
    slug = scene.ballot(path, can_change=False)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(path)
        tab.locator(f"#ballot-{slug}").get_by_text("The bailiff" if tab is other else "The band").click()
    page.locator(f"#ballot-{slug}").get_by_role("button", name="Vote").click()
    expect(page.locator(".is-own")).to_contain_text("The band")
    other.locator(f"#ballot-{slug}").get_by_role("button", name="Vote").click()
    expect(other.get_by_text("You have voted already.")).to_be_visible()
    expect(other.locator(".is-own")).to_contain_text("The band")


def test_reader_changes_the_vote_where_the_ballot_allows_it(page: Any, scene: Scene) -> None:
    path = scene.article()
    slug = scene.ballot(path)
    ballot = page.locator(f"#ballot-{slug}")
    page.goto(path)
    ballot.get_by_text("The band").click()
    ballot.get_by_role("button", name="Vote").click()
    ballot.get_by_role("link", name="Change my vote").click()
    ballot.get_by_role("radio", name="The bailiff").check()  # the result rows hold the same words
    ballot.get_by_role("button", name="Change my vote").click()
    expect(ballot.locator(".is-own")).to_contain_text("The bailiff")
    expect(ballot.locator("div.ballot__foot")).to_contain_text("1 vote")


def test_reader_leaves_an_address_and_goes_on_where_the_text_broke_off(page: Any, scene: Scene) -> None:
    path = scene.article(gate="email", gate_after_blocks="2")
    page.goto(path)
    expect(page.get_by_text("Paragraph 2 of the review")).to_be_visible()
    assert "Paragraph 3" not in page.content()
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    page.get_by_label("E-mail address").fill("nobody")
    page.get_by_role("button", name="Keep reading").click()
    expect(page.locator("#gate .field__error")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value("nobody")
    page.get_by_label("E-mail address").fill(scene.address())
    page.get_by_role("button", name="Keep reading").click()
    expect(page.locator("#continue")).to_have_text(re.compile("^Paragraph 3"))
    expect(page.locator("#continue")).to_be_in_viewport()
    expect(page.get_by_text("Paragraph 8 of the review")).to_be_attached()
    page.goto(path)
    expect(page.get_by_text("Paragraph 8 of the review")).to_be_attached()


def test_newsletter_comes_only_after_a_second_yes_by_mail(plain_page: Any, scene: Scene, server: Server) -> None:
    path = scene.article(gate="email", gate_after_blocks="1")
    address = scene.address()
    plain_page.goto(path)
    plain_page.get_by_label("E-mail address").fill(address)
    plain_page.get_by_role("checkbox").check()
    plain_page.get_by_role("button", name="Keep reading").click()
    expect(plain_page.get_by_text("We have sent a mail with a link that confirms the newsletter")).to_be_visible()
    assert not scene.gets_newsletter(address)
    plain_page.goto(server.inbox.link_for(address))
    assert not scene.gets_newsletter(address)
    plain_page.get_by_role("button", name="Yes, send it to me").click()
    expect(plain_page.get_by_role("heading", level=1)).to_be_visible()
    assert scene.gets_newsletter(address)


def test_comment_typed_before_registering_is_posted_once_after_the_mail(
    page: Any, scene: Scene, server: Server
) -> None:
    path = scene.article()
    address = scene.address()
    page.goto(path)
    page.get_by_label("Your comment").fill("I was there, and it was *dark*.")
    page.get_by_role("button", name="Post comment").click()
    page.wait_for_url(re.compile("/login"))
    expect(page.get_by_text("Your comment is kept.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Register").click()
    page.get_by_label("Name").fill(scene.name())
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.goto(server.inbox.link_for(address))
    page.get_by_role("button", name="Yes, confirm").click()
    page.wait_for_url(re.compile(rf"{path}\?comment=\d+#comment-\d+$"))
    posted = page.locator(".comment__body", has_text="I was there, and it was dark.")
    expect(posted).to_have_count(1)
    expect(posted).to_be_in_viewport()
    expect(page.get_by_label("Your comment")).to_have_value("")


def test_article_that_is_not_there_says_so(plain_page: Any) -> None:
    assert plain_page.goto("/articles/no-such-thing").status == 404
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Not found")
    plain_page.get_by_role("link", name="Go to the front page").click()
    plain_page.wait_for_url("**/")
