"""Signing in inside a frame on another site's page, in a browser that blocks third-party cookies."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD
from tests.browser.embedding.paper import wait_until
from tests.browser.framing import Open, Stage, expect_comment, frame_of, log_in, write


@pytest.mark.parametrize("blocked", [True, False])
def test_third_party_cookies_are_blocked_indeed(around: Stage, opened: Open, blocked: bool) -> None:
    """The control: an ordinary cookie for frames comes back where they are not blocked, and only there."""
    page = opened(blocks_third_party_cookies=blocked)
    inner = around.hostile.hang("/cookie", "<p>Set.", Set_Cookie="plain=1; Secure; SameSite=None; Path=/")
    page.goto(
        around.publisher.hang("/control", f'<!doctype html><title>Control</title><iframe src="{inner}"></iframe>')
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.all_headers().get("cookie", "")))
    page.reload()
    expect(page.frame_locator("iframe").get_by_text("Set.")).to_be_visible()
    assert any("plain=1" in cookies for cookies in asked) is not blocked


def test_password_signs_in_and_the_comment_written_before_is_posted(around: Stage, opened: Open) -> None:
    path, email = around.scene.article(), around.scene.member("Ada Author")
    page = opened()
    page.goto(around.hang(path))
    write(page, "From within.")
    log_in(frame_of(page), email)
    expect_comment(page, "From within.")
    page.reload()
    expect(frame_of(page).get_by_text("Logged in as")).to_be_visible()
    frame_of(page).get_by_label("Your comment").fill("And once more.")
    frame_of(page).get_by_role("button", name="Post comment").click()
    expect_comment(page, "And once more.")
    names = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert "board" not in names
    assert names["__Host-board-framed.board"]["httpOnly"]
    own = page.context.new_page()
    own.goto(around.board.url)
    expect(own.get_by_role("link", name="Log in")).to_be_visible()


def test_the_first_comment_is_counted_wherever_its_number_stands(around: Stage, opened: Open) -> None:
    path, email = around.scene.article(), around.scene.member("Ada Author")
    page = opened()
    article_id = path.rsplit("/", 1)[-1]
    counts = [f'<board-count article-id="{article_id}" {site}></board-count>' for site in ("", 'site="main"')]
    page.goto(around.hang(path, body=" and ".join(counts)))
    frame = frame_of(page)
    frame.locator("#comment-form").get_by_role("link", name="log in").click()
    log_in(frame, email)
    expect(frame.get_by_text("No comments yet.")).to_be_visible()
    frame.get_by_label("Your comment").fill("The first.")
    frame.get_by_role("button", name="Post comment").click()
    expect(frame.get_by_role("heading", name="1 comment", exact=True)).to_be_visible()
    expect(frame.get_by_text("No comments yet.")).to_be_hidden()
    expect(page.locator("board-count")).to_have_text(["1", "1"])
    page.reload()
    expect(page.locator("board-count")).to_have_text(["1", "1"])


def test_logging_out_in_the_frame(around: Stage, opened: Open) -> None:
    path, email = around.scene.article(), around.scene.member("Ada Author")
    page = opened()
    page.goto(around.hang(path))
    frame_of(page).locator("#comment-form").get_by_role("link", name="log in").click()
    log_in(frame_of(page), email)
    frame_of(page).get_by_role("button", name="Log out").click()
    expect(frame_of(page).locator("#comment-form").get_by_role("link", name="log in")).to_be_visible()


def test_a_mailed_code_signs_in(around: Stage, opened: Open) -> None:
    path, email = around.scene.article(), around.scene.member("Cora Code")
    page = opened()
    page.goto(around.hang(path))
    write(page, "By code.")
    frame = frame_of(page)
    frame.get_by_role("link", name="Log in with a code by mail").click()
    frame.get_by_label("E-mail").fill(email)
    frame.get_by_role("button", name="Mail me a code").click()
    expect(frame.get_by_label("Code")).to_be_visible()
    found = re.search(r"^(\d{6})\s*$", around.board.inbox.wait_for(email, "code"), re.MULTILINE)
    assert found
    frame.get_by_label("Code").fill(found[1])
    frame.get_by_role("button", name="Log in", exact=True).click()
    expect_comment(page, "By code.")


def test_registering_inside_the_frame_with_the_code_in_the_mail(around: Stage, opened: Open) -> None:
    path, email = around.scene.article(), around.scene.address()
    page = opened()
    page.goto(around.hang(path))
    write(page, "My first.")
    frame = frame_of(page)
    frame.get_by_role("link", name="Register").click()
    frame.get_by_label("Name").fill(around.scene.name())
    frame.get_by_label("E-mail").fill(email)
    frame.get_by_label("Password", exact=True).fill(PASSWORD)
    frame.get_by_role("button", name="Register").click()
    found = re.search(r"^(\d{6})\s*$", around.board.inbox.wait_for(email), re.MULTILINE)
    assert found
    frame.get_by_label("Code").fill(found[1])
    frame.get_by_role("button", name="Log in", exact=True).click()
    expect_comment(page, "My first.")


def test_a_window_of_boards_own_hands_the_log_in_over(around: Stage, opened: Open) -> None:
    path, email = around.scene.article(), around.scene.member("Wilma Window")
    page = opened()
    page.goto(around.hang(path))
    write(page, "By window.")
    with page.expect_popup() as opening:
        frame_of(page).get_by_role("button", name="Log in with a passkey, or another way").click()
    own = opening.value
    log_in(own, email)
    own.get_by_role("button", name="Go on as").click()
    expect_comment(page, "By window.")
    assert own.is_closed() or own.wait_for_event("close") is not None


def test_with_all_cookies_blocked_the_text_goes_along_to_a_tab_of_its_own(around: Stage, opened: Open) -> None:
    path = around.scene.article()
    page = opened(blocks_all=True)
    page.goto(around.hang(path))
    write(page, "Carried along.")
    frame = frame_of(page)
    expect(frame.locator("#way-out textarea")).to_have_value("Carried along.")
    with page.expect_popup() as opening:
        frame.get_by_role("button", name="Open the discussion").click()
    expect(opening.value).to_have_url(re.compile(rf"^{re.escape(around.board.url)}/"))


ACTING = """<script>
let rounds = 0;
const heard = window.heard = [], board = "BOARD", with_ = { credentials: "include" };
addEventListener("message", ({ data }) => heard.push(JSON.stringify(data)));
setInterval(() => {
  const { contentWindow } = document.querySelector("board-thread").shadowRoot.querySelector("iframe");
  contentWindow.postMessage({ board: "handover", code: "x" }, "*");
  for (const token of ["", "a.b.c", {}, 7]) contentWindow.postMessage({ board: "sso", token }, "*");
  for (const nonsense of ["x", null, []]) contentWindow.postMessage(nonsense, "*");
  rounds += 1;
}, 200);
const send = (path, body) => fetch(board + path, { ...with_, method: "POST", mode: "no-cors", body }).catch(() => {});
send("/embed/at/main/logout");
send("/embed/at/main/articles/ARTICLE/comments", new URLSearchParams({ body: "Forged." }));
fetch(board + "/embed/thread?article_id=ARTICLE", with_).then((answer) => answer.text())
  .then((text) => { window.read = text; }, () => { window.read = ""; });
