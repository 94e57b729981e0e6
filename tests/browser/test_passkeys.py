"""A passkey, from setting it up to logging in with it, in a real browser with a virtual authenticator."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.authenticator import Authenticator
from tests.browser.conftest import PASSWORD, Server, sign_in

pytestmark = pytest.mark.browser


def add_user(server: Server, email: str, name: str) -> None:
    server.board("user", "add", email, "--name", name, "--password-stdin", stdin=PASSWORD)


def test_set_up_a_passkey_and_log_in_with_it(scripted_page: Any, server: Server) -> None:
    page = scripted_page
    add_user(server, "paula@journeys.example", "Paula Passkey")
    Authenticator(page)
    sign_in(page, "paula@journeys.example")
    page.goto("/account/passkeys")
    page.get_by_label("What to call it").fill("Laptop")
    page.get_by_label("Log in with it instead of the password").check()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/account/security")
    expect(page.get_by_text("Laptop", exact=True)).to_be_visible()
    page.goto("/logout")
    page.locator("main").get_by_role("button", name="Log out").click()
    page.wait_for_url("**/")
    page.goto("/login?next=/account/name%23main")
    page.get_by_role("link", name="Log in with a passkey").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(f"{server.url}/account/name#main")


def test_passkey_as_second_step(scripted_page: Any, server: Server) -> None:
    page = scripted_page
    add_user(server, "petra@journeys.example", "Petra Passkey")
    Authenticator(page)
    sign_in(page, "petra@journeys.example")
    page.goto("/account/passkeys")
    page.get_by_label("What to call it").fill("Key")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/account/security")
    page.goto("/logout")
    page.locator("main").get_by_role("button", name="Log out").click()
    page.wait_for_url("**/")
    sign_in_page = page.goto("/account/name")
    assert sign_in_page.ok
    page.get_by_label("E-mail").fill("petra@journeys.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(f"{server.url}/account/name")
