"""Articles behind a gate, and a reader who comes to read."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from board.articles.models import Article, Site
from tests.conftest import Browser
from tests.factories import make_article

SECRET = "The butler did it"


@pytest.fixture
def gated(site: Site) -> Article:
    """Return an article whose end is for readers who leave an address."""
    return make_article(site, "whodunit", gate="email", gate_after_blocks=2, body_blocks=secret_blocks())


@pytest.fixture
def for_members(site: Site) -> Article:
    """Return an article whose end is for members."""
    return make_article(site, "inner-circle", gate="members", gate_after_blocks=2, body_blocks=secret_blocks())


@pytest.fixture
def new_browser(app: Flask) -> Callable[[], Browser]:
    """Return a function that opens another signed-out browser."""
    return lambda: Browser(app)


def secret_blocks() -> list[str]:
    """Return a body that everybody may read two paragraphs of."""
    return [
        "<p>A stormy night.</p>",
        "<p>A scream.</p>",
        f"<p>{SECRET}.</p>",
        "<h2>After</h2>",
        "<p>Tea was served.</p>",
    ]


def leave_address(browser: Any, email: str = "reader@example.com", **more: Any) -> Any:
    """Fill in the gate's form."""
    headers = {"HX-Request": "true"} if more.pop("as_fragment", False) else {}
    path = more.pop("path", "/articles/whodunit/unlock")
    return browser.post(path, {"email": email, **more}, headers=headers)
