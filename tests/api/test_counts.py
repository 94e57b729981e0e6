"""Counts of many articles: one small public answer."""

from typing import Any

import pytest
from flask import Flask

from board.accounts.models import User
from board.articles.models import Article
from board.pagecache import canonical_query
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_site
from tests.reading import queries

PATH = "/api/v1/counts"


def test_each_article_has_its_number_and_unknown_ones_none(client: Browser, article: Article, author: User) -> None:
    make_comment(article, author)
    make_article(article.site, "2026/closing-night")
    answer = client.get(f"{PATH}?article_id=opening-night&article_id=2026/closing-night&article_id=nothing")
    assert answer.json == {"counts": {"2026/closing-night": 0, "nothing": 0, "opening-night": 1}}
    assert "public" in answer.headers["Cache-Control"] and "s-maxage" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers


def test_another_sites_articles_are_asked_for_by_its_name(client: Browser, article: Article, author: User) -> None:
    make_comment(article, author)
    other = make_site("evening", "The Evening Post")
    make_article(other, "opening-night")
    assert client.get(f"{PATH}?article_id=opening-night&site=evening").json == {"counts": {"opening-night": 0}}
    assert client.get(f"{PATH}?article_id=opening-night&site=main").json == {"counts": {"opening-night": 1}}
    assert client.get(f"{PATH}?article_id=opening-night&site=nowhere").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["", "article_id=", "article_id=a%00b", "article_id=a&site=%00", "&".join(f"article_id={n}" for n in range(101))],
)
def test_none_or_too_many_articles_are_refused_in_words(client: Browser, article: Article, query: str) -> None:
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert "1 to 100" in answer.json["error"]


def test_a_hundred_articles_take_one_query(client: Browser, article: Article) -> None:
    ids = "&".join(f"article_id={n}" for n in range(100))
    with queries() as sent:
        assert len(client.get(f"{PATH}?{ids}").json["counts"]) == 100
    assert len([query for query in sent if query.startswith("SELECT")]) == 1


def test_order_repetition_and_strange_parameters_make_no_other_entry() -> None:
    wanted = canonical_query("article_id=a&article_id=b&site=x", "article_id")
    for other in ("site=x&article_id=b&article_id=a", "article_id=b&utm=1&article_id=a&article_id=b&site=x"):
        assert canonical_query(other, "article_id") == wanted
    assert canonical_query("article_id=a&sort=best") == "sort=best"


@pytest.mark.parametrize("path", [f"{PATH}?article_id=opening-night", "/articles/opening-night/thread/version"])
def test_members_get_the_same_ready_bytes(cached_app: Flask, article: Article, author: User, path: str) -> None:
    cache: Any = cached_app.wsgi_app
    first = Browser(cached_app).get(path)
    member = Browser(cached_app).sign_in(author).get(path)
    assert (member.text, member.headers["ETag"]) == (first.text, first.headers["ETag"])
    assert len(cache.store.pages) == 1
    unchanged = Browser(cached_app).get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304


def test_a_hundred_and_one_articles_are_refused_through_ready_bytes_too(cached_app: Flask, article: Article) -> None:
    ids = "&".join(f"article_id={n}" for n in range(140))
    assert Browser(cached_app).get(f"{PATH}?{ids}").status_code == 400


def test_the_version_grows_with_each_comment(client: Browser, article: Article, author: User) -> None:
    path = "/articles/opening-night/thread/version"
    assert client.get(path).json == {"comments": 0, "version": 0}
    make_comment(article, author)
    counted = client.get(path).json
    assert counted["comments"] == 1 and counted["version"] > 0
