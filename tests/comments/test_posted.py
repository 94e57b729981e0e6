"""The answer to a post, filled into blanks, is what the page's own partial says of the comment."""

import re
from collections.abc import Callable

import pytest

from board.accounts.models import User
from board.articles.models import Article, Site
from board.comments import answers
from board.comments.models import Comment
from board.extensions import db
from board.screening.operations import change_rules
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_member, make_site

BrowserFor = Callable[[User], Browser]
Both = Callable[[User, str, str], tuple[str, str]]
SCRIPT = {"HX-Request": "true"}
CHANGING = re.compile(r'(name="(?:csrf_token|key)" value=")[^"]+|comment(s/|-)\d+|reply-\d+|(datetime=")[^"]+|\s*\n\s*')
LINKS = "Look: https://a.example https://b.example https://c.example"
BLANKS = "I like [[id]] and [[token]]."


def said(answer: str) -> str:
    """Return the answer without what differs from one post to the next."""
    return CHANGING.sub(r"\1\2\3", answer)


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch, browser_for: BrowserFor) -> Both:
    """Post the same as two members who differ in nothing that is shown, one of whom gets the whole partial."""

    def post(author: User, path: str, body: str) -> tuple[str, str]:
        twin = make_member(author.display_name[::-1], "twin@example.com")
        filled_in = browser_for(author).post(path, {"body": body, "key": "a"}, headers=SCRIPT)
        monkeypatch.setattr(answers, "is_plain", lambda _comment: False)
        rendered = browser_for(twin).post(path, {"body": body, "key": "b"}, headers=SCRIPT)
        assert (filled_in.status_code, rendered.status_code) == (201, 201)
        theirs = rendered.text.replace(twin.display_name, author.display_name)
        return said(filled_in.text), said(theirs.replace(f"/members/{twin.id}", f"/members/{author.id}"))

    return post


@pytest.mark.parametrize("body", ["Bravo *all*.", LINKS, BLANKS, "مرحبا"], ids=["text", "held", "blanks", "rtl"])
def test_a_comment_is_answered_as_the_page_would_show_it(article: Article, author: User, both: Both, body: str) -> None:
    filled_in, rendered = both(author, "/articles/opening-night/comments", body)
    assert filled_in == rendered


def test_a_reply_is_answered_as_the_page_would_show_it(
    article: Article, other_member: User, comment: Comment, both: Both
) -> None:
    filled_in, rendered = both(other_member, f"/comments/{comment.id}/replies", "Indeed.")
    assert filled_in == rendered


def test_on_another_site_the_empty_form_posts_there_again(article: Article, author: User, both: Both) -> None:
    make_article(make_site("second", "The Second"), "opening-night")
    filled_in, rendered = both(author, "/articles/opening-night/comments?site=second", "Bravo.")
    assert filled_in == rendered
    assert "site=second" in filled_in


def test_a_name_that_looks_like_a_blank_stays_a_name(article: Article, browser_for: BrowserFor) -> None:
    author = make_member("Name", "blank@example.com")
    author.display_name = "<b>[[token]]"
    db.session.commit()
    answer = browser_for(author).post(
        "/articles/opening-night/comments", {"body": "Bravo.", "key": "k"}, headers=SCRIPT
    )
    assert "&lt;b&gt;[[token]]" in answer.text


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
