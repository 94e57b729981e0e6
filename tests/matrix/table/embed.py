"""Frames on publishers' pages, and what describes threads to other machines."""

from tests.matrix.entries import ADMINS, ANONYMOUS, EVERYBODY, MAY, Audience, get, post

MADE_UP_TICKET: Audience = {**dict.fromkeys(EVERYBODY, 400), ANONYMOUS: MAY}
SESSION = "a session is no state of the member's; the table of sessions is its record"

ENTRIES = [
    get("embed.thread", "/embed/thread?article_id={article}", EVERYBODY),
    get("embed.gate", "/embed/gate?article_id={gated}", EVERYBODY),
    get("embed.ballot", "/embed/ballots/{open}", EVERYBODY),
    post(
        "embed.register", "/embed/articles", MADE_UP_TICKET, 409, form={"ticket": "made-up"},
        logs="article.added", made_up="tests/embed",
    ),
    get("embed_check.pages", "/manage/sites/{site}/pages", ADMINS),
    get("embed_loader.single_sign_on", "/embed-sso.js", EVERYBODY),
    get("handover.window", "/log-in-window", EVERYBODY, 404),
    post("handover.window", "/log-in-window", EVERYBODY, 404, silent=SESSION),
    post("handover.take", "/log-in-code", EVERYBODY, 404, silent=SESSION),
    post("single_sign_on.take", "/single-sign-on", EVERYBODY, 404, silent=SESSION),
    post("single_sign_on.end", "/single-sign-on/end", EVERYBODY, 404, silent=SESSION),
    get("embed_loader.loader", "/embed.js", EVERYBODY),
    get("syndication.feed", "/articles/{article}/thread.atom", EVERYBODY),
    get("syndication.fragment", "/articles/{article}/thread/fragment", EVERYBODY),
    get("syndication.oembed", "/oembed", EVERYBODY, 400),
]  # fmt: skip
