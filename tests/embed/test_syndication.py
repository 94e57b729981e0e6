"""Threads for servers and programs: a fragment, a feed and oEmbed; public, fresh, and of our own pages alone."""

from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import fromstring

import pytest

from board.accounts.models import User
from board.articles.models import Article
from board.extensions import db
from tests.ballots.conftest import make_ballot
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_site
from tests.pages.conftest import A_LONG_SECOND
from tests.reading import parsed

FRAGMENT = "/articles/opening-night/thread/fragment"
FEED = "/articles/opening-night/thread.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(text: str) -> list[ElementTree.Element]:
    return list(fromstring(text.encode()).findall(f"{ATOM}entry"))


def ask(client: Browser, url: str, **more: Any) -> Any:
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in {"url": url, **more}.items())
    return client.get(f"/oembed?{query}")


def test_a_fragment_has_whole_addresses_and_nothing_that_runs(client: Browser, article: Article, author: User) -> None:
    first = make_comment(article, author, "Bravo, [see here](https://example.com/).")
    make_comment(article, author, "So say I.", first)
    answer = client.get(FRAGMENT)
    assert "public" in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    root = parsed(answer.text)
    for element in root.iter():
        assert element.tag not in {"script", "style", "form", "input", "link"}
        for name in ("href", "src"):
            assert element.get(name, "https://").startswith(("http://localhost/", "https://"))
    assert "So say I." in answer.text
    assert author.email not in answer.text


def test_a_fragment_is_the_same_for_a_member(browser_for: Any, client: Browser, article: Article, author: User) -> None:
    make_comment(article, author)
    assert browser_for(author).get(FRAGMENT).text == client.get(FRAGMENT).text


@pytest.mark.parametrize("path", [FRAGMENT, FEED])
def test_a_removal_shows_a_second_later(
    cached_app: Any,
    cache: Any,
    article: Article,
    author: User,
    moderator: User,
    path: str,
) -> None:
    reader = Browser(cached_app)
    comment = make_comment(article, author, "Bravo.")
    make_comment(article, author, "Encore.", comment)
    assert "Bravo." in reader.get(path).text
    assert cache.counts.built == 1
    assert "Bravo." in reader.get(path).text
    assert cache.counts.built == 1
    comment.remove("off_topic")
    db.session.commit()
    for page in cache.store.pages.values():
        page.checked -= A_LONG_SECOND + 1
    assert "Bravo." not in reader.get(path).text
    assert "Encore." in reader.get(path).text


def test_a_feed_tells_who_wrote_what_and_where(client: Browser, article: Article, author: User) -> None:
    comment = make_comment(article, author, "Bravo & <b> **encore**.")
    answer = client.get(FEED)
    assert answer.mimetype == "application/atom+xml"
    (entry,) = entries(answer.text)
    assert entry.findtext(f"{ATOM}id") == f"http://localhost/comments/{comment.id}"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Ada Author"
    assert entry.findtext(f"{ATOM}content") == comment.body_html
    assert author.email not in answer.text


def test_a_feed_is_bounded_and_stands_still_while_nobody_writes(
    client: Browser, article: Article, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("board.embed.feed.MAX_ENTRIES", 2)
    assert client.get(FEED).text == client.get(FEED).text
    for number in range(3):
        make_comment(article, author, f"Number {number}.")
    found = [entry.findtext(f"{ATOM}content") for entry in entries(client.get(FEED).text)]
    assert found == ["<p>Number 2.</p>", "<p>Number 1.</p>"]


def test_a_feed_is_well_formed_whatever_the_title(client: Browser, site: Any) -> None:
    make_article(site, title="A & B < C \x0b \ud7ff ]]>")
    fromstring(client.get(FEED).text.encode())


def test_pages_name_their_feed_and_their_oembed_answer(client: Browser, article: Article) -> None:
    for path in ("/articles/opening-night", "/articles/opening-night/thread"):
        found = {link.get("type"): link.get("href") for link in parsed(client.get(path).text).iter("link")}
        assert found["application/atom+xml"] == f"http://localhost{FEED}"
        answer = client.get(found["application/json+oembed"].removeprefix("http://localhost"))
        assert answer.json["title"] == "Opening night"


def test_oembed_knows_threads_comments_and_ballots(client: Browser, article: Article, author: User) -> None:
    comment = make_comment(article, author, "Bravo & encore.")
    ballot = make_ballot(article.site)
    thread = ask(client, "http://localhost/articles/opening-night").json
    assert 'src="http://localhost/embed/thread?article_id=opening-night"' in thread["html"]
    one = ask(client, f"http://localhost/articles/opening-night?comment={comment.id}#comment-{comment.id}").json
    assert "Bravo &amp; encore." in one["html"]
    assert one["author_name"] == "Ada Author"
    assert one == ask(client, f"http://localhost/comments/{comment.id}").json
    vote = ask(client, f"http://localhost/ballots/{ballot.slug}").json
    assert f"/embed/ballots/{ballot.slug}" in vote["html"]
    assert vote["title"] == ballot.question


def test_oembed_keeps_to_the_room_it_is_given(client: Browser, article: Article) -> None:
    answer = ask(client, "http://localhost/articles/opening-night", maxwidth=320, maxheight=240)
    assert (answer.json["width"], answer.json["height"]) == (320, 240)
    assert 'width="320" height="240"' in answer.json["html"]
    assert ask(client, "http://localhost/articles/opening-night", maxwidth="wide").status_code == 400


def test_oembed_speaks_xml_and_says_what_it_does_not_speak(client: Browser, site: Any) -> None:
    make_article(site, title="A & B < C")
    answer = ask(client, "http://localhost/articles/opening-night", format="xml")
    assert fromstring(answer.text).findtext("title") == "A & B < C"
    assert ask(client, "http://localhost/articles/opening-night", format="yaml").status_code == 501


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/articles/opening-night",
        "http://localhost.elsewhere.example/articles/opening-night",
        "http://localhost@elsewhere.example/articles/opening-night",
        "//localhost/articles/opening-night",
        "http://localhost/account",
        "http://localhost/articles/unknown",
        "http://localhost/comments/99999999999999999999",
        "http://localhost/ballots/unknown",
        "file:///etc/passwd",
        "http://[::1",
    ],
)
def test_oembed_knows_no_other_address(client: Browser, article: Article, url: str) -> None:
    assert ask(client, url).status_code == 404


def test_oembed_shows_no_comment_that_is_not_shown(
    client: Browser, article: Article, author: User, moderator: User
) -> None:
    comment = make_comment(article, author, "Off with it.")
    comment.remove("off_topic")
    db.session.commit()
    assert ask(client, f"http://localhost/comments/{comment.id}").status_code == 404


def test_oembed_keeps_to_the_site_that_is_named(client: Browser, article: Article) -> None:
    make_article(make_site("second", "The Second"), "second-night", title="Second night")
    url = "http://localhost/articles/second-night"
    assert ask(client, url).status_code == 404
    assert ask(client, f"{url}?site=second").json["title"] == "Second night"


def test_each_address_has_its_own_oembed_answer(cached_app: Any, article: Article) -> None:
    make_article(article.site, "second-night", title="Second night")
    reader = Browser(cached_app)
    for name, title in (("opening-night", "Opening night"), ("second-night", "Second night")):
        assert ask(reader, f"http://localhost/articles/{name}").json["title"] == title
