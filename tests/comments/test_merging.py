"""Two articles become one, and two again: nothing is lost, counted twice or renumbered wrongly."""

from typing import Any

import pytest

from board.access import Refused
from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.comments.counting import faults
from board.comments.drafts import Draft
from board.comments.merging import add_alias, aliases_of, merge_article, undo_merge
from board.comments.models import Comment
from board.comments.threads import Thread, counts_of
from board.extensions import db
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_site


@pytest.fixture
def other(site: Site) -> Article:
    """Return another article of the site."""
    return make_article(site, "other-night", title="Other night")


def texts(article: Article) -> set[str]:
    """Return what is said under the article."""
    return {comment.body_source for comment in db.session.query(Comment).filter_by(article_id=article.id)}


def merge(article: Article, into: Article, **more: Any) -> None:
    """Merge and commit."""
    merge_article(article, into, **more)
    db.session.commit()


def test_a_merge_moves_the_thread_with_counts_likes_and_replies(
    article: Article, other: Article, author: User, other_member: User, admin: User
) -> None:
    kept = make_comment(article, author, "Here.")
    moved = make_comment(other, author, "There.")
    reply = make_comment(other, other_member, "Reply.", moved)
    moved.set_liked(other_member, True)
    db.session.commit()
    merge(other, article, by=admin)
    assert texts(article) == {"Here.", "There.", "Reply."}
    assert faults(article.id) == faults(other.id) == []
    assert db.session.get_one(Thread, article.id).comment_count == 3
    assert db.session.get_one(Comment, moved.id).like_count == 1
    assert db.session.get_one(Comment, reply.id).root_id == moved.id
    assert {db.session.get_one(Comment, each.id).ordinal for each in (kept, moved)} == {0, 1}
    assert db.session.query(AuditEntry).filter_by(action="article.merged").one().after == {
        "into": "opening-night", "comments": 2,
    }  # fmt: skip


def test_undoing_brings_back_what_was_moved_and_what_was_answered_since(
    article: Article, other: Article, author: User, other_member: User
) -> None:
    make_comment(article, author, "Here.")
    moved = make_comment(other, author, "There.")
    merge(other, article)
    make_comment(article, other_member, "Answer.", db.session.get_one(Comment, moved.id))
    make_comment(article, other_member, "New.")
    undo_merge(other)
    db.session.commit()
    assert texts(other) == {"There.", "Answer."}
    assert texts(article) == {"Here.", "New."}
    assert faults(article.id) == faults(other.id) == []
    assert not aliases_of(article)
    with pytest.raises(Refused):
        undo_merge(other)


def test_merges_of_merges_come_apart_in_any_order(site: Site, article: Article, other: Article, author: User) -> None:
    third = make_article(site, "third-night")
    for each, text in ((article, "One."), (other, "Two."), (third, "Three.")):
        make_comment(each, author, text)
    merge(third, other)
    merge(other, article)
    assert texts(article) == {"One.", "Two.", "Three."}
    assert {each.id for each in aliases_of(article)} == {other.id, third.id}
    assert counts_of(["third-night", "other-night"]) == {"third-night": 3, "other-night": 3}
    undo_merge(other)
    db.session.commit()
    assert (texts(article), texts(other)) == ({"One."}, {"Two.", "Three."})
    merge(other, article)
    undo_merge(third)
    undo_merge(other)
    db.session.commit()
    assert [texts(each) for each in (article, other, third)] == [{"One."}, {"Two."}, {"Three."}]
    assert [faults(each.id) for each in (article, other, third)] == [[], [], []]


def test_what_comes_late_is_moved_by_asking_again(article: Article, other: Article, author: User) -> None:
    merge(other, article)
    make_comment(other, author, "Late.")  # its form was loaded before
    merge(other, article)
    assert texts(article) == {"Late."}
    undo_merge(other)
    assert texts(other) == {"Late."}


def test_nonsense_is_refused(site: Site, article: Article, other: Article) -> None:
    elsewhere = make_article(make_site("evening", "The Evening Post"))
    third = make_article(site, "third-night")
    merge(third, other)
    for one, into in ((article, article), (article, elsewhere), (article, third), (third, article)):
        with pytest.raises(Refused):
            merge_article(one, into)
        db.session.rollback()


def test_the_old_address_leads_to_the_same_page_of_the_other(
    client: Browser, article: Article, other: Article, author: User
) -> None:
    merge(other, article)
    for path, way in (
        ("/articles/other-night?sort=newest", "/articles/opening-night?sort=newest"),
        ("/articles/other-night/thread", "/articles/opening-night/thread"),
        ("/embed/thread?article_id=other-night", "/embed/thread?article_id=opening-night"),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (308, way)
        assert answer.headers["Cache-Control"] == "private, no-store"
    answer = client.post("/articles/other-night/comments", {"body": "Still open in a tab."})
    assert (answer.status_code, answer.location) == (308, "/articles/opening-night/comments")


def test_a_merged_article_is_on_no_list(client: Browser, article: Article, other: Article) -> None:
    assert "Other night" in client.get("/").text
    merge(other, article)
    assert "Other night" not in client.get("/").text


def test_a_kept_text_is_posted_where_the_thread_is_now(article: Article, other: Article, client: Browser) -> None:
    client.post("/articles/other-night/comments", {"body": "To be posted later."})
    merge(other, article)
    assert db.session.query(Draft).one().article_id == article.id


def test_an_id_that_nobody_has_becomes_another_name(client: Browser, article: Article) -> None:
    add_alias(article, "2026/11/opening")
    db.session.commit()
    assert client.get("/articles/2026%2F11%2Fopening").location == "/articles/opening-night"