</script>"""


def test_a_page_around_can_neither_read_nor_act(around: Stage, opened: Open) -> None:
    path, email = around.scene.article(), around.scene.member("Ada Author")
    article = path.rsplit("/", 1)[-1]
    page = opened()
    page.goto(around.hang(path))
    write(page, "My own.")
    log_in(frame_of(page), email)
    expect_comment(page, "My own.")
    page.goto(around.hang(path, body=ACTING.replace("BOARD", around.board.url).replace("ARTICLE", article)))
    expect(frame_of(page).get_by_text("Logged in as")).to_be_visible()
    page.wait_for_function("rounds > 5 && window.read !== undefined")
    assert page.evaluate("window.read") == ""
    assert page.evaluate("!document.querySelector('board-thread').shadowRoot.querySelector('iframe').contentDocument")
    assert all("Ada" not in message for message in page.evaluate("window.heard || []"))
    page.goto(around.hang(path))
    expect(frame_of(page).get_by_text("Logged in as")).to_be_visible()
    expect_comment(page, "My own.")
    expect(frame_of(page).locator(".comment__body", has_text="Forged.")).to_have_count(0)


def test_a_foreign_page_can_frame_nothing(around: Stage, opened: Open) -> None:
    path = around.scene.article()
    article = path.rsplit("/", 1)[-1]
    page = opened()
    for framed in (f"/embed/thread?article_id={article}", "/embed/at/main/login?again=1", "/log-in-window", "/login"):
        html = f'<!doctype html><title>Trap</title><iframe src="{around.board.url}{framed}"></iframe>'
        page.goto(around.hostile.hang("/trap", html))
        wait_until(page, lambda: page.frames[1].url.startswith("chrome-error:"))


def test_where_frames_keep_no_cookies_the_text_is_posted_from_a_tab_of_its_own(around: Stage, opened: Open) -> None:
    """As in browsers that block others' cookies and know no partitioned ones: what frames set does not arrive."""
    path, email = around.scene.article(), around.scene.member("Tabea Tab")
    page = opened()

    def drop_cookies(route: Any) -> None:
        host = around.board.url.removeprefix("http://")
        plain = route.request.url.replace("board.localhost", "127.0.0.1")
        answer = route.fetch(url=plain, headers={**route.request.headers, "host": host}, max_redirects=0)
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        route.fulfill(response=answer, headers=headers)

    page.context.route(f"{around.board.url}/embed/**", drop_cookies)
    page.goto(around.hang(path))
    write(page, "Carried along.")
    frame = frame_of(page)
    expect(frame.locator("#way-out textarea")).to_have_value("Carried along.")
    with page.expect_popup() as opening:
        frame.get_by_role("button", name="Open the discussion").click()
    own = opening.value
    log_in(own, email)
    expect(own.locator(".comment__body", has_text="Carried along.")).to_have_count(1)
