"""Posting a comment and a reply."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment, Thread
from board.extensions import db
from board.storage import now
from tests.conftest import Browser
from tests.factories import make_comment, make_member

BrowserFor = Callable[[User], Browser]
POST = "/articles/opening-night/comments"


def count() -> int:
    """Count the comments stored."""
    return db.session.scalar(select(func.count()).select_from(Comment)) or 0


def test_a_member_posts_and_lands_on_the_comment(article: Article, author: User, browser_for: BrowserFor) -> None:
    browser = browser_for(author)
    answer = browser.post(POST, {"body": "What a **night**.", "key": "k1"})
    comment = db.session.scalars(select(Comment)).one()
    assert answer.status_code == 303
    assert answer.location == f"/articles/opening-night?comment={comment.id}#comment-{comment.id}"
    page = browser.get("/articles/opening-night/thread").text
    assert "What a <strong>night</strong>." in page
    assert f'id="comment-{comment.id}"' in page
    assert "1 comment<" in page


def test_a_member_replies(article: Article, other_member: User, comment: Comment, browser_for: BrowserFor) -> None:
    answer = browser_for(other_member).post(f"/comments/{comment.id}/replies", {"body": "Indeed.", "key": "k"})
    assert answer.status_code == 303
    reply = db.session.scalars(select(Comment).where(Comment.parent_id == comment.id)).one()
    assert (reply.depth, reply.ordinal, reply.root_id) == (1, 0, comment.id)
    db.session.refresh(comment)
    assert (comment.reply_count, comment.listed_reply_count, comment.descendant_count) == (1, 1, 1)
    assert db.session.get_one(Thread, article.id).comment_count == 2


def test_the_script_gets_the_comment_alone(article: Article, author: User, browser_for: BrowserFor) -> None:
    answer = browser_for(author).post(POST, {"body": "Bravo.", "key": "k"}, headers={"HX-Request": "true"})
    assert answer.status_code == 201
    assert "<html" not in answer.text
    assert "<p>Bravo.</p>" in answer.text
    assert 'data-draft-sent="comment-1"' in answer.text


def test_the_same_form_sent_twice_posts_once(article: Article, author: User, browser_for: BrowserFor) -> None:
    browser = browser_for(author)
    first = browser.post(POST, {"body": "Bravo.", "key": "k"})
    second = browser.post(POST, {"body": "Bravo.", "key": "k"})
    assert (second.status_code, second.location) == (303, first.location)
    assert count() == 1


def test_the_back_button_posts_once_also_after_other_comments(
    article: Article, author: User, browser_for: BrowserFor
) -> None:
    browser = browser_for(author)
    first = browser.post(POST, {"body": "Bravo.", "key": "k"})
    browser.post(POST, {"body": "Encore.", "key": "l"})
    assert browser.post(POST, {"body": "Bravo.", "key": "k"}).location == first.location
    assert count() == 2


def test_another_text_with_the_same_key_is_another_comment(
    article: Article, author: User, browser_for: BrowserFor
) -> None:
    browser = browser_for(author)
    browser.post(POST, {"body": "Bravo.", "key": "k"})
    browser.post(POST, {"body": "Bravissimo.", "key": "k"})
    assert count() == 2


def test_a_form_without_a_key_sent_twice_posts_once(article: Article, author: User, browser_for: BrowserFor) -> None:
    browser = browser_for(author)
    browser.post(POST, {"body": "Bravo."})
    browser.post(POST, {"body": "Bravo."})
    assert count() == 1


def test_a_text_too_long_is_kept_in_the_form(article: Article, author: User, browser_for: BrowserFor) -> None:
    answer = browser_for(author).post(POST, {"body": "x" * 10_001, "key": "k"})
    assert answer.status_code == 422
    assert "x" * 10_001 in answer.text
    assert "10 001" in answer.text
    assert count() == 0


def test_an_empty_text_is_refused_beside_the_field(article: Article, author: User, browser_for: BrowserFor) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        answer = browser_for(author).post(POST, {"body": "  \n", "key": "k"}, headers=headers)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    assert count() == 0


def test_a_closed_thread_keeps_what_was_typed(article: Article, author: User, browser_for: BrowserFor) -> None:
    article.comments = "closed"
    db.session.commit()
    answer = browser_for(author).post(POST, {"body": "Too late?", "key": "k"})
    assert answer.status_code == 409
    assert "Too late?" in answer.text
    assert "closed" in answer.text
    assert count() == 0


def test_a_reply_to_what_was_removed_is_refused_with_words(
    article: Article, other_member: User, comment: Comment, browser_for: BrowserFor
) -> None:
    comment.remove("spam")
    db.session.commit()
    answer = browser_for(other_member).post(f"/comments/{comment.id}/replies", {"body": "Why?", "key": "k"})
    assert answer.status_code == 409
    assert "Why?" in answer.text
    assert count() == 1


def test_a_flood_is_refused_and_nothing_is_counted(article: Article, author: User, browser_for: BrowserFor) -> None:
    browser = browser_for(author)
    for number in range(6):
        assert browser.post(POST, {"body": f"Comment {number}", "key": "k"}).status_code == 303
    answer = browser.post(POST, {"body": "One more", "key": "k"})
    assert answer.status_code == 429
    assert "One more" in answer.text
    assert db.session.get_one(Thread, article.id).comment_count == 6 == count()


def test_a_minute_later_the_flood_is_over(article: Article, author: User, browser_for: BrowserFor) -> None:
    browser = browser_for(author)
    for number in range(6):
        assert browser.post(POST, {"body": f"Comment {number}", "key": "k"}).status_code == 303
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert browser.post(POST, {"body": "One more", "key": "k"}).status_code == 303


def test_the_same_text_twice_in_a_row_is_refused(article: Article, author: User, browser_for: BrowserFor) -> None:
    browser = browser_for(author)
    browser.post(POST, {"body": "Bravo.", "key": "k"})
    assert browser.post(POST, {"body": "Bravo.", "key": "another"}).status_code == 422
    assert count() == 1


def test_a_newcomers_links_wait_for_a_moderator(
    article: Article, author: User, moderator: User, client: Browser, browser_for: BrowserFor
) -> None:
    browser = browser_for(author)
    body = "https://a.example https://b.example https://c.example"
    browser.post(POST, {"body": body, "key": "k"})
    held = db.session.scalars(select(Comment)).one()
    assert (held.state, held.is_listed) == ("held", False)
    assert db.session.get_one(Thread, article.id).comment_count == 0
    path = "/articles/opening-night/thread"
    assert "a.example" in browser.get(path).text
    assert "a.example" in browser_for(moderator).get(path).text
    assert "a.example" not in client.get(path).text
    assert client.get(f"/comments/{held.id}").status_code == 404


def test_an_unconfirmed_members_text_is_kept(article: Article, browser_for: BrowserFor) -> None:
    newcomer = make_member("Nele Newcomer", "nele@example.com", confirmed=False)
    browser = browser_for(newcomer)
    answer = browser.post(POST, {"body": "Hello from me.", "key": "k"})
    assert answer.status_code == 303
    assert count() == 0
    assert "Hello from me." in browser.get("/articles/opening-night/thread").text


def test_a_banned_member_cannot_post(article: Article, author: User, browser_for: BrowserFor) -> None:
    browser = browser_for(author)
    author.active = False
    db.session.commit()
    browser.post(POST, {"body": "Again.", "key": "k"})
    assert count() == 0


def test_an_article_that_is_not_there(client: Browser, article: Article) -> None:
    assert client.post("/articles/nowhere/comments", {"body": "Hm."}).status_code == 404
    assert client.post("/comments/999/replies", {"body": "Hm."}).status_code == 404


def test_a_preview_shows_the_text_and_posts_nothing(article: Article, author: User, browser_for: BrowserFor) -> None:
    browser = browser_for(author)
    alone = browser.post("/comments/preview", {"body": "*So*"}, headers={"HX-Request": "true"})
    assert "<em>So</em>" in alone.text and "<html" not in alone.text
    page = browser.post(POST, {"body": "*So*", "key": "k", "preview": "1"})
    assert "<em>So</em>" in page.text and "*So*" in page.text
    assert count() == 0


def test_replies_number_from_zero_in_the_order_of_posting(article: Article, author: User, other_member: User) -> None:
    root = make_comment(article, author)
    replies = [make_comment(article, other_member, f"Reply {number}", parent=root) for number in range(3)]
    assert [reply.ordinal for reply in replies] == [0, 1, 2]
