"""A page speaks its site's language, whatever the browser asks for; staff's pages speak English."""

import re
from typing import Any

import pytest
from flask import Flask

from board.accounts.models import User
from board.articles.models import Article, Site
from board.articles.operations import edit_site
from board.articles.rules import WrongFields
from board.comments.news import news_texts
from board.comments.words import replies_text
from board.extensions import db
from board.languages import shipped, speaking
from board.pagecache import PageCache
from tests.ballots.conftest import make_ballot
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_site
from tests.pages.conftest import A_LONG_SECOND

GERMAN, ARABIC = '<html lang="de" dir="ltr">', '<html lang="ar" dir="rtl">'
ENGLISH = '<html lang="en" dir="ltr">'


def speak(site: Site, language: str) -> None:
    edit_site(site, {"language": language})
    db.session.commit()


@pytest.mark.parametrize(
    ("language", "opening", "words"),
    [("de", GERMAN, "Noch keine Kommentare."), ("ar", ARABIC, "لا تعليقات بعد."), ("", ENGLISH, "No comments yet.")],
)
def test_an_article_speaks_its_sites_language(
    client: Browser, site: Site, article: Article, language: str, opening: str, words: str
) -> None:
    speak(site, language)
    page = client.get("/articles/opening-night", headers={"Accept-Language": "fr, de;q=0.5"}).text
    assert opening in page
    assert words in page


def test_every_site_speaks_its_own(client: Browser, site: Site, article: Article, author: User) -> None:
    evening = make_site("evening", "Evening Post", language="de")
    comment = make_comment(make_article(evening, "far"), author)
    make_ballot(evening, slug="far-ballot")
    for path in ("/articles/far?site=evening", f"/comments/{comment.id}/replies", "/ballots/far-ballot"):
        assert GERMAN in client.get(path).text
    assert ENGLISH in client.get("/articles/opening-night").text
    assert GERMAN in client.get("/login?next=%2Farticles%2Ffar%3Fsite%3Devening").text
    assert ENGLISH in client.get("/login?next=%2Farticles%2Fopening-night").text


def test_every_site_has_its_own_name_over_its_pages(client: Browser, site: Site, article: Article) -> None:
    evening = make_site("evening", "Evening Post")
    make_article(evening, "far")
    make_ballot(evening, slug="far-ballot")
    ballot = ("/ballots/far-ballot", "/ballots/far-ballot/results", "/ballots/far-ballot/ledger")
    for path in ("/articles/far?site=evening", "/articles/far/thread?site=evening", *ballot):
        page = client.get(path).text
        assert '<a class="masthead__name" href="/?site=evening">Evening Post</a>' in page
        assert site.name not in page
    for path in ("/articles/opening-night/thread", "/login", "/?site=unknown"):
        assert f'<a class="masthead__name" href="/">{site.name}</a>' in client.get(path).text


def test_pages_of_no_site_speak_the_primary_ones_language(client: Browser, site: Site, author: User) -> None:
    speak(site, "de")
    assert "Passwort vergessen?" in client.get("/login").text
    assert "Unter dieser Adresse ist nichts." in client.get("/nowhere").text


def test_without_a_choice_the_operators_language_stands(app: Flask, client: Browser, site: Site) -> None:
    app.config["BOARD"].language = "de"
    assert GERMAN in client.get("/login").text


def test_staff_decide_in_english(browser_for: Any, site: Site, article: Article, admin: User) -> None:
    speak(site, "ar")
    browser = browser_for(admin)
    for path in ("/manage/sites", "/moderation", "/manage/members"):
        assert ENGLISH in browser.get(path).text
    assert ARABIC in browser.get("/account").text


def test_a_change_is_on_the_pages_kept_ready_a_second_later(
    cached_app: Flask, cache: PageCache, site: Site, article: Article
) -> None:
    reader = Browser(cached_app)
    assert ENGLISH in reader.get("/articles/opening-night").text
    speak(site, "de")
    cached_app.extensions["board_site_languages"].forget()  # that second
    for page in cache.store.pages.values():
        page.checked -= A_LONG_SECOND + 1
    assert GERMAN in reader.get("/articles/opening-night").text


def test_only_a_language_that_ships_can_be_chosen(site: Site) -> None:
    with pytest.raises(WrongFields, match="Klingon"):
        edit_site(site, {"language": "Klingon"})
    assert edit_site(site, {"language": "de-AT"}).language == "de"


def test_the_form_keeps_the_language(browser_for: Any, site: Site, admin: User) -> None:
    form = {"name": "The Callboard", "slug": "main", "origins": "", "comment_mode": "first", "language": "ar"}
    assert browser_for(admin).post(f"/manage/sites/{site.id}", form).status_code == 303
    db.session.refresh(site)
    assert site.language == "ar"
    assert '<option selected value="ar">' in browser_for(admin).get(f"/manage/sites/{site.id}").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [("de", "de"), ("DE", "de"), ("de-AT", "de"), ("ar_EG", "ar"), ("xx", ""), ("", ""), ("deutsch", ""), ("-", "")],
)
def test_a_language_tag_finds_what_ships(asked: str, found: str) -> None:
    assert shipped(asked) == found


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "لا ردود"),
        (1, "رد واحد"),
        (2, "ردّان"),
        (3, "3 ردود"),
        (10, "10 ردود"),
        (11, "11 ردًّا"),
        (99, "99 ردًّا"),
        (100, "100 رد"),
        (102, "102 رد"),
        (103, "103 ردود"),
    ],
)
def test_arabic_has_six_plural_forms(app: Flask, count: int, words: str) -> None:
    with speaking("ar"):
        assert replies_text(count, "ar") == words


def test_the_pages_script_gets_every_form_of_its_language(app: Flask) -> None:
    with speaking("ar"):
        texts = news_texts()
    assert set(texts) == {"zero", "one", "two", "few", "many", "other"}
    assert texts["few"] == "# تعليقات جديدة"


def test_a_post_is_answered_in_the_pages_language(
    browser_for: Any, site: Site, article: Article, author: User, other_member: User
) -> None:
    evening = make_site("evening", "Evening Post", language="ar")
    make_article(evening, "far")
    script = {"HX-Request": "true"}
    here = browser_for(author).post("/articles/opening-night/comments", {"body": "Bravo.", "key": "a"}, headers=script)
    there = browser_for(author).post(
        "/articles/far/comments?site=evening", {"body": "Bravo indeed.", "key": "b"}, headers=script
    )
    assert (here.status_code, there.status_code) == (201, 201)
    assert "just now" in here.text
    assert "الآن" in there.text
    assert "just now" not in there.text


def test_what_somebody_writes_keeps_its_own_direction(
    client: Browser, site: Site, article: Article, author: User
) -> None:
    speak(site, "ar")
    make_comment(article, author, "Bravo.")
    page = client.get("/articles/opening-night").text
    assert re.search(r'class="comment__body prose"[^>]* dir="auto"', page)
    assert re.search(r"<bdi>Ada Author</bdi>", page)


def test_times_and_dates_are_those_of_the_language(client: Browser, site: Site, article: Article, author: User) -> None:
    make_comment(article, author)
    speak(site, "de")
    page = client.get("/articles/opening-night").text
    assert re.search(r"vor \d+ Minuten", page)
    assert re.search(r"\d{1,2}\. \w+ \d{4}", page)


def test_flask_securitys_own_texts_follow(app: Flask) -> None:
    domain = app.extensions["security"].i18n_domain
    said = []
    for language in ("en", "de", "ar"):
        with speaking(language):
            said.append(str(domain.gettext("Email not provided")))
    assert len(set(said)) == 3
