"""What a publisher's page, a stranger's and a frame cannot do to each other."""

from typing import Any

import pytest

from tests.browser.embedding.paper import framed, height_of, id_of, paper, wait_until
from tests.browser.embedding.publisher import Publisher
from tests.browser.scene import Scene


def test_a_page_on_another_origin_cannot_frame_a_thread(
    visit: Any, stranger: Publisher, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    path = scene.article()
    address = f"{board_url}/embed/thread?article_id={id_of(path)}"
    html = f'<iframe src="{address}&site={publisher.url}"></iframe><iframe src="{address}"></iframe>'
    page = visit(stranger.hang("/raw", html))
    wait_until(page, lambda: [frame.url.startswith("chrome-error:") for frame in page.frames[1:]] == [True, True])
    control = visit(publisher.hang("/raw", html))  # what the stranger lacks is the registered origin, nothing else
    wait_until(control, lambda: [frame.locator("#comments").count() for frame in control.frames[1:]] == [1, 1])


def test_on_another_origin_the_element_gives_way_to_the_plain_link(
    visit: Any, stranger: Publisher, board_url: str, scene: Scene
) -> None:
    body = f'<board-thread article-id="{id_of(scene.article())}"><a href="/thread">Comments</a></board-thread>'
    page = visit(stranger.hang("/element", paper(board_url, body)))
    page.get_by_role("link", name="Comments").wait_for()
    assert any(text.startswith("Board: ") and stranger.url in text for text in page.said)


HOSTILE_PAGE = """
  const send = (message) => frames[0].postMessage(message, "*");
  const end = "</scr" + "ipt>";
  for (const board of ["look", "ready", "height", "posted", "voted", "opened", "submit", "click", "register", "eval"]) {
    send({ board, theme: "dark;}</style><script>alert(1)" + end, accent: "red;background:url(//x)" });
    send({ board, font: "x;}*{display:none", density: '"><img src=x onerror=alert(1)>', href: "javascript:alert(1)" });
    send({ board, body: "Bought and paid for.", liked: "yes", value: 1 });
  }
  send("look"); send(null); send([1]); send({ board: ["look"], theme: "dark" }); send("the last");
"""
HEARS_THE_LAST = """() => { window.last = new Promise((done) => addEventListener("message", ({ data }) => {
  if (data === "the last") requestAnimationFrame(() => done(true));
})); }"""


def test_a_hostile_page_changes_nothing_inside(visit: Any, publisher: Publisher, board_url: str, scene: Scene) -> None:
    path = scene.article()
    scene.comment(path, scene.member("Ada Author"), "Bravo.")
    src = f"{board_url}/embed/thread?article_id={id_of(path)}"
    url = publisher.hang("/hostile", f'<iframe src="{src}" height="900" onload="go()"></iframe><div id="go"></div>')
    page = visit(url)
    frame = page.frames[1]
    frame.wait_for_load_state("load")
    before = frame.evaluate("document.body.outerHTML")
    told: list[str] = []
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.on("request", lambda request: told.append(request.url))
    frame.evaluate(HEARS_THE_LAST)
    page.evaluate(HOSTILE_PAGE)
    assert frame.evaluate("window.last")
    assert frame.evaluate("document.body.outerHTML") == before
    assert frame.evaluate("document.documentElement.getAttribute('style') || ''") in {"", "color-scheme: dark;"}
    assert frame.evaluate("getComputedStyle(document.body).display") == "block"
    assert told == []
    with pytest.raises(Exception, match="Blocked a frame"):
        page.evaluate("frames[0].document.body.innerHTML")


def test_a_hostile_frame_beside_it_changes_nothing_outside(
    visit: Any, publisher: Publisher, stranger: Publisher, board_url: str, scene: Scene
) -> None:
    says = """<script>for (const board of ["height", "ready", "posted", "voted", "opened"])
              top.postMessage({ board, height: 99999, title: "Taken over" }, "*");
              top.postMessage("the last", "*");</script>"""
    stranger.hang("/frame", says)
    body = (
        f'<board-thread article-id="{id_of(scene.article())}"></board-thread>'
        "<script>window.lasts = 0; addEventListener('message', ({ data }) => { lasts += data === 'the last'; });"
        "window.told = []; for (const name of ['ready', 'posted', 'voted', 'opened'])"
        " addEventListener('board:' + name, () => told.push(name));</script>"
    )
    page = visit(publisher.hang("/beside", paper(board_url, body)))
    framed(page)
    height = height_of(page)
    page.evaluate(
        "url => { const frame = document.createElement('iframe'); frame.src = url; document.body.append(frame); }",
        stranger.url + "/frame",
    )
    page.wait_for_function("frames.length === 1")  # an element's own is in its shadow
    page.frames[-1].wait_for_load_state("load")
    # One that goes through the element's own frame is not from Board's origin either.
    page.evaluate(
        "url => { document.querySelector('board-thread').frame.contentWindow.location = url; }", stranger.url + "/frame"
    )
    page.wait_for_function("lasts === 2")
    assert height_of(page) == height
    assert page.evaluate("told") == ["ready"]
    assert "Taken over" not in page.locator("board-thread iframe").get_attribute("title")
