"""Ready bytes in front of the real application: fresh within a second, never anybody's own."""

from typing import Any

import pytest
from flask import Flask

from board.accounts.models import User
from board.articles.models import Article
from board.extensions import db
from board.pagecache import PageCache
from tests.conftest import Browser
from tests.factories import make_article, make_comment
from tests.pages.conftest import A_LONG_SECOND


@pytest.fixture
def reader(cached_app: Flask) -> Browser:
    """Open a signed-out browser in front of the cache."""
    return Browser(cached_app)


def a_second_passes(cache: PageCache) -> None:
    for page in cache._pages.values():
        page.checked -= A_LONG_SECOND + 1


@pytest.mark.parametrize("path", ["/articles/opening-night", "/articles/opening-night/thread"])
def test_a_comment_is_on_the_page_a_second_later(
    reader: Browser, cache: PageCache, article: Article, author: User, path: str
) -> None:
    assert "Bravo." not in reader.get(path).text
    make_comment(article, author, "Bravo.")
    assert "Bravo." not in reader.get(path).text
    a_second_passes(cache)
    assert "Bravo." in reader.get(path).text


def test_its_author_sees_it_at_once(cached_app: Flask, reader: Browser, article: Article, author: User) -> None:
    reader.get("/articles/opening-night")
    mine = Browser(cached_app).sign_in(author)
    assert mine.post("/articles/opening-night/comments", {"body": "First night, first comment."}).status_code == 303
    assert "First night, first comment." in mine.get("/articles/opening-night").text


def test_an_edited_article_is_on_the_page_a_second_later(
    reader: Browser, cache: PageCache, article: Article, editor: User, browser_for: Any
) -> None:
    reader.get("/articles/opening-night")
    from board.storage import now

    article.title, article.updated_at = "Closing night", now()
    db.session.commit()
    a_second_passes(cache)
    assert "Closing night" in reader.get("/articles/opening-night").text


def test_what_a_member_sees_never_gets_into_the_store(
    cached_app: Flask, reader: Browser, cache: PageCache, article: Article, author: User, other_member: User
) -> None:
    make_comment(article, other_member)
    for user in (author, other_member):
        page = Browser(cached_app).sign_in(user).get("/articles/opening-night")
        assert page.headers["Cache-Control"] == "private, no-store"
        assert user.display_name in page.text
    assert not cache._pages
    public = reader.get("/articles/opening-night")
    assert "Set-Cookie" not in public.headers
    assert "Ada Author" not in public.text
    assert "public" in public.headers["Cache-Control"]


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-URL", "Forwarded"])
def test_odd_headers_poison_nothing(reader: Browser, article: Article, header: str) -> None:
    reader.get("/articles/opening-night", headers={header: "evil.example"})
    assert "evil.example" not in reader.get("/articles/opening-night").text


@pytest.mark.parametrize("cookie", ["board", "board_device", "board_reader", "board_voter", "board_draft"])
def test_a_forged_cookie_gets_a_page_of_its_own_and_leaves_nothing(
    cached_app: Flask, cache: PageCache, article: Article, cookie: str
) -> None:
    forger = Browser(cached_app)
    forger.http.set_cookie(cookie, "forged")
    answer = forger.get("/articles/opening-night")
    assert answer.status_code == 200
    assert "private" in answer.headers["Cache-Control"]
    assert not cache._pages


def test_the_text_behind_a_gate_is_never_kept(
    cached_app: Flask, cache: PageCache, reader: Browser, article: Article
) -> None:
    make_article(article.site, "gated", gate="email", body_blocks=[f"<p>Part {n}.</p>" for n in range(1, 6)])
    opener = Browser(cached_app)
    opener.post("/articles/gated/unlock", {"email": "reader@example.com"})
    assert "Part 5." in opener.get("/articles/gated").text
    assert "Part 5." not in reader.get("/articles/gated").text
    assert all(b"Part 5." not in page.bodies[""] for page in cache._pages.values())


def test_pages_and_what_they_load_can_be_kept_by_caches_on_the_way(reader: Browser, article: Article) -> None:
    control = reader.get("/articles/opening-night").headers["Cache-Control"]
    assert "s-maxage=1" in control and "stale-while-revalidate" in control and "stale-if-error" in control
    path = next(part for part in reader.get("/").text.split('"') if part.startswith("/static/css/"))
    assert "immutable" in reader.get(path).headers["Cache-Control"]
    assert "immutable" not in reader.get(path.partition("?")[0]).headers["Cache-Control"]


def test_a_page_that_is_not_there_is_not_kept(reader: Browser, cache: PageCache, site: Any) -> None:
    for number in range(20):
        assert reader.get(f"/articles/nothing-{number}").status_code == 404
    assert not cache._pages
