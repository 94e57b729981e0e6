"""The answer to a post is what the page then shows: the comment, and the form empty again."""

import re
from collections.abc import Callable

import pytest

from board.accounts.models import User
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.extensions import db
from board.screening.operations import change_rules
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_member, make_site

BrowserFor = Callable[[User], Browser]
SCRIPT = {"HX-Request": "true"}
COMMENT = re.compile(r'<article class="comment.*?</article>', re.DOTALL)
FORM = re.compile(r'<form class="form composer" id="comment-form".*?</form>', re.DOTALL)
EACH_TIME = re.compile(r'(name="(?:csrf_token|key)" value=")[^"]+')
LINKS = "Look: https://a.example https://b.example https://c.example"
LIKE_BLANKS = "I like [[id]], 100% and %(id)s."
ANSWERED, SHOWN = 201, 200


def comment_in(answer: str) -> str:
    """Return the one comment on the page, without the mark that it is new."""
    (found,) = COMMENT.findall(answer)
    return str(found).replace(" is-new", "")


def form_in(answer: str) -> str:
    """Return the form without the token and the key that are others each time."""
    (found,) = FORM.findall(answer)
    return EACH_TIME.sub(r"\1", found)


@pytest.mark.parametrize("role", ["member", "moderator"])
@pytest.mark.parametrize("body", ["Bravo *all*.", LINKS, LIKE_BLANKS, "مرحبا"], ids=["text", "held", "blanks", "rtl"])
def test_a_comment_is_answered_as_the_page_shows_it(
    article: Article, browser_for: BrowserFor, body: str, role: str
) -> None:
    browser = browser_for(make_member("Wri 100% [[id]]", "writer@example.com", role))
    posted = browser.post("/articles/opening-night/comments", {"body": body, "key": "k"}, headers=SCRIPT)
    page = browser.get("/articles/opening-night")
    assert (posted.status_code, page.status_code) == (ANSWERED, SHOWN)
    assert comment_in(posted.text) == comment_in(page.text)
    assert form_in(posted.text) == form_in(page.text)


def test_a_reply_is_answered_as_the_page_shows_it(
    article: Article, other_member: User, comment: Comment, browser_for: BrowserFor
) -> None:
    browser = browser_for(other_member)
    posted = browser.post(f"/comments/{comment.id}/replies", {"body": "Indeed.", "key": "k"}, headers=SCRIPT)
    page = browser.get("/articles/opening-night").text
    reply = page[page.index('<div class="replies">') :]
    assert posted.status_code == ANSWERED
    assert comment_in(posted.text) == comment_in(reply)
    assert 'id="comment-form"' not in posted.text


def test_on_another_site_the_empty_form_posts_there_again(
    article: Article, author: User, browser_for: BrowserFor
) -> None:
    make_article(make_site("second", "The Second"), "opening-night")
    browser, there = browser_for(author), "/articles/opening-night/comments?site=second"
    posted = browser.post(there, {"body": "Bravo.", "key": "a"}, headers=SCRIPT)
    assert form_in(posted.text) == form_in(browser.get("/articles/opening-night?site=second").text)
    assert f'action="{there}"' in posted.text


def test_a_name_that_looks_like_a_blank_stays_a_name(article: Article, browser_for: BrowserFor) -> None:
    author = make_member("Name", "blank@example.com")
    author.display_name = "<b>[[token]] %(token)s"
    db.session.commit()
    answer = browser_for(author).post(
        "/articles/opening-night/comments", {"body": "Bravo.", "key": "k"}, headers=SCRIPT
    )
    assert "&lt;b&gt;[[token]] %(token)s" in answer.text


def test_the_answer_to_a_retry_shows_what_has_happened_since(
    article: Article, author: User, other_member: User, browser_for: BrowserFor
) -> None:
    form = {"body": "Bravo.", "key": "k"}
    browser_for(author).post("/articles/opening-night/comments", form, headers=SCRIPT)
    comment = db.session.query(Comment).one()
    browser_for(other_member).post(f"/comments/{comment.id}/reaction", {"liked": "yes"})
    again = browser_for(author).post("/articles/opening-night/comments", form, headers=SCRIPT)
    assert 'id="comment-' in again.text
    assert "</svg>1</span>" in again.text


def test_the_empty_form_leads_to_the_guidelines(
    article: Article, site: Site, author: User, browser_for: BrowserFor
) -> None:
    make_comment(article, author)
    change_rules(site, {"guidelines": "Be kind."})
    db.session.commit()
    browser = browser_for(author)
    posted = browser.post("/articles/opening-night/comments", {"body": "Bravo again.", "key": "k"}, headers=SCRIPT)
    link = '<a class="small" href="/guidelines">'
    assert link in posted.text
    assert link in browser.get("/articles/opening-night/comments").text
