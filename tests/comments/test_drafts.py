"""What a signed-out reader wrote is kept, and posted once they have an account."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask_security import user_confirmed, user_registered
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments import composing
from board.comments.drafts import KEPT_FOR, Draft, purge_drafts
from board.comments.models import Comment
from board.extensions import db
from board.operations.worker import sweep
from board.storage import now
from tests.conftest import PASSWORD, Browser
from tests.factories import make_member

BrowserFor = Callable[[User], Browser]
POST = "/articles/opening-night/comments"


def log_in(browser: Browser, user: User) -> str:
    """Log in through the form; return where that leads."""
    answer = browser.post("/login", {"email": user.email, "password": PASSWORD})
    assert answer.status_code in {302, 303}, answer.text
    return str(answer.location)


def stored() -> list[Comment]:
    """Return all comments."""
    return list(db.session.scalars(select(Comment)))


def drafts() -> int:
    """Count what is kept."""
    return db.session.scalar(select(func.count()).select_from(Draft)) or 0


def test_the_page_says_what_to_do(article: Article, client: Browser) -> None:
    page = client.get("/articles/opening-night/thread").text
    assert 'To post a comment, <a href="/register' in page
    assert ">register</a> and <a" in page and ">log in</a>." in page
    assert "<textarea" in page


def test_the_text_is_kept_and_posted_after_logging_in(article: Article, author: User, client: Browser) -> None:
    answer = client.post(POST, {"body": "From the gallery."})
    assert answer.status_code == 303
    assert answer.location.startswith("/login?next=/articles/opening-night")
    assert "Your comment is kept." in client.get(answer.location).text
    assert stored() == [] and drafts() == 1
    location = log_in(client, author)
    [comment] = stored()
    assert (comment.body_source, comment.author_id) == ("From the gallery.", author.id)
    assert location == f"/articles/opening-night?comment={comment.id}#comment-{comment.id}"
    assert drafts() == 0


def test_sent_twice_it_is_posted_once(article: Article, author: User, client: Browser) -> None:
    for _ in range(2):
        client.post(POST, {"body": "From the gallery."})
    assert drafts() == 1
    log_in(client, author)
    assert len(stored()) == 1
    client.get("/logout")
    other_tab = Browser(client.app)
    log_in(other_tab, author)
    assert len(stored()) == 1


def test_a_reply_is_kept_too(comment: Comment, other_member: User, client: Browser) -> None:
    client.post(f"/comments/{comment.id}/replies", {"body": "From the gallery."})
    log_in(client, other_member)
    assert [one.parent_id for one in stored()] == [None, comment.id]


def test_the_token_is_not_stored_and_the_cookie_is_not_for_scripts(article: Article, client: Browser) -> None:
    answer = client.post(POST, {"body": "From the gallery."})
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("board_draft="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    token = cookie.split("=", 1)[1].split(";")[0]
    assert db.session.scalars(select(Draft)).one().token_hash != token


def test_a_wrong_text_is_refused_before_it_is_kept(article: Article, client: Browser) -> None:
    assert client.post(POST, {"body": "z" * 10_001}).status_code == 422
    assert client.post(POST, {"body": ""}).status_code == 422
    article.comments = "closed"
    db.session.commit()
    answer = client.post(POST, {"body": "Too late?"})
    assert answer.status_code == 409 and "Too late?" in answer.text
    assert drafts() == 0


def test_what_can_no_longer_be_posted_comes_back_with_the_reason(
    article: Article, author: User, client: Browser
) -> None:
    client.post(POST, {"body": "From the gallery."})
    article.comments = "closed"
    db.session.commit()
    assert log_in(client, author) == "/articles/opening-night#comment-form"
    page = client.get("/articles/opening-night/thread").text
    assert "From the gallery." in page and "closed" in page
    assert stored() == []


def test_hours_later_it_is_offered_not_posted(
    article: Article, author: User, client: Browser, browser_for: BrowserFor
) -> None:
    client.post(POST, {"body": "From the gallery."})
    db.session.execute(db.update(Draft).values(created_at=now() - timedelta(hours=2)))
    db.session.commit()
    log_in(client, author)
    assert stored() == []
    assert "You wrote this earlier" in client.get("/articles/opening-night/thread").text
    browser_for(author).post(POST, {"body": "From the gallery.", "key": "k"})
    assert len(stored()) == 1 and drafts() == 0


def test_it_is_posted_on_confirmation_also_from_another_device(app: Flask, article: Article, client: Browser) -> None:
    client.post(POST, {"body": "From the gallery."})
    newcomer = make_member("Nele Newcomer", "nele@example.com", confirmed=False)
    cookie = client.http.get_cookie("board_draft")
    assert cookie
    with app.test_request_context("/register", headers={"Cookie": f"board_draft={cookie.value}"}):
        user_registered.send(app, user=newcomer)
    assert db.session.scalars(select(Draft.user_id)).one() == newcomer.id
    newcomer.confirmed_at = now()
    db.session.commit()
    for _ in range(2):
        with app.test_request_context("/confirm"):
            user_confirmed.send(app, user=newcomer)
    assert [comment.author_id for comment in stored()] == [newcomer.id]


def test_drafts_of_one_browser_are_bounded(article: Article, client: Browser) -> None:
    for number in range(14):
        client.post(POST, {"body": f"Text {number}"})
    assert drafts() == 10


def test_old_drafts_are_purged(article: Article, client: Browser) -> None:
    client.post(POST, {"body": "From the gallery."})
    assert purge_drafts() == 0
    with time_machine.travel(now() + KEPT_FOR + timedelta(minutes=1)):
        assert purge_drafts() == 1


def test_the_worker_sweeps_old_drafts_away(article: Article, client: Browser) -> None:
    client.post(POST, {"body": "From the gallery."})
    with time_machine.travel(now() + KEPT_FOR + timedelta(minutes=1)):
        assert sweep() == 1
    assert drafts() == 0


def test_one_network_cannot_fill_the_disk_with_texts_that_nobody_comes_back_for(
    client: Browser, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composing, "KEPT_PER_NETWORK", 2)
    for number in range(2):
        client.post(POST, {"body": f"Thought {number}."})
    refused = client.post(POST, {"body": "One thought too many."})
    assert (refused.status_code, drafts()) == (429, 2)
    assert "One thought too many." in refused.text
