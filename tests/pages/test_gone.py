"""Ready bytes of what is asked for in a thousand ways, closed, or gone."""

import pytest
from flask import Flask
from sqlalchemy import delete

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment, Thread
from board.extensions import db
from board.pagecache import PageCache
from board.storage import now
from tests.conftest import Browser
from tests.factories import make_comment
from tests.pages.test_ready import a_second_passes

PAGE = "/articles/opening-night"
THREAD = f"{PAGE}/thread"


def test_a_thousand_different_query_strings_are_one_page_and_one_entry(
    cached_app: Flask,
    cache: PageCache,
    article: Article,
    author: User,
) -> None:
    make_comment(article, author)
    reader = Browser(cached_app)
    page = reader.get(PAGE)
    for number in range(250):
        for query in (
            f"x{number}={number}",
            f"limit={10**9 + number}",
            f"sort=x{number}",
            f"comment=a{number}&after=z{number}",
        ):
            answer = reader.get(f"{PAGE}?{query}")
            assert answer.headers["ETag"] == page.headers["ETag"]
    assert len(cache.store.pages) == 1


def test_a_thread_closed_meanwhile_is_shown_closed_a_second_later(
    cached_app: Flask,
    cache: PageCache,
    article: Article,
    author: User,
) -> None:
    make_comment(article, author)
    reader = Browser(cached_app)
    assert "no longer accepted" not in reader.get(PAGE).text
    article.comments, article.updated_at = "closed", now()
    db.session.commit()
    a_second_passes(cache)
    answer = reader.get(PAGE)
    assert answer.status_code == 200 and "no longer accepted" in answer.text


@pytest.mark.parametrize("path", [PAGE, THREAD, f"{THREAD}/version"])
def test_a_thread_erased_meanwhile_is_gone_from_ready_bytes_too(
    path: str,
    cached_app: Flask,
    cache: PageCache,
    article: Article,
    author: User,
) -> None:
    make_comment(article, author)
    reader = Browser(cached_app)
    assert reader.get(path).status_code == 200
    for table in (Comment, Thread, Article):
        db.session.execute(delete(table))
    db.session.commit()
    a_second_passes(cache)
    assert reader.get(path).status_code == 404
    assert not cache.store.pages
