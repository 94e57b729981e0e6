"""Ready bytes in front of the real application: fresh within a second, never anybody's own."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.dialects import sqlite

from board import create_app
from board.accounts.models import User
from board.articles.models import Article
from board.ballots.recounts import recount
from board.ballots.votes import cast_vote
from board.extensions import db
from board.pagecache import PageCache
from board.pages import ready, stamps
from board.storage import now
from tests.ballots.conftest import make_ballot, place
from tests.conftest import Browser, _settings
from tests.factories import make_article, make_comment
from tests.pages.conftest import A_LONG_SECOND


@pytest.fixture
def reader(cached_app: Flask) -> Browser:
    """Open a signed-out browser in front of the cache."""
    return Browser(cached_app)


def a_second_passes(cache: PageCache) -> None:
    for page in cache.store.pages.values():
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
    assert not cache.store.pages
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
    assert not cache.store.pages


def test_the_text_behind_a_gate_is_never_kept(
    cached_app: Flask, cache: PageCache, reader: Browser, article: Article
) -> None:
    make_article(article.site, "gated", gate="email", body_blocks=[f"<p>Part {n}.</p>" for n in range(1, 6)])
    opener = Browser(cached_app)
    opener.post("/articles/gated/unlock", {"email": "reader@example.com"})
    assert "Part 5." in opener.get("/articles/gated").text
    assert "Part 5." not in reader.get("/articles/gated").text
    assert all(b"Part 5." not in page.page.plain() for page in cache.store.pages.values())


def test_pages_and_what_they_load_can_be_kept_by_caches_on_the_way(reader: Browser, article: Article) -> None:
    control = reader.get("/articles/opening-night").headers["Cache-Control"]
    assert "s-maxage=1" in control and "stale-while-revalidate" in control and "stale-if-error" in control
    path = next(part for part in reader.get("/").text.split('"') if part.startswith("/static/css/"))
    assert "immutable" in reader.get(path).headers["Cache-Control"]
    assert "immutable" not in reader.get(path.partition("?")[0]).headers["Cache-Control"]


def test_a_page_that_is_not_there_is_not_kept(reader: Browser, cache: PageCache, site: Any) -> None:
    for number in range(20):
        assert reader.get(f"/articles/nothing-{number}").status_code == 404
    assert not cache.store.pages


def test_a_new_article_and_a_new_comment_are_on_the_front_page_a_second_later(
    reader: Browser, cache: PageCache, article: Article, author: User
) -> None:
    assert "Opening night" in reader.get("/").text
    make_article(article.site, "second-night", title="Second night")
    a_second_passes(cache)
    assert "Second night" in reader.get("/").text
    assert "1 comment" not in reader.get("/").text
    make_comment(article, author)
    a_second_passes(cache)
    assert "1 comment" in reader.get("/").text


@pytest.mark.parametrize("path", ["/", "/articles/opening-night", "/articles/opening-night/thread/version"])
def test_while_nothing_changes_no_page_is_made_anew(
    reader: Browser, cache: PageCache, article: Article, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "stretch", lambda _path: 0)
    for _ in range(3):
        assert reader.get(path).status_code == 200
        a_second_passes(cache)
    assert cache.counts.built == 1
    assert cache.counts.unchanged == 2


@pytest.mark.only_on("sqlite")  # PostgreSQL scans tables that are nearly empty
@pytest.mark.parametrize(
    "page", ["/", "/articles/a", "/articles/a?site=b", "/articles/a/thread", "/comments/1/replies", "/ballots/a"]
)
def test_the_version_of_a_page_is_read_by_index(app: Flask, page: str) -> None:
    path, _, query = page.partition("?")
    asked = stamps._statement_for(path, query)
    assert asked is not None
    statement = asked[0]().compile(dialect=sqlite.dialect(paramstyle="named"))
    with closing(db.engine.raw_connection()) as connection:
        rows = connection.cursor().execute(
            f"EXPLAIN QUERY PLAN {statement}", dict(statement.params) | asked[1] | {"now": ""}
        )
        plan = "\n".join(row[3] for row in rows)
    assert "SEARCH" in plan
    assert "SCAN" not in plan


def test_a_ballot_closes_on_the_page_at_its_time(
    reader: Browser, cache: PageCache, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "stretch", lambda _path: 0)
    ballot = make_ballot(article.site, results="after-close", closes_at=now() + timedelta(minutes=5))
    place(ballot, article)
    reader.get("/articles/opening-night")
    a_second_passes(cache)
    reader.get("/articles/opening-night")
    assert cache.counts.built == 1
    a_second_passes(cache)
    with time_machine.travel(now() + timedelta(minutes=6)):
        reader.get("/articles/opening-night")
    assert cache.counts.built == 2


def test_a_ballot_for_the_whole_site_is_on_the_page_a_second_later(
    reader: Browser, cache: PageCache, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "stretch", lambda _path: 0)
    assert "Which is the best musical?" not in reader.get("/articles/opening-night").text
    make_ballot(article.site, reach="site")
    a_second_passes(cache)
    assert "Which is the best musical?" in reader.get("/articles/opening-night").text


@pytest.mark.parametrize("name", ["robots.txt", "favicon.ico"])
def test_an_article_named_like_a_file_for_all_is_personal(name: str) -> None:
    assert ready.is_personal(f"/articles/{name}", "board=session")
    assert not ready.is_personal("/robots.txt", "board=session")


def test_pages_are_not_all_made_anew_at_one_moment() -> None:
    with time_machine.travel(1_800_000_000, tick=False):
        before = [ready.stretch(f"/articles/{number}") for number in range(100)]
    with time_machine.travel(1_800_000_000 + ready.TRUST_SECONDS / 2, tick=False):
        after = [ready.stretch(f"/articles/{number}") for number in range(100)]
    assert 20 < sum(then != now_ for then, now_ in zip(before, after, strict=True)) < 80


@pytest.mark.parametrize("page", ["/results", "/results.json", "/share.png"])
def test_a_vote_is_in_a_ballots_results_a_second_later(
    reader: Browser, cache: PageCache, article: Article, page: str
) -> None:
    ballot = make_ballot(article.site, results="always")
    before = reader.get(f"/ballots/{ballot.slug}{page}").data
    cast_vote(ballot, "d:1", [[ballot.options[0].id, 1]])
    db.session.commit()
    recount(ballot)
    assert reader.get(f"/ballots/{ballot.slug}{page}").data == before
    a_second_passes(cache)
    assert reader.get(f"/ballots/{ballot.slug}{page}").data != before


def test_a_sites_new_name_is_on_its_ballots_a_second_later(reader: Browser, cache: PageCache, article: Article) -> None:
    ballot = make_ballot(article.site)
    assert "The Prompt Corner" not in reader.get(f"/ballots/{ballot.slug}").text
    article.site.name = "The Prompt Corner"
    db.session.commit()
    a_second_passes(cache)
    assert "The Prompt Corner" in reader.get(f"/ballots/{ballot.slug}").text


@pytest.mark.parametrize(
    "header", ["Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Prefix",
               "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"]
)  # fmt: skip
@pytest.mark.parametrize("path", ["/articles/opening-night", "/articles/opening-night/thread", "/"])
def test_forwarding_headers_poison_nothing_behind_a_trusted_proxy(
    app: Flask, database_url: str, tmp_path: Path, article: Article, header: str, path: str
) -> None:
    settings = _settings(database_url, tmp_path)
    settings.page_cache_megabytes, settings.trusted_proxies = 8, 1
    behind_proxy = create_app(settings)
    forger = Browser(behind_proxy).get(path, headers={header: "evil.example"})
    later = Browser(behind_proxy).get(path)
    assert (forger.status_code, forger.data) == (later.status_code, later.data) == (200, later.data)
    assert "evil" not in later.text
    assert "evil" not in str(later.headers)


@pytest.mark.parametrize("path", ["/favicon.ico", "/robots.txt"])
def test_what_browsers_and_crawlers_ask_for_unasked_is_ready(
    reader: Browser, cached_app: Flask, cache: PageCache, author: User, path: str
) -> None:
    first = reader.get(path)
    assert first.status_code == 200
    assert Browser(cached_app).sign_in(author).get(path).data == first.data
    assert cache.counts.built == 1


def test_crawlers_are_sent_to_articles_and_kept_from_forms(reader: Browser) -> None:
    lines = reader.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /login" in lines
    assert "Disallow: /articles/" not in lines
