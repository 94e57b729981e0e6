"""Other ways to log in inside a frame, on another site's page, and what a log-in changes in the frame beside it."""

import secrets
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import expect

from tests.browser.authenticator import Authenticator
from tests.browser.framing import Open, Stage, expect_comment, frame_of, log_in, window, write

TOLD = "This page could not log you in here. You can log in below, or read on without."


def test_a_passkey_signs_in_through_the_window(around: Stage, opened: Open) -> None:
    path, email = around.scene.article(), around.scene.member("Paula Passkey")
    page = opened()
    keys = passkeys_of(page.context.new_page(), around.board.url, email)
    page.goto(around.hang(path))
    write(page, "By passkey.")
    with page.expect_popup() as opening:
        frame_of(page).get_by_role("button", name="Log in with a passkey, or another way").click()
    shown = opening.value
    Authenticator(shown, keys)
    shown.get_by_role("link", name="Log in with a passkey").click()
    shown.get_by_role("button", name="Use my passkey").click()
    shown.get_by_role("button", name="Go on as").click()
    expect_comment(page, "By passkey.")
    assert shown.is_closed() or shown.wait_for_event("close") is not None


def passkeys_of(page: Any, board_url: str, email: str) -> list[Any]:
    """Set up a passkey on Board's own pages, and log out again; return what the authenticator keeps."""
    authenticator = Authenticator(page)
    page.goto(f"{board_url}/login?next=/account/passkeys")
    log_in(page, email)
    page.get_by_label("What to call it").fill("Laptop")
    page.get_by_label("Log in with it instead of the password").check()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("Laptop", exact=True)).to_be_visible()
    page.goto(f"{board_url}/logout")
    page.locator("main").get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{board_url}/")
    keys = authenticator.keys
    page.close()
    return keys


def vouched(around: Stage, key: tuple[str, str], name: str, **more: Any) -> str:
    present = int(time.time())
    said = {
        "aud": "main",
        "sub": name,
        "name": name,
        "iat": present,
        "exp": present + 120,
        "jti": secrets.token_hex(16),
    }
    return jwt.encode({"alg": "HS256", "kid": key[0]}, {**said, **more}, OctKey.import_key(key[1]))


def test_the_publishers_token_signs_in_and_its_log_out_signs_out(around: Stage, opened: Open) -> None:
    path, key, name = around.scene.article(), around.scene.sso_key(), around.scene.name()
    page = opened()
    around.publisher.hang("/token", vouched(around, key, name))
    page.goto(around.hang(path, attributes='sso-url="/token"'))
    expect(frame_of(page).get_by_text(f"Logged in as {name}")).to_be_visible()
    frame_of(page).get_by_label("Your comment").fill("Vouched for.")
    frame_of(page).get_by_role("button", name="Post comment").click()
    expect_comment(page, "Vouched for.")
    page.reload()
    expect(frame_of(page).get_by_text(f"Logged in as {name}")).to_be_visible()
    around.publisher.hang("/token", " ")
    page.reload()
    expect(frame_of(page).locator("#comment-form").get_by_role("link", name="log in")).to_be_visible()


def test_a_token_in_an_attribute_signs_in_and_a_wrong_one_is_told(around: Stage, opened: Open) -> None:
    path, key, name = around.scene.article(), around.scene.sso_key(), around.scene.name()
    page = opened()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.goto(around.hang(path, attributes=f'sso-token="{vouched(around, key, name, aud="elsewhere")}"'))
    expect(frame_of(page).get_by_role("alert")).to_have_text(TOLD)
    assert any("The token is for another site" in line for line in said)
    page.goto(around.hang(path, attributes=f'sso-token="{vouched(around, key, name)}"'))
    expect(frame_of(page).get_by_text(f"Logged in as {name}")).to_be_visible()


