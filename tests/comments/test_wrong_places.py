"""Asked for a page that is not there: the nearest one that is, with the right status, and no work beyond a page's."""

import struct
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.operations import remove_member
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.sorting import EPOCH, MAX_INTEGER, SORTS, Sort
from board.comments.thread import load_page
from board.comments.tree import Paths
from board.extensions import db
from tests.comments.test_counts import import_thread
from tests.conftest import Browser
from tests.factories import make_article, make_comment

PAGE = "/articles/opening-night"
THREAD = f"{PAGE}/thread"


def forged(sort: Sort, number: float, comment_id: int) -> str:
    """Return a cursor that nobody was given."""
    layout = ">dq" if sort.name == "best" else ">qq"
    number = number if sort.name == "best" else int(number)
    return sort.name[0] + urlsafe_b64encode(struct.pack(layout, number, comment_id)).decode().rstrip("=")


def roots(article: Article, sort: Sort, **asked: Any) -> list[Comment]:
    """Return the roots of a page, as they are stored."""
    page = load_page(article, sort, Paths("/comments/", "/members/"), path="/x", **asked)
    return [db.session.get_one(Comment, node.comment.id) for node in page.nodes]


@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS)
def test_a_forged_cursor_gives_the_page_nearest_to_its_place(sort: Sort, article: Article, author: User) -> None:
    import_thread(article, author, 150)
    everything = roots(article, sort)
    for direction in ("after", "before"):
        for number in (-(2**53), -1, 0, 1, 2**40, 2**53):
            for comment_id in (-(2**63), 0, 7, MAX_INTEGER):
                page = roots(article, sort, **{direction: forged(sort, number, comment_id)})
                assert page, (direction, number, comment_id)
                assert all(root.article_id == article.id and root.parent_id is None for root in page)
    middle = everything[3]
    value = getattr(middle, sort.key.key)
    value = (value - EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value
    place = forged(sort, value, middle.id)
    assert place == sort.cursor(middle)
    assert roots(article, sort, after=place)[0].id == everything[4].id


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(raw=st.binary(min_size=16, max_size=16), sort=st.sampled_from(sorted(SORTS)), at=st.sampled_from("bnor"))
def test_any_sixteen_bytes_are_a_place_or_none(
    raw: bytes, sort: str, at: str, article: Article, comment: Comment, client: Browser
) -> None:
    cursor = at + urlsafe_b64encode(raw).decode().rstrip("=")
    for name in ("after", "before"):
        answer = client.get(THREAD, query_string={"sort": sort, name: cursor})
        assert answer.status_code == 200
        assert f'id="comment-{comment.id}"' in answer.text


@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS)
def test_a_cursor_of_another_sort_gives_the_first_page(sort: Sort, article: Article, author: User) -> None:
    import_thread(article, author, 150)
    first, some = roots(article, sort), db.session.get_one(Comment, 1)
    for other in SORTS.values():
        if other is not sort:
            assert roots(article, sort, after=other.cursor(some)) == first
            assert roots(article, sort, before=other.cursor(some)) == first


def test_a_cursor_of_another_thread_is_a_place_in_this_one(article: Article, author: User, other_member: User) -> None:
    elsewhere = make_article(article.site, "closing-night")
    one, foreign, two = (
        make_comment(where, author, f"Comment {number}") for number, where in enumerate((article, elsewhere, article))
    )
    oldest = SORTS["oldest"]
    assert roots(article, oldest, after=oldest.cursor(foreign)) == [two]
    assert one in roots(article, oldest, before=oldest.cursor(foreign))


def test_a_cursor_of_a_comment_that_is_gone_still_holds_its_place(article: Article, author: User, app: Flask) -> None:
    app.config["BOARD"].thread_page_size = 2
    comments = [make_comment(article, author, f"Comment {number}") for number in range(6)]
    oldest = SORTS["oldest"]
    place = oldest.cursor(comments[1])
    comments[1].delete()
    comments[2].remove("spam")
    db.session.commit()
    assert roots(article, oldest, after=place) == comments[2:4]


@pytest.mark.parametrize("limit", ["1000000000", "-1", "9" * 40])
def test_no_page_grows_with_a_limit_that_is_asked_for(
    limit: str, article: Article, author: User, client: Browser, app: Flask
) -> None:
    app.config["BOARD"].thread_page_size = 3
    root = make_comment(article, author, "Root")
    for number in range(5):
        make_comment(article, author, f"Comment {number}")
    for number in range(12):
        make_comment(article, author, f"Reply {number}", root)
    asked = "&".join(f"{name}={limit}" for name in ("limit", "size", "per_page", "page_size"))
    for path, most in ((THREAD, 3 * (1 + 12)), (f"/comments/{root.id}/replies?after=-1", 10 + 1)):
        text = client.get(f"{path}{'&' if '?' in path else '?'}{asked}").text
        assert 0 < text.count('<article class="comment') <= most
    counts = "/api/v1/counts?article_id=opening-night"
    assert client.get(f"{counts}&{asked}").data == client.get(counts).data


def test_counts_of_too_many_articles_are_refused_not_counted(article: Article, client: Browser) -> None:
    asked = "&".join(f"article_id=a{number}" for number in range(101))
    assert client.get(f"/api/v1/counts?{asked}").status_code == 400


def test_a_closed_thread_is_still_read_and_refuses_what_is_sent(
    article: Article, author: User, client: Browser, browser_for: Any
) -> None:
    comment = make_comment(article, author)
    article.comments = "closed"
    db.session.commit()
    for path in (PAGE, THREAD, f"{PAGE}?comment={comment.id}", f"/comments/{comment.id}/replies?after=-1"):
        assert client.get(path).status_code == 200
    ada = browser_for(author)
    assert "no longer accepted" in ada.get(PAGE).text
    for path in (f"{PAGE}/comments", f"/comments/{comment.id}/replies"):
        assert ada.post(path, {"body": "Too late."}).status_code == 409
    assert db.session.scalars(select(Comment.id)).all() == [comment.id]


def test_links_into_a_thread_whose_comments_went(article: Article, author: User, client: Browser) -> None:
    root = make_comment(article, author, "Root")
    reply = make_comment(article, author, "Reply", root)
    root.delete()
    db.session.commit()
    assert client.get(f"/comments/{root.id}").status_code == 302  # its place is kept for the reply
    assert "Deleted by its author" in client.get(f"{PAGE}?comment={root.id}").text
    assert client.get(f"/comments/{root.id}/replies?after=-1").status_code == 200
    db.session.refresh(reply)
    reply.delete()
    db.session.commit()
    for path in (f"/comments/{reply.id}", f"/comments/{root.id}", f"/comments/{root.id}/replies?after=-1"):
        assert client.get(path).status_code == 404
    assert client.get(f"{PAGE}?comment={reply.id}").status_code == 200


def test_the_thread_of_an_erased_member_keeps_its_shape(article: Article, author: User, client: Browser) -> None:
    comment = make_comment(article, author)
    remove_member(author)
    db.session.commit()
    page = client.get(PAGE)
    assert page.status_code == 200
    assert f'id="comment-{comment.id}"' in page.text and "Ada Author" not in page.text
    assert client.get(f"/members/{author.id}").status_code == 404
