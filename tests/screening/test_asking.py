"""What a site asks an author before a text is posted: to read the guidelines, and whether it should stay as it is."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.extensions import db
from board.screening.operations import change_rules
from tests.conftest import Browser
from tests.factories import make_comment, make_site

PATH = "/articles/opening-night/comments"


@pytest.fixture
def rules(site: Site, article: Article) -> Any:
    """Return a function that sets rules of the primary site."""

    def set_rules(**typed: str) -> None:
        change_rules(site, typed)
        db.session.commit()

    return set_rules


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Comment)) or 0


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_guidelines_are_shown_before_a_first_comment_only(
    author: User, rules: Any, browser_for: Any, headers: dict[str, str]
) -> None:
    rules(guidelines="Be **kind**.")
    browser = browser_for(author)
    asked = browser.post(PATH, {"body": "Bravo.", "key": "k"}, headers=headers)
    assert (asked.status_code, count()) == (422, 0)
    assert "Be <strong>kind</strong>." in asked.text and "Bravo." in asked.text
    assert 'name="read"' in asked.text
    assert browser.post(PATH, {"body": "Bravo.", "key": "k", "read": "1"}, headers=headers).status_code < 400
    assert browser.post(PATH, {"body": "Again.", "key": "l"}, headers=headers).status_code < 400
    assert count() == 2


def test_guidelines_have_a_page_and_a_link_where_there_are_some(rules: Any, client: Browser) -> None:
    assert client.get("/guidelines").status_code == 404
    assert "Our guidelines" not in client.get("/articles/opening-night").text
    rules(guidelines="Be **kind**. <script>alert(1)</script>")
    page = client.get("/guidelines")
    assert "Be <strong>kind</strong>." in page.text and "<script>alert" not in page.text
    assert 'href="/guidelines"' in client.get("/articles/opening-night").text
    make_site("other", "Other")
    assert client.get("/guidelines?site=other").status_code == 404
    assert client.get("/guidelines?site=nonsense").status_code == 404


def test_a_text_kept_for_a_newcomer_comes_back_with_the_guidelines_to_read(
    rules: Any, author: User, client: Browser
) -> None:
    rules(guidelines="Be kind.")
    client.post(PATH, {"body": "Kept for later."})
    client.post("/login", {"email": "ada@example.com", "password": "correct horse battery staple"})
    assert count() == 0
    page = client.get("/articles/opening-night").text
    assert "Kept for later." in page and "please read our guidelines" in page


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_may_break_the_rules_is_told_before_it_waits(
    author: User, rules: Any, browser_for: Any, headers: dict[str, str]
) -> None:
    rules(nudge="on", held_words_list="drags")
    browser = browser_for(author)
    asked = browser.post(PATH, {"body": "It drags.", "key": "k"}, headers=headers)
    assert (asked.status_code, count()) == (422, 0)
    assert "This may break our rules" in asked.text and "“drags”" in asked.text and 'name="anyway"' in asked.text
    assert browser.post(PATH, {"body": "It is slow.", "key": "k"}, headers=headers).status_code < 400
    assert browser.post(PATH, {"body": "It drags.", "key": "l", "anyway": "1"}, headers=headers).status_code < 400
    assert db.session.scalars(select(Comment.state).order_by(Comment.id)).all() == ["published", "held"]


def test_who_was_shown_the_guidelines_is_not_shown_them_again_by_what_follows(
    author: User, rules: Any, browser_for: Any
) -> None:
    rules(guidelines="Be kind.", nudge="on", held_words_list="drags")
    browser, sent = browser_for(author), {"body": "It drags.", "key": "k"}
    hidden = re.compile(r'<(?:input type="hidden"|button[^>]*) name="(read|anyway)" value="1">')
    for asked, answered in (("Be kind.", ["read"]), ("This may break our rules", ["read", "anyway"])):
        page = browser.post(PATH, sent).text
        assert asked in page
        assert hidden.findall(page) == answered, "what the form's own buttons send along"
        sent |= dict.fromkeys(answered, "1")
    assert browser.post(PATH, sent).status_code == 303
    assert db.session.scalar(select(Comment.state)) == "held"


def test_nobody_is_asked_to_mend_what_would_wait_whatever_they_write(
    author: User, rules: Any, browser_for: Any
) -> None:
    rules(nudge="on", held_words_list="drags", first_comments="hold")
    assert browser_for(author).post(PATH, {"body": "It drags.", "key": "k"}).status_code == 303
    assert db.session.scalar(select(Comment.state)) == "held"


def test_nobody_is_asked_where_the_site_does_not_want_it(author: User, rules: Any, browser_for: Any) -> None:
    rules(held_words_list="drags")
    assert browser_for(author).post(PATH, {"body": "It drags.", "key": "k"}).status_code == 303


def test_an_edit_is_asked_about_too(author: User, rules: Any, article: Article, browser_for: Any) -> None:
    rules(nudge="on", held_words_list="drags")
    comment = make_comment(article, author, "It is slow.")
    browser, path = browser_for(author), f"/comments/{comment.id}/edit"
    asked = browser.post(path, {"body": "It drags."})
    assert asked.status_code == 422 and 'name="anyway"' in asked.text
    assert db.session.scalar(select(Comment.state)) == "published"
    assert browser.post(path, {"body": "It drags.", "anyway": "1"}).status_code == 303
    assert db.session.execute(select(Comment.state, Comment.body_source)).one() == ("held", "It drags.")
