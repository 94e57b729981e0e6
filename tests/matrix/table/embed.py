"""Frames on publishers' pages, and what describes threads to other machines."""

from tests.matrix.entries import EVERYBODY, get, post

ENTRIES = [
    get("embed.thread", "/embed/thread?article_id={article}", EVERYBODY),
    get("embed.gate", "/embed/gate?article_id={gated}", EVERYBODY),
    get("embed.ballot", "/embed/ballots/{open}", EVERYBODY),
    post(
        "embed.register", "/embed/articles", EVERYBODY, 400, form={"ticket": "made-up"},
        logs="article.added", made_up="tests/embed",
    ),
    get("embed_loader.loader", "/embed.js", EVERYBODY),
    get("syndication.feed", "/articles/{article}/thread.atom", EVERYBODY),
    get("syndication.fragment", "/articles/{article}/thread/fragment", EVERYBODY),
    get("syndication.oembed", "/oembed", EVERYBODY, 400),
]  # fmt: skip
