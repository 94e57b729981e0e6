"""It looks at home on the page, on small screens, in the dark, from the right, to the keyboard."""

from typing import Any

import pytest

from tests.browser.embedding.paper import element, framed, id_of, paper, wait_until
from tests.browser.embedding.publisher import Publisher
from tests.browser.scene import Scene


def test_it_looks_at_home(visit: Any, publisher: Publisher, board_url: str, scene: Scene) -> None:
    looks = 'accent="#aa3300" font="Georgia, serif" density="compact"'
    body = element("thread", scene.article(), looks)
    page = visit(
        publisher.hang("/dark", paper(board_url, body, "<style>.night { background: #111; color: #eee }</style>"))
    )
    root = framed(page).locator("html")
    scheme = (
        "root => [getComputedStyle(root).colorScheme, root.hasAttribute('data-clear'), root.dataset.density].join()"
    )
    assert root.evaluate(scheme) == "light,true,compact"
    assert root.evaluate("root => getComputedStyle(root).getPropertyValue('--accent')") == "#aa3300"
    assert root.evaluate("() => getComputedStyle(document.querySelector('button')).fontFamily") == "Georgia, serif"
    page.evaluate("document.documentElement.className = 'night'")  # the page's own switch
    wait_until(page, lambda: root.evaluate(scheme) == "dark,true,compact")
    page.evaluate("document.querySelector('board-thread').setAttribute('theme', 'light')")
    wait_until(page, lambda: root.evaluate(scheme) == "light,false,compact")  # on its own paper, as the page is dark
    assert root.evaluate("root => getComputedStyle(root).backgroundColor") == "rgb(255, 255, 255)"
    assert root.evaluate("() => parseFloat(getComputedStyle(document.querySelector('main')).paddingInlineStart)") >= 6


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_small_screen(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene, direction: str, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    path = scene.article()
    author = scene.member("Ada Author")
    comment = scene.comment(path, author, "Bravo. " * 20)
    scene.comment(path, author, "https://example.com/" + "long" * 60, comment)
    slug = scene.ballot(path)
    body = f'<board-thread article-id="{id_of(path)}"></board-thread><board-ballot ballot="{slug}"></board-ballot>'
    dark = "<style>html{color-scheme:light dark}</style>"
    page = visit(
        publisher.hang("/small", paper(board_url, body, dark)),
        viewport={"width": 320, "height": 700},
        color_scheme=scheme,
    )
    for part in (framed(page), framed(page, "board-ballot")):
        part.locator("html").evaluate("(root, dir) => { root.dir = dir; }", direction)
        assert part.locator("html").evaluate("root => root.scrollWidth - innerWidth") <= 0
        assert part.locator("html").evaluate("root => getComputedStyle(root).colorScheme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()
    inner = [frame for frame in page.frames if "/embed/" in frame.url]
    assert len(inner) == 2
    for frame in inner:
        frame.evaluate("document.documentElement.removeAttribute('data-clear')")  # axe does not see the page below
        found = Axe().run(frame, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()


def test_the_keyboard_goes_in_and_out(visit: Any, publisher: Publisher, board_url: str, scene: Scene) -> None:
    body = f'<a href="#x">Before</a>{element("thread", scene.article())}<a href="#y">After</a>'
    page = visit(publisher.hang("/keys", paper(board_url, body)))
    frame = framed(page)
    page.get_by_role("link", name="Before").focus()
    for _press in range(30):
        page.keyboard.press("Tab")
        if frame.locator("textarea").evaluate("text => document.activeElement === text"):
            break
    else:
        raise AssertionError("Tab never came to the text")
    for _press in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "After":
            return
    raise AssertionError("Tab never came out again")