def test_a_replayed_token_signs_nobody_in(around: Stage, opened: Open, chromium: Any, tmp_path: Path) -> None:
    path, key, name = around.scene.article(), around.scene.sso_key(), around.scene.name()
    page = opened()
    address = around.hang(path, attributes=f'sso-token="{vouched(around, key, name)}"')
    page.goto(address)
    expect(frame_of(page).get_by_text(f"Logged in as {name}")).to_be_visible()
    with window(chromium, tmp_path / "another") as other:
        other.goto(address)
        expect(frame_of(other).get_by_role("alert")).to_have_text(TOLD)
        expect(frame_of(other).get_by_text("Logged in as")).to_have_count(0)


def test_a_vote_is_cast_inside_the_frame(around: Stage, opened: Open) -> None:
    slug = around.scene.ballot(around.scene.article())
    page = opened()
    loader = f'<script async src="{around.board.url}/embed.js"></script>'
    html = f'<!doctype html><title>Vote</title><board-ballot ballot="{slug}"></board-ballot>{loader}'
    page.goto(around.publisher.hang("/vote", html))
    frame = page.frame_locator("board-ballot iframe")
    frame.get_by_role("radio").first.check()
    frame.get_by_role("button", name="Vote").click()
    expect(frame.locator(".ballot__voted")).to_be_visible()
    page.reload()
    expect(frame.locator(".ballot__voted")).to_be_visible()


def test_a_vote_counts_at_the_first_press_after_a_log_in_or_log_out_beside_it(around: Stage, opened: Open) -> None:
    path, email = around.scene.article(), around.scene.member("Ada Author")
    slugs = [around.scene.ballot(path, who="anyone") for _time in range(2)]
    page = opened()
    ballots = "".join(f'<board-ballot ballot="{slug}" id="{slug}"></board-ballot>' for slug in slugs)
    thread = f'<board-thread article-id="{path.rsplit("/", 1)[-1]}"></board-thread>'
    loader = f'<script async src="{around.board.url}/embed.js"></script>'
    page.goto(around.publisher.hang("/votes", f"<!doctype html><title>Votes</title>{ballots}{thread}{loader}"))
    first, second = (page.frame_locator(f"#{slug} iframe") for slug in slugs)
    for ballot in (first, second):
        ballot.get_by_role("radio").first.check()
    before = token_in(first)
    frame_of(page).locator("#comment-form").get_by_role("link", name="log in").click()
    log_in(frame_of(page), email)
    expect(frame_of(page).get_by_text("Logged in as Ada Author")).to_be_visible()
    expect(first.locator("[name=csrf_token]").first).not_to_have_value(before)
    first.get_by_role("button", name="Vote").press("Enter")  # by key: a frame below may grow under a pointer
    expect(first.locator(".ballot__voted")).to_be_visible()
    during = token_in(second)
    frame_of(page).get_by_role("button", name="Log out").click()
    expect(second.locator("[name=csrf_token]").first).not_to_have_value(during)
    second.get_by_role("button", name="Vote").press("Enter")  # by key: a frame below may grow under a pointer
    expect(second.locator(".ballot__voted")).to_be_visible()


def test_a_frame_takes_no_other_persons_token_but_asks_who_reads(around: Stage, opened: Open) -> None:
    """What stands in it would be ascribed to whoever has just logged in, in another tab perhaps."""
    path, email = around.scene.article(), around.scene.member("Ada Author")
    page = opened()
    page.goto(around.hang(path))
    frame_of(page).locator("#comment-form").get_by_role("link", name="log in").click()
    log_in(frame_of(page), email)
    expect(frame_of(page).get_by_text("Logged in as Ada Author")).to_be_visible()
    frame_of(page).locator("body").evaluate(
        """body => {
          body.dataset.former = "yes";
          const { site } = document.querySelector("script[data-site]").dataset;
          new BroadcastChannel("board " + site).postMessage({ token: "another's", member: "0" });
        }"""
    )
    expect(frame_of(page).locator("body[data-former]")).to_have_count(0)
    expect(frame_of(page).get_by_text("Logged in as Ada Author")).to_be_visible()
    assert token_in(frame_of(page)) != "another's"


def token_in(frame: Any) -> str:
    return str(frame.locator("[name=csrf_token]").first.input_value())
