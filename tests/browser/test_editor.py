"""The editor: puts up an article and a sponsored ballot, and reads what came of them."""

from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Server, sign_in
from tests.browser.scene import BODY, Scene

VIDEOS = "https://vimeo.com/76979871 | The cast at work\nhttps://youtu.be/R6MlUcmOul8 | On the stairs"


def test_editor_puts_up_a_gated_article_with_picture_and_videos(page: Any, scene: Scene) -> None:
    number = scene.name().split()[-1]
    sign_in(page, scene.member("Edda Desk", "editor"))
    page.goto("/manage")
    page.get_by_role("link", name="Articles").click()
    page.get_by_role("link", name="Add an article").click()
    page.get_by_label("Title").fill("The stairs of the Meridian")
    page.get_by_label("Text").fill(BODY)
    page.get_by_role("button", name="Preview the text").click()
    expect(page.locator("#preview")).to_contain_text("Paragraph 8")
    page.get_by_label("Videos beside the article").fill(VIDEOS)
    page.get_by_label("Whoever leaves an e-mail address, and members").check()
    page.get_by_role("button", name="Save article").click()
    expect(page.get_by_role("alert")).to_contain_text("Give the article an ID")
    expect(page.get_by_label("Title")).to_have_value("The stairs of the Meridian")
    page.get_by_label("ID", exact=True).fill(f"2026/stairs & lamps {number}")
    page.get_by_label("Lead picture").set_input_files(picture())
    page.get_by_label("What the picture shows").fill("A flight of stairs")
    page.get_by_role("button", name="Save article").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"/articles/2026/stairs%20&%20lamps%20{number}")
    expect(page.get_by_role("heading", level=1)).to_have_text("The stairs of the Meridian")
    expect(page.get_by_role("img", name="A flight of stairs")).to_be_visible()
    expect(page.get_by_role("link", name="Play video: The cast at work")).to_be_visible()
    expect(page.get_by_role("button", name="Keep reading")).to_be_visible()
    assert "Paragraph 8" not in page.content()


def test_editor_sees_places_and_publishes_a_sponsored_ballot_and_reads_its_results(
    page: Any, scene: Scene, server: Server
) -> None:
    path, number = scene.article(), scene.name().split()[-1]
    sign_in(page, scene.member("Edda Desk", "editor"))
    page.goto("/manage/ballots/new")
    page.get_by_label("Question").fill(f"Which lamp, {number}?")
    page.get_by_label("Options", exact=True).fill("Gas\nElectric")
    page.get_by_label("Sponsor’s legal name").fill(f"Wick & Sons {number}")
    page.get_by_label("Sponsor’s link").fill("https://wick.example/")
    page.get_by_role("button", name="Save and see it").click()
    expect(page.locator(".ballot")).to_contain_text(f"Sponsored · presented by Wick & Sons {number}")
    page.get_by_label("Article’s ID").fill(path.removeprefix("/articles/"))
    page.get_by_role("button", name="Place on this article").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    desk = page.url
    reader = page.context.browser.new_context(base_url=server.url).new_page()
    reader.goto(path)
    reader.get_by_text("Electric").click()
    reader.get_by_role("button", name="Vote").click()
    expect(reader.locator(".is-own")).to_contain_text("1 vote")
    reader.context.close()
    page.goto(desk)
    expect(page.locator("tr", has_text="Electric")).to_contain_text("100%")


def test_editor_takes_the_subscribers_home_as_csv(page: Any, scene: Scene) -> None:
    sign_in(page, scene.member("Edda Desk", "editor"))
    page.goto("/manage/subscribers")
    link = page.get_by_role("link", name="Download as CSV")
    answer = page.request.get(link.get_attribute("href"))
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text().splitlines()[0].lower().startswith(("email", "e-mail", "address"))


def test_pattern_keeps_what_was_typed_and_enter_saves(page: Any, scene: Scene) -> None:
    name = scene.name()
    sign_in(page, scene.member("Edda Award", "editor"))
    page.goto("/manage/ballots/new")
    page.get_by_role("textbox", name="Question").fill(f"Best of {name}?")
    page.get_by_role("textbox", name="Options").fill("Hamlet\nLear")
    page.get_by_role("button", name="An award").click()
    expect(page.get_by_role("button", name="An award")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("textbox", name="Options")).to_have_value("Hamlet\nLear")
    page.get_by_role("textbox", name="Question").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Best of {name}?")
    expect(page.get_by_text("once for each address")).to_be_visible()


def picture() -> dict[str, Any]:
    """Return a small picture as a file to choose."""
    out = BytesIO()
    Image.new("RGB", (640, 360), "tan").save(out, "PNG")
    return {"name": "stairs.png", "mimeType": "image/png", "buffer": out.getvalue()}
