"""What signed-out readers get is filled into blanks, and is to the last byte what the templates say of the thread."""

from typing import Any

import pytest
from flask import Flask, render_template
from markupsafe import Markup

from board.accounts.models import User
from board.articles.models import Article, Site
from board.blanks import filled_in
from board.comments.curating import feature
from board.extensions import db
from board.screening.operations import change_rules
from tests.comments.test_counts import import_thread
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_site

NASTY = "50% [[thread]] %(title)s <b> & \"quotes\" 'n' {{ 7*7 }}"
PLACES = ("/articles/opening-night", "/articles/opening-night/thread", "/embed/thread?article_id=opening-night")


@pytest.fixture(autouse=True)
def small_pages(app: Flask) -> None:
    """Show five discussions a page, in a process that has filled in nothing yet."""
    app.config["BOARD"].thread_page_size = 5
    app.extensions.pop("filled", None)


def rendered_in(template: str, values: dict[str, Any], **frame: Any) -> Markup:
    """Render what is otherwise filled in."""
    return Markup(render_template(template, **values, **frame))


def both(client: Browser, monkeypatch: pytest.MonkeyPatch, path: str, **more: Any) -> tuple[str, str]:
    """Return the page with the thread filled in, twice, so that the blanks are there; and with the thread rendered."""
    first, again = client.get(path, **more), client.get(path, **more)
    assert (first.status_code, first.text) == (200, again.text)
    with monkeypatch.context() as patch:
        for place in ("board.comments.layout", "board.comments.answers", "board.comments.discussion"):
            patch.setattr(f"{place}.filled_in", rendered_in)
        return again.text, client.get(path, **more).text


@pytest.mark.parametrize("path", PLACES)
def test_an_empty_thread(article: Article, client: Browser, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    filled, rendered = both(client, monkeypatch, path)
    assert filled == rendered


@pytest.mark.parametrize("asked", ["", "sort=oldest", "sort=newest", "sort=replied", "comment=77", "after=x"])
@pytest.mark.parametrize("path", PLACES)
def test_a_long_thread_in_every_order(
    article: Article, author: User, client: Browser, monkeypatch: pytest.MonkeyPatch, path: str, asked: str
) -> None:
    import_thread(article, author, 150)
    filled, rendered = both(client, monkeypatch, f"{path}{'&' if '?' in path else '?'}{asked}")
    assert filled == rendered
    assert "comment__own" in filled


@pytest.mark.parametrize("path", PLACES)
def test_what_comes_next_alone(
    article: Article, author: User, client: Browser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    import_thread(article, author, 150)
    script = {"HX-Request": "true"}
    for asked in ("sort=oldest", "sort=oldest&after=oAAAAAAAAAAAAAAAAAAAAAA"):
        url = f"{path}{'&' if '?' in path else '?'}{asked}"
        filled, rendered = both(client, monkeypatch, url, headers=script)
        assert filled == rendered


@pytest.mark.parametrize("path", PLACES)
def test_a_closed_thread_with_featured_comments_and_guidelines(
    article: Article, site: Site, author: User, client: Browser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    feature(make_comment(article, author, "Bravo."))
    change_rules(site, {"guidelines": "Be kind."})
    for comments in ("open", "closed"):
        article.comments = comments
        db.session.commit()
        filled, rendered = both(client, monkeypatch, path)
        assert filled == rendered
        assert "Featured comments" in filled


@pytest.mark.parametrize("path", PLACES)
def test_texts_that_look_like_blanks(
    article: Article, site: Site, author: User, client: Browser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    article.title = article.standfirst = site.name = NASTY
    author.display_name = NASTY
    make_comment(article, author, NASTY)
    filled, rendered = both(client, monkeypatch, path)
    assert filled == rendered
    assert "50% [[thread]] %(title)s &lt;b&gt; &amp; " in filled


def test_each_article_and_each_site_has_its_own(article: Article, author: User, client: Browser) -> None:
    other = make_article(make_site("second", "The Second"), "a b")
    for where in (article, other):
        make_comment(where, author, f"On {where.external_id}")
    first = client.get("/articles/opening-night/thread").text
    second = client.get("/articles/a%20b?site=second").text
    assert "The Callboard" in first
    assert "The Second" not in first
    assert "<p>On a b</p>" in second
    assert 'action="/articles/a%20b/comments?site=second"' in second


def test_a_frame_s_links_and_a_page_s_stay_apart(article: Article, author: User, client: Browser) -> None:
    make_comment(article, author)
    before = client.get("/articles/opening-night").text
    framed = client.get("/embed/thread?article_id=opening-night").text
    assert 'hx-post="/embed/at/main/comments/preview"' in framed
    assert client.get("/articles/opening-night").text == before
    assert "/embed/at/" not in before


def test_a_template_may_ask_whether_a_value_is_empty(app: Flask) -> None:
    with app.test_request_context("/"):
        values = {"comments": "<i>", "next_url": "", "next_part_url": ""}
        assert str(filled_in("comments/_page.html", values)).strip() == "&lt;i&gt;"
        values |= {"next_url": "/next?a&b", "next_part_url": "/part"}
        assert 'href="/next?a&amp;b"' in filled_in("comments/_page.html", values)
