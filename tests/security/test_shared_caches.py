"""What is made for one person never says that others may keep it; a new route is covered at once."""

import re
from typing import Any

from flask import Flask

from board.accounts.models import User
from board.articles.models import Article
from tests.ballots.conftest import make_ballot
from tests.factories import make_comment

SITE_FILES = ("pages.favicon", "pages.robots")
# Frames have sessions of their own, which tests/embed/test_inside.py opens.
FRAMES = ("embed.thread", "embed.ballot", "embed.gate")
FOR_EVERYBODY = {
    "static",
    "media.picture",
    "operations.health",
    "operations.readiness",
    "comments.version",
    "embed_loader.loader",
    "embed_loader.single_sign_on",
    "syndication.fragment",
    "syndication.feed",
    *SITE_FILES,
    *FRAMES,
}


def test_what_a_member_sees_stays_out_of_shared_caches(
    app: Flask, site: Any, article: Article, author: User, admin: User, browser_for: Any
) -> None:
    make_ballot(site, slug="opening-night")
    make_comment(article, author)
    browser, kept = browser_for(admin), {}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and rule.endpoint not in FOR_EVERYBODY:
            path = re.sub(r"<(\w+:)?\w+>", lambda found: "1" if found[1] == "int:" else "opening-night", rule.rule)
            kept[path] = browser.get(path).headers.get("Cache-Control", "")
    assert {path: said for path, said in kept.items() if "no-store" not in said} == {}
