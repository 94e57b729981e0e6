"""A frame in Arabic: from right to left, whole, accessible, on every screen, and the same after a vote."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.embedding.paper import element, framed, paper, wait_until
from tests.browser.embedding.publisher import Publisher
from tests.browser.scene import Scene

ARABIC = 'language="ar"'
EDGE_OF = "element => Math.round(innerWidth - element.getBoundingClientRect().right)"


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_arabic_thread_and_ballot_stand_from_right_to_left(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    path, author = scene.article(), scene.member("ليلى حداد")
    first = scene.comment(path, author, "عرض رائع. " * 30)
    reply = scene.comment(path, scene.member("Ada Author"), "I was there too. " * 30, first)
    body = element("thread", path, ARABIC) + f'<board-ballot ballot="{scene.ballot(path)}" {ARABIC}></board-ballot>'
    dark = "<style>html{color-scheme:light dark}</style>"
    window = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    page = visit(publisher.hang("/arabic", paper(board_url, body, dark)), **window)
    thread, ballot = framed(page), framed(page, "board-ballot")
    for part in (thread, ballot):
        assert part.locator("html").evaluate("root => [root.lang, root.dir].join()") == "ar,rtl"
        assert part.locator("html").evaluate("root => root.scrollWidth - innerWidth") <= 0
    expect(thread.get_by_role("heading", name="تعليقان")).to_be_visible()
    assert thread.locator(f"#comment-{reply}").evaluate(EDGE_OF) > thread.locator(f"#comment-{first}").evaluate(EDGE_OF)
    directions = "bodies => bodies.map((body) => getComputedStyle(body).direction).join()"
    assert thread.locator(".comment__body").evaluate_all(directions) == "rtl,ltr"
    for frame in [frame for frame in page.frames if "/embed/" in frame.url]:
        frame.evaluate("document.documentElement.removeAttribute('data-clear')")  # axe does not see the page below
        found = Axe().run(frame, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()
    assert page.said == []


def test_a_vote_in_an_arabic_frame_is_answered_in_arabic(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    slug = scene.ballot(scene.article())
    body = f'<board-ballot ballot="{slug}" {ARABIC}></board-ballot>'
    page = visit(publisher.hang("/vote-ar", paper(board_url, body)))
    ballot = framed(page, "board-ballot")
    ballot.get_by_role("radio").first.check()
    ballot.get_by_role("button", name="صوِّت").click()
    expect(ballot.get_by_text("شكرًا، وصل صوتك.")).to_be_visible()


def test_another_language_is_another_frame(visit: Any, publisher: Publisher, board_url: str, scene: Scene) -> None:
    path = scene.article()
    page = visit(publisher.hang("/turning", paper(board_url, element("thread", path, 'language="de-AT"'))))
    language = "root => root.lang"
    assert framed(page).locator("html").evaluate(language) == "de"
    expect(framed(page).get_by_text("Noch keine Kommentare.")).to_be_visible()
    page.locator("board-thread").evaluate("thread => thread.setAttribute('language', 'ar')")
    wait_until(page, lambda: framed(page).locator("html").evaluate(language) == "ar")
    assert page.locator("board-thread iframe").get_attribute("title").startswith("التعليقات على")


def test_new_comments_are_told_of_in_the_frames_language(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    path, author = scene.article(), scene.member("ليلى حداد")
    page = visit(publisher.hang("/news-ar", paper(board_url, element("thread", path, ARABIC))))
    thread = framed(page)
    for number in range(3):
        scene.comment(path, author, f"Bravo {number}.")
    expect(thread.get_by_text("3 تعليقات جديدة")).to_be_visible(timeout=60_000)
