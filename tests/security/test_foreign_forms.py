"""No route that changes anything takes a form from another site, or without a token; a new route is covered at once."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from board.accounts.models import User
from board.csrf import SAFE_METHODS, public_token
from tests.conftest import OWN_ORIGIN
from tests.reading import queries

# A mail program presses "unsubscribe" itself (RFC 8058); the secret in the link is what allows it.
MAY_COME_FROM_ELSEWHERE = {"gate.leave_newsletter"}
# No cookie of Board's own pages reaches these, so nobody is signed in there, and the token of all readers will do.
WITHOUT_SESSION = {("POST", "/embed/articles")}
# A frame has no token of the tab that it leads to: the origin is asked, and a signed ticket in place of the token.
BY_TICKET = {("POST", "/ballots/x/tab")}
ORIGINS: dict[str, dict[str, str]] = {
    "none": {},
    "null": {"Origin": "null"},
    "foreign": {"Origin": "https://evil.example"},
    "like ours": {"Origin": f"{OWN_ORIGIN}.evil.example"},
    "another port": {"Origin": f"{OWN_ORIGIN}:8080"},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "foreign referrer": {"Referer": "https://evil.example/"},
}


def changing_routes(app: Flask) -> list[tuple[str, str]]:
    """Return each method and path that may change something, with made-up values in it."""
    return [
        (method, path_of(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - SAFE_METHODS)
        if rule.endpoint not in MAY_COME_FROM_ELSEWHERE
    ]


def path_of(rule: Rule) -> str:
    """Return the rule's path with a value for each argument."""
    return re.sub(r"<(\w+:)?\w+>", lambda found: "1" if found[1] == "int:" else "x", rule.rule)


def send(browser: Any, method: str, path: str, token: str, headers: dict[str, str]) -> int:
    """Send a form with exactly these headers; return the status."""
    form = {"csrf_token": token}
    answer = browser._outside_of_the_test(browser.http.open, path, method=method, data=form, headers=headers)
    return int(answer.status_code)


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_form_from_elsewhere_is_refused(app: Flask, author: User, browser_for: Any, origin: str) -> None:
    browser = browser_for(author)
    sent = {route: send(browser, *route, browser.token(), ORIGINS[origin]) for route in changing_routes(app)}
    assert {route: status for route, status in sent.items() if status != 403} == {}


@pytest.mark.parametrize("token", ["", "nonsense", "public"])
def test_a_members_form_without_their_own_token_is_refused(
    app: Flask, author: User, browser_for: Any, token: str
) -> None:
    browser, token = browser_for(author), public_token() if token == "public" else token
    sent = {route: send(browser, *route, token, {"Origin": OWN_ORIGIN}) for route in changing_routes(app)}
    may = BY_TICKET | (WITHOUT_SESSION if token == public_token() else set())
    assert {route: status for route, status in sent.items() if status != 400 and route not in may} == {}


def test_a_refused_form_keeps_the_text_and_can_be_sent_again(browser_for: Any, author: User, article: Any) -> None:
    browser = browser_for(author)
    form = {"csrf_token": "stale", "body": "A long <b>thought</b>."}
    answer = browser._outside_of_the_test(
        browser.http.post, "/articles/opening-night/comments", data=form, headers={"Origin": OWN_ORIGIN}
    )
    assert answer.status_code == 400
    assert "A long &lt;b&gt;thought&lt;/b&gt;." in answer.text
    assert 'action="/articles/opening-night/comments"' in answer.text


def test_a_refused_form_has_its_number_in_the_log(client: Any) -> None:
    answer = client.post("/articles/opening-night/comments", {"body": "x"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert answer.headers["X-Request-ID"]


def test_a_foreign_form_asks_the_database_nothing(app: Flask, client: Any) -> None:
    with queries() as sent:
        client.post("/articles/opening-night/comments", {"body": "x"}, headers={"Origin": "https://evil.example"})
    assert not sent


def test_no_page_falls_over_for_a_signed_out_reader(app: Flask, client: Any) -> None:
    wrong = {}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()):
            path = path_of(rule)
            status = client.get(path).status_code
            if status >= 500 and path != "/readyz":
                wrong[path] = status
    assert not wrong
