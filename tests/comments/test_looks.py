"""Each form of a comment is rendered once; what is a comment's own is only filled in, and stays what it is."""

from collections.abc import Callable

import pytest
from flask import Flask, render_template

from board import blanks
from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from tests.conftest import Browser
from tests.factories import make_comment, make_member

BrowserFor = Callable[[User], Browser]
THREAD = "/articles/opening-night/thread"


@pytest.fixture
def rendered(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the list of the forms that are rendered from now on, on a process that has just begun."""
    forms: list[object] = []

    def render(template: str, **context: object) -> str:
        if "look" in context:
            forms.append(context["look"])
        return render_template(template, **context)

    app.extensions.pop("frames", None)
    monkeypatch.setattr("board.blanks.render_template", render)
    return forms


def test_comments_of_one_form_are_rendered_once(
    article: Article, author: User, client: Browser, rendered: list[object]
) -> None:
    for number in range(5):
        make_comment(article, author, f"Bravo {number}.")
    page = client.get(THREAD).text
    assert all(f"<p>Bravo {number}.</p>" in page for number in range(5))
    assert len(rendered) == 1


def test_no_more_forms_are_kept_than_there_is_room_for(
    article: Article, comment: Comment, client: Browser, rendered: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blanks, "MAX_FORMS", 1)
    comment.like_count = 1
    make_comment(article, make_member("Tess", "tess@example.com", title="Critic"))
    assert client.get(THREAD).text.count("<article") == client.get(THREAD).text.count("<article") == 2
    assert len(rendered) > 2


def test_what_members_write_is_never_taken_for_a_blank(article: Article, client: Browser) -> None:
    author = make_member("Name", "name@example.com", title="[[body_html]] 5% <i>")
    author.display_name = "%(body_html)s [[id]] & <b>"
    make_comment(article, author, "Secret [[author_name]] %(author_name)s 100%")
    db.session.commit()
    page = client.get(THREAD).text
    assert "<bdi>%(body_html)s [[id]] &amp; &lt;b&gt;</bdi>" in page
    assert '<span class="tag tag--staff">[[body_html]] 5% &lt;i&gt;</span>' in page
    assert "<p>Secret [[author_name]] %(author_name)s 100%</p>" in page


def test_a_form_says_nothing_of_the_viewer_it_was_rendered_for(
    article: Article, comment: Comment, other_member: User, client: Browser, browser_for: BrowserFor
) -> None:
    moderator = make_member("Mo", "mo@example.com", "moderator")
    before = client.get(THREAD).text
    for viewer in (moderator, other_member):
        browser_for(viewer).get(THREAD)
    assert client.get(THREAD).text == before
