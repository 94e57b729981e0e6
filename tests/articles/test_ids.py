"""An article's ID may be any text; the link that Board makes of it leads back to the article."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from board.articles.loading import article_path
from board.articles.models import Article, Site
from board.articles.operations import add_article
from board.articles.rules import Wrong, WrongFields, external_id
from board.extensions import db
from tests.factories import make_article, make_site


def is_allowed(text: str) -> bool:
    try:
        return external_id(text) == text
    except Wrong:
        return False


any_id = st.text(st.characters(codec="utf-8"), min_size=1, max_size=255).filter(is_allowed)
awkward_id = st.text(st.sampled_from("/%2F5?#.&+ \\;:@=é\u0301🎭%a"), min_size=1, max_size=40).filter(is_allowed)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(wanted=any_id | awkward_id)
@example(wanted="https://example.com/a/b?c=d#e")
@example(wanted="a/b/thread")
@example(wanted="opening-night/comments")
@example(wanted="100%")
@example(wanted="%2F")
@example(wanted="a%2Fb")
@example(wanted="//")
@example(wanted="../..")
@example(wanted="a/./b")
@example(wanted="?")
@example(wanted="#")
@example(wanted="x" * 255)
@example(wanted="🎭" * 255)
def test_any_allowed_id_comes_back_through_its_own_link(app: Flask, client: Any, article: Article, wanted: str) -> None:
    article.external_id = wanted
    db.session.commit()
    with app.test_request_context():
        path = article_path(article)
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Paragraph 5." in answer.text


def test_two_ids_that_differ_only_in_an_escaped_slash_are_two_articles(client: Any, site: Site) -> None:
    make_article(site, "a/b", title="Slash")
    make_article(site, "a%2Fb", title="Escaped")
    assert "<h1" in client.get("/articles/a%252Fb").text
    assert ">Slash</h1>" in client.get("/articles/a%252Fb").text
    assert ">Escaped</h1>" in client.get("/articles/a%25252Fb").text


def test_an_address_typed_by_hand_finds_the_article(client: Any, site: Site) -> None:
    make_article(site, "https://example.com/a/b")
    assert client.get("/articles/https://example.com/a/b").status_code == 200


@pytest.mark.parametrize(
    "text", ["", "   ", " a", "a ", "a\u00a0", ".", "..", "x" * 256, "a\nb", "a\tb", "a\x00b", "\x7f"]
)
def test_an_id_that_no_link_can_carry_is_refused(site: Site, text: str) -> None:
    with pytest.raises(WrongFields) as refusal:
        add_article(site, {"external_id": text, "title": "T"})
    assert set(refusal.value.errors) == {"external_id"}


def test_another_sites_article_is_not_found_without_naming_the_site(client: Any, site: Site) -> None:
    make_article(make_site("evening", "Evening Post"), "only-there", title="Evening story")
    assert client.get("/articles/only-there").status_code == 404
    assert client.get("/articles/only-there?site=").status_code == 404
    assert client.get("/articles/only-there?site=nowhere").status_code == 404
    assert "Evening story" in client.get("/articles/only-there?site=evening").text


@pytest.mark.parametrize(
    "path", ["/articles/%00", "/articles/a%00b", "/articles/%FF%FE", "/?site=%00", "/media/%00.jpg"]
)
def test_bytes_that_no_text_holds_are_not_found(client: Any, site: Site, path: str) -> None:
    assert client.get(path).status_code == 404
