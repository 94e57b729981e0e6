"""Editing, deleting and liking, as people do it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.counting import faults
from board.comments.models import Comment, CommentRevision, Reaction, Thread
from board.extensions import db
from tests.conftest import Browser
from tests.factories import make_comment

BrowserFor = Callable[[User], Browser]
SCRIPT = {"HX-Request": "true"}


def test_an_author_edits_and_moderators_can_see_the_earlier_text(
    comment: Comment, author: User, moderator: User, browser_for: BrowserFor
) -> None:
    path = f"/comments/{comment.id}"
    browser = browser_for(author)
    assert "What a **night**." in browser.get(f"{path}/edit").text
    assert browser.post(f"{path}/edit", {"body": "What a *show*."}).status_code == 303
    page = browser.get("/articles/opening-night/thread").text
    assert "What a <em>show</em>." in page and ">edited<" in page
    assert browser.get(f"{path}/history").status_code == 403
    assert "What a **night**." in browser_for(moderator).get(f"{path}/history").text


def test_saving_the_same_text_marks_nothing(comment: Comment, author: User, browser_for: BrowserFor) -> None:
    browser_for(author).post(f"/comments/{comment.id}/edit", {"body": comment.body_source})
    assert comment.edited_at is None
    assert db.session.scalars(select(CommentRevision)).all() == []


def test_a_wrong_edit_keeps_what_was_typed(comment: Comment, author: User, browser_for: BrowserFor) -> None:
    for headers in ({}, SCRIPT):
        answer = browser_for(author).post(f"/comments/{comment.id}/edit", {"body": "y" * 10_002}, headers=headers)
        assert answer.status_code == 422
        assert "y" * 10_002 in answer.text and "10 002" in answer.text
    assert comment.body_source == "What a **night**."


def test_nobody_edits_late_or_another_members_comment(
    comment: Comment, author: User, other_member: User, browser_for: BrowserFor
) -> None:
    path = f"/comments/{comment.id}/edit"
    assert browser_for(other_member).get(path).status_code == 403
    assert browser_for(other_member).post(path, {"body": "Mine."}).status_code == 403
    late = browser_for(author)
    with time_machine.travel(comment.created_at + timedelta(hours=1)):
        answer = late.post(path, {"body": "Late."})
    assert answer.status_code in {303, 403}
    db.session.refresh(comment)
    assert comment.body_source == "What a **night**."


def test_an_author_cannot_edit_after_removal(comment: Comment, author: User, browser_for: BrowserFor) -> None:
    comment.remove("spam")
    db.session.commit()
    assert browser_for(author).post(f"/comments/{comment.id}/edit", {"body": "No!"}).status_code == 403


def test_deleting_erases_the_text_and_its_earlier_versions(
    article: Article, comment: Comment, author: User, browser_for: BrowserFor
) -> None:
    browser = browser_for(author)
    browser.post(f"/comments/{comment.id}/edit", {"body": "Better."})
    assert "erased for good" in browser.get(f"/comments/{comment.id}/deletion").text
    assert browser.post(f"/comments/{comment.id}/deletion").status_code == 303
    db.session.refresh(comment)
    assert (comment.state, comment.body_source, comment.body_html) == ("deleted", "", "")
    assert db.session.scalars(select(CommentRevision)).all() == []
    assert db.session.get_one(Thread, article.id).comment_count == 0
    assert "Better." not in browser.get("/articles/opening-night/thread").text
    assert browser.post(f"/comments/{comment.id}/deletion").status_code == 303
    assert faults(article.id) == []


def test_a_deleted_comment_with_replies_keeps_its_shape(
    article: Article, comment: Comment, author: User, other_member: User, client: Browser, browser_for: BrowserFor
) -> None:
    make_comment(article, other_member, "Indeed.", comment)
    answer = browser_for(author).post(f"/comments/{comment.id}/deletion", headers=SCRIPT)
    assert "Deleted by its author" in answer.text
    page = client.get("/articles/opening-night/thread").text
    assert "Deleted by its author" in page and "Indeed." in page and "Ada Author" not in page


def test_a_removed_comment_says_so_with_its_reason(comment: Comment, client: Browser) -> None:
    comment.remove("Off topic")
    db.session.commit()
    page = client.get("/articles/opening-night/thread").text
    assert "Removed by a moderator: Off topic" in page
    assert "night</strong>" not in page


def test_a_like_is_counted_once_however_often_it_is_sent(
    article: Article, comment: Comment, other_member: User, browser_for: BrowserFor
) -> None:
    browser, path = browser_for(other_member), f"/comments/{comment.id}/reaction"
    for liked, count in (("yes", 1), ("yes", 1), ("no", 0), ("no", 0), ("yes", 1)):
        assert browser.post(path, {"liked": liked}).status_code == 303
        db.session.refresh(comment)
        assert comment.like_count == count
        assert len(db.session.scalars(select(Reaction)).all()) == count
    assert faults(article.id) == []


def test_the_script_gets_the_button_as_it_is_now(comment: Comment, other_member: User, browser_for: BrowserFor) -> None:
    answer = browser_for(other_member).post(f"/comments/{comment.id}/reaction", {"liked": "yes"}, headers=SCRIPT)
    assert 'aria-pressed="true"' in answer.text and 'value="no"' in answer.text and "<html" not in answer.text


def test_without_a_script_a_like_leads_back_to_the_same_place(
    comment: Comment, other_member: User, browser_for: BrowserFor
) -> None:
    form = {"liked": "yes", "next": "/articles/opening-night?sort=newest#comments"}
    answer = browser_for(other_member).post(f"/comments/{comment.id}/reaction", form)
    assert answer.location == f"/articles/opening-night?sort=newest#comment-{comment.id}"
    form["next"] = "//elsewhere.example/"
    answer = browser_for(other_member).post(f"/comments/{comment.id}/reaction", form)
    assert answer.location == f"/comments/{comment.id}#comment-{comment.id}"


def test_nobody_likes_their_own_comment(comment: Comment, author: User, browser_for: BrowserFor) -> None:
    assert browser_for(author).post(f"/comments/{comment.id}/reaction", {"liked": "yes"}).status_code == 403


@pytest.mark.parametrize("action", ["edit", "deletion", "reaction"])
def test_a_signed_out_reader_is_shown_the_way_to_log_in(action: str, comment: Comment, client: Browser) -> None:
    answer = client.post(f"/comments/{comment.id}/{action}", {"body": "x", "liked": "yes"})
    assert answer.status_code == 303 and answer.location.startswith("/login")
    answer = client.post(f"/comments/{comment.id}/{action}", {"body": "x"}, headers=SCRIPT)
    assert answer.status_code == 401 and answer.headers["HX-Redirect"].startswith("/login")


@pytest.mark.parametrize("action", ["edit", "deletion"])
def test_the_forms_themselves_are_for_those_who_may(
    action: str, comment: Comment, author: User, other_member: User, client: Browser, browser_for: BrowserFor
) -> None:
    path = f"/comments/{comment.id}/{action}"
    assert client.get(path).location.startswith("/login")
    assert browser_for(other_member).get(path).status_code == 403
    assert browser_for(author).get(path).status_code == 200
    assert browser_for(author).get("/comments/999/edit").status_code == 404


def test_a_members_page_lists_what_they_published(
    article: Article, comment: Comment, author: User, client: Browser
) -> None:
    removed = make_comment(article, author, "Regretted.")
    removed.remove("spam")
    db.session.commit()
    page = client.get(f"/members/{author.id}").text
    assert "Ada Author" in page and "What a <strong>night" in page and "Regretted" not in page
    assert client.get("/members/999").status_code == 404


def test_links_that_a_newcomer_edits_in_wait_as_they_would_have(
    article: Article, author: User, browser_for: BrowserFor
) -> None:
    first = make_comment(article, author, "Bravo.")
    links = "https://a.example https://b.example https://c.example"
    browser = browser_for(author)
    assert browser.post(f"/comments/{first.id}/edit", {"body": links}).status_code == 303
    assert "waits for a moderator" in browser.get("/articles/opening-night").text
    assert db.session.execute(select(Comment.state, Comment.body_source)).one() == ("held", links)
