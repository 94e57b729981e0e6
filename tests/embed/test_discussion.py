"""A thread's page describes itself to search engines: what it shows, no more, and nothing that breaks out."""

import json
from typing import Any

from jinja2.utils import htmlsafe_json_dumps

from board.accounts.models import User
from board.articles.models import Article
from board.extensions import db
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_site
from tests.reading import parsed

THREAD = "/articles/opening-night/thread"


def block(html: str) -> str:
    """Return the text of the page's one data block."""
    blocks = [block for block in parsed(html).iter("script") if block.get("type") == "application/ld+json"]
    assert len(blocks) == 1
    return str(blocks[0].text)


def described(html: str) -> dict[str, Any]:
    """Return what the page's data block says."""
    found: dict[str, Any] = json.loads(block(html))
    return found


def link_to(html: str, way: str) -> str | None:
    found = [link.get("href") for link in parsed(html).iter("link") if link.get("rel") == way]
    return found[0] if found else None


def test_a_thread_is_described_with_its_comments(client: Browser, article: Article, author: User) -> None:
    first = make_comment(article, author, "Bravo & **encore**.")
    make_comment(article, author, "So say I.", first)
    data = described(client.get(THREAD).text)
    assert data["@type"] == "DiscussionForumPosting"
    assert data["commentCount"] == 2
    (comment,) = data["comment"]
    assert comment["text"] == "Bravo & encore."
    assert comment["author"]["name"] == "Ada Author"
    assert comment["url"] == f"http://localhost/comments/{first.id}"
    assert comment["comment"][0]["text"] == "So say I."


def test_what_is_removed_is_not_described_and_its_replies_are(
    client: Browser, article: Article, author: User, moderator: User
) -> None:
    gone = make_comment(article, author, "Off with it.")
    make_comment(article, author, "This stays.", gone)
    gone.remove("off_topic")
    db.session.commit()
    html = client.get(THREAD).text
    assert "Off with it." not in html
    assert [comment["text"] for comment in described(html)["comment"]] == ["This stays."]


def test_a_text_cannot_end_the_data_block(client: Browser, article: Article, author: User) -> None:
    make_comment(article, author, "`</script><script>alert(1)</script>` and <!-- `<script>`")
    html = client.get(THREAD).text
    assert "<script>alert" not in html
    assert "</script><script>alert(1)</script>" in described(html)["comment"][0]["text"]


def test_no_address_and_no_long_text_is_described(client: Browser, article: Article, author: User) -> None:
    make_comment(article, author, "word " * 1900)
    html = client.get(THREAD).text
    assert len(described(html)["comment"][0]["text"]) <= 1000
    assert author.email not in html


def test_each_page_of_a_thread_is_its_own_and_names_its_neighbours(
    app: Any, client: Browser, article: Article, author: User
) -> None:
    app.config["BOARD"].thread_page_size = 5
    for number in range(7):
        make_comment(article, author, f"Number {number}.")
    first = client.get(THREAD).text
    assert link_to(first, "canonical") == f"http://localhost{THREAD}"
    assert link_to(first, "prev") is None
    following = link_to(first, "next")
    assert following
    second = client.get(following.removeprefix("http://localhost")).text
    assert link_to(second, "canonical") == following
    assert link_to(second, "prev")


def test_another_order_and_a_permalink_are_the_first_page_once_more(
    client: Browser, article: Article, author: User
) -> None:
    comment = make_comment(article, author)
    for query in ("sort=newest", f"comment={comment.id}", "utm_source=mail"):
        assert link_to(client.get(f"{THREAD}?{query}").text, "canonical") == f"http://localhost{THREAD}"


def test_the_thread_of_another_site_keeps_its_site(client: Browser, site: Any, author: User) -> None:
    article = make_article(make_site("second", "The Second"), "opening-night")
    make_comment(article, author)
    html = client.get(f"{THREAD}?site=second").text
    assert link_to(html, "canonical") == f"http://localhost{THREAD}?site=second"


def test_the_data_block_is_what_jinja_would_write(client: Browser, article: Article, author: User) -> None:
    article.title = article.site.name = author.display_name = "\"comment\": null, [[name]] %(name)s <b> & 'é' 💡"
    edited = make_comment(article, author, "Two words, `[[text]]` & 100% of <them>.")
    edited.edited_at = edited.created_at
    below = make_comment(article, author, "Below it.", edited)
    make_comment(article, author, "Below that.", below).remove("off_topic")
    make_comment(article, author, "Beside it.", edited)
    db.session.commit()
    html = client.get(THREAD).text
    assert described(html)["comment"][0]["dateModified"]
    assert [comment["text"] for comment in described(html)["comment"][0]["comment"]] == ["Below it.", "Beside it."]
    assert block(html) == htmlsafe_json_dumps(described(html), sort_keys=True)
