"""The elements of a publisher's page: they stand, come, go, and tell what happened."""

import time
from typing import Any

from playwright.sync_api import expect

from board.pagecache import CHECK_SECONDS
from tests.browser.embedding.paper import READY, element, framed, height_of, id_of, paper, wait_until
from tests.browser.embedding.publisher import Publisher
from tests.browser.scene import Scene

WATCH_SIGHT = """body => { window.isInSight = true;
  new IntersectionObserver(([seen]) => { window.isInSight = seen.isIntersecting; }).observe(body); }"""
HOST_POLICY = "default-src 'none'; style-src 'self'; script-src {board}; frame-src {board}; connect-src {board}"


def test_a_thread_a_ballot_and_counts_stand_on_a_publishers_page(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    path = scene.article()
    member = scene.member("Ada Author")
    for number in range(12):
        scene.comment(path, member, f"Bravo number {number}.")
    slug = scene.ballot(path)
    body = (
        f"<p>{element('count', path)} {element('count', path)}</p>"
        f"{element('thread', path, inside='<a href=/x>Comments</a>')}"
        f'<board-ballot ballot="{slug}"></board-ballot>'
    )
    asked: list[str] = []
    page = visit("about:blank")
    page.on("request", lambda request: asked.append(request.url))
    page.goto(publisher.hang("/both", paper(board_url, body)))
    thread, ballot = framed(page), framed(page, "board-ballot")
    expect(thread.get_by_text("Bravo number 3.")).to_be_visible()
    expect(ballot.get_by_text("Who stole the show?")).to_be_visible()
    assert page.locator("board-thread iframe").get_attribute("title").startswith("Comments on Opening night")
    assert height_of(page) > 900
    assert thread.locator("html").evaluate("root => root.scrollHeight - innerHeight") <= 0
    expect(page.locator("board-count")).to_have_text(["12", "12"])
    assert sum("/api/v1/counts" in url for url in asked) == 1
    expect(page.get_by_role("link", name="Comments", exact=True)).to_be_hidden()
    assert page.said == []


def test_where_the_browser_does_not_say_whose_page_it_is_the_right_one_hears_all_the_same(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    """As Firefox in frames that were led on, and wherever referrers are cut off."""
    path = scene.article()
    for number in range(12):
        scene.comment(path, scene.member("Ada Author"), f"Bravo number {number}.")
    scene.origins("http://elsewhere.localhost", publisher.url, "http://www.publisher.localhost")
    page = visit("about:blank")

    def say_nothing(route: Any) -> None:
        answer = route.fetch(url=route.request.url.replace("board.localhost", "127.0.0.1"))
        script = answer.text().replace("location.ancestorOrigins", "undefined").replace("page.referrer", '""')
        assert "undefined" in script
        assert '""' in script
        route.fulfill(response=answer, body=script)

    page.route("**/js/frame.js*", say_nothing)
    page.goto(publisher.hang("/unsaid", paper(board_url, element("thread", path)), Referrer_Policy="no-referrer"))
    assert framed(page).get_by_text("Bravo number 3.").is_visible()
    wait_until(page, lambda: height_of(page) > 900)
    scene.origins(publisher.url)


def test_what_is_named_wrongly_is_said_at_once_to_readers_plainly_and_to_the_developer_precisely(
    visit: Any, publisher: Publisher, board_url: str
) -> None:
    body = '<board-ballot ballot="no-such"></board-ballot><board-thread></board-thread>'
    page = visit(publisher.hang("/misnamed", paper(board_url, body)))
    framed(page, "board-ballot").get_by_text("This vote is not here.").wait_for()
    framed(page).get_by_text("This article is not known here yet.").wait_for()
    assert any("has the short name “no-such”" in line for line in page.said)
    assert any("needs an article-id" in line for line in page.said)
    assert not any("registered" in line for line in page.said)


def test_a_gate_with_nothing_to_unlock_takes_no_room(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    page = visit(publisher.hang("/free", paper(board_url, element("gate", scene.article()))))
    framed(page, "board-gate")
    wait_until(page, lambda: height_of(page, "board-gate iframe") == 0)
    assert page.locator("board-gate").get_attribute("open") == ""


def test_without_javascript_a_plain_link_remains(visit: Any, publisher: Publisher, board_url: str) -> None:
    body = '<board-thread article-id="x"><a href="https://board.example/articles/x/thread">Comments</a></board-thread>'
    page = visit(publisher.hang("/plain", paper(board_url, body)), java_script_enabled=False)
    expect(page.get_by_role("link", name="Comments")).to_be_visible()


def test_a_strict_policy_of_the_page_needs_one_documented_line(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    path = scene.article()
    body = element("count", path) + element("thread", path, 'accent="#a00"')
    policy = HOST_POLICY.format(board=board_url)
    page = visit(publisher.hang("/strict", paper(board_url, body), Content_Security_Policy=policy))
    expect(framed(page).get_by_label("Your comment")).to_be_visible()
    expect(page.locator("board-count")).to_have_text("0")
    assert page.said == []


def test_elements_come_and_go_with_the_page(visit: Any, publisher: Publisher, board_url: str, scene: Scene) -> None:
    first, second = scene.article(), scene.article()
    scene.comment(second, scene.member("Ada Author"), "On the second.")
    page = visit(publisher.hang("/app", paper(board_url, '<div id="view"></div>')))
    page.wait_for_function("!!customElements.get('board-thread')")
    add = """([id, n]) => { const thread = document.createElement("board-thread"); thread.id = "t" + n;
             thread.setAttribute("article-id", id); document.getElementById("view").append(thread); }"""
    page.evaluate(add, [id_of(first), 1])
    page.evaluate(add, [id_of(second), 2])
    expect(framed(page, "#t1").get_by_text("No comments yet")).to_be_visible()
    expect(framed(page, "#t2").get_by_text("On the second.")).to_be_visible()
    page.evaluate("document.getElementById('t1').remove()")
    wait_until(page, lambda: len(page.frames) == 2)
    page.evaluate(f"document.getElementById('t2').setAttribute('article-id', '{id_of(first)}')")
    page.wait_for_function("document.getElementById('t2').isReady")
    expect(framed(page, "#t2").get_by_text("No comments yet")).to_be_visible()
    page.evaluate("document.getElementById('view').append(document.getElementById('t2'))")  # moved: drawn again
    expect(framed(page, "#t2").get_by_text("No comments yet")).to_be_visible()
    assert page.said == []


def test_an_article_appears_when_its_page_is_read_and_only_on_a_registered_origin(
    visit: Any, publisher: Publisher, stranger: Publisher, board_url: str, scene: Scene
) -> None:
    body = '<board-thread article-id="appeared/1"></board-thread>'
    head = '<meta property="og:title" content="It appeared">'
    strange = visit(stranger.hang("/new", paper(board_url, body, head)))
    strange.wait_for_load_state("load")
    assert not scene.has_article("appeared/1")
    page = visit(publisher.hang("/new", paper(board_url, body, head)) + "?utm_source=mail")
    page.locator("board-thread").evaluate(READY)
    page.locator("board-thread iframe").content_frame.get_by_text("No comments yet").wait_for()
    assert scene.has_article("appeared/1", title="It appeared", url=publisher.url + "/new")


def test_new_comments_are_asked_for_only_while_the_thread_is_in_sight(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    path = scene.article()
    author = scene.member("Ada Author")
    scene.comment(path, author, "First.")
    body = (
        f'<board-thread article-id="{id_of(path)}"></board-thread><div style="height: 5000px"></div><p id="end">End</p>'
    )
    page = visit("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/thread/version" in request.url else None)
    page.clock.install()
    page.goto(publisher.hang("/watch", paper(board_url, body)))
    frame = framed(page)
    frame.locator("body").evaluate(WATCH_SIGHT)
    page.locator("#end").scroll_into_view_if_needed()
    wait_until(page, lambda: not frame.locator("body").evaluate("() => window.isInSight"))
    page.clock.run_for(120_000)
    assert asked == []
    scene.comment(path, author, "Second.")
    height = height_of(page)
    time.sleep(CHECK_SECONDS)  # for which ready bytes are trusted
    page.locator("h1").scroll_into_view_if_needed()
    frame.get_by_role("link", name="1 new comment").wait_for()
    assert len(asked) == 1
    assert height_of(page) == height
    expect(frame.get_by_text("Second.")).to_be_hidden()
    frame.get_by_role("link", name="1 new comment").click()
    frame.get_by_text("Second.").wait_for()


def test_the_publishers_page_hears_what_happened(
    visit: Any, publisher: Publisher, board_url: str, scene: Scene
) -> None:
    path = scene.article(gate="email")
    slug = scene.ballot(path, who="anyone")
    body = (
        f'<board-gate article-id="{id_of(path)}"></board-gate><board-ballot ballot="{slug}"></board-ballot>'
        "<script>window.told = []; for (const name of ['ready', 'voted', 'opened'])"
        " addEventListener('board:' + name, ({ target }) => told.push(`${name} ${target.localName}`));</script>"
    )
    page = visit(publisher.hang("/heard", paper(board_url, body)))
    gate = framed(page, "board-gate")
    framed(page, "board-ballot")
    assert sorted(page.evaluate("told")) == ["ready board-ballot", "ready board-gate"]
    expect(gate.get_by_text("Paragraph 1")).to_be_hidden()  # the page itself has what everybody reads
    gate.get_by_role("textbox", name="E-mail").fill("reader@journeys.example")
    gate.get_by_role("button", name="Keep reading").click()
    gate.get_by_text("Paragraph 8").wait_for()
    page.wait_for_function("told.includes('opened board-gate')")
    assert page.locator("board-gate").get_attribute("open") == ""
