"""Addresses of an article: what Flask would say, asked of it once for each kind and place."""

from typing import Any

import pytest
from flask import Flask, url_for

from board.articles.models import Article
from board.embed.links import enter_frame
from board.urls import article_segment, url_for_article
from tests.factories import make_site

ODD_IDS = ("opening-night", "a b", "An_Article", "2026/11/a%20b", "ü?x=1#y", "a;b,c&d=e", "[[id]]%s", "//host", "..")
KINDS = ("pages.article", "comments.thread", "comments.version")


@pytest.mark.parametrize("external_id", ODD_IDS)
@pytest.mark.parametrize("slug", [None, "second"])
def test_an_article_has_the_addresses_that_flask_gives_it(app: Flask, external_id: str, slug: str | None) -> None:
    site: dict[str, Any] = {"site": slug} if slug else {}
    for _ in range(2):
        with app.test_request_context("/"):
            for kind in KINDS:
                wanted = url_for(kind, article_id=article_segment(external_id), **site)
                assert url_for_article(kind, external_id, slug) == wanted


def test_addresses_inside_a_frame_and_outside_stay_apart(app: Flask, article: Article) -> None:
    second = make_site("an-article", "The Second")
    with app.test_request_context("/"):
        assert url_for_article("comments.post", "a b") == "/articles/a%20b/comments"
        enter_frame(second)
        assert url_for_article("comments.post", "a b") == "/embed/at/an-article/articles/a%20b/comments"
    with app.test_request_context("/embed/thread?language=de"):
        enter_frame(second)
        assert url_for_article("comments.post", "a b") == "/embed/at/an-article.de/articles/a%20b/comments"


def test_below_another_path_addresses_begin_with_it(app: Flask) -> None:
    with app.test_request_context("/", base_url="http://localhost/talk/"):
        assert url_for_article("pages.article", "a b") == "/talk/articles/a%20b"
    with app.test_request_context("/"):
        assert url_for_article("pages.article", "a b") == "/articles/a%20b"
