"""A frame speaks the language that its element asks for, if it ships, and keeps it wherever its links lead."""

import re
from typing import Any

import pytest

from board.accounts.models import User
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.embed.mount import PLACE
from board.extensions import db
from board.pagecache import PageCache, canonical_query
from tests.ballots.conftest import make_ballot
from tests.conftest import PASSWORD, Browser
from tests.embed.conftest import PAPER
from tests.factories import make_comment, make_site

GERMAN, ARABIC = '<html class="frame" lang="de" dir="ltr">', '<html class="frame" lang="ar" dir="rtl">'
ENGLISH = '<html class="frame" lang="en" dir="ltr">'
THREAD = "/embed/thread?article_id=opening-night"
AT = "/embed/at/main.ar"
ADDRESS = re.compile(r'(?:href|action|hx-get|hx-post)="(/embed/[^"]*)"')


@pytest.mark.parametrize(
    ("asked", "opening"),
    [("de", GERMAN), ("ar", ARABIC), ("ar-EG", ARABIC), ("", ENGLISH), ("xx", ENGLISH), ("de' onload=", ENGLISH)],
)
def test_the_element_chooses(client: Browser, framable: Site, article: Article, asked: str, opening: str) -> None:
    make_ballot(article.site, slug="best-musical")
    for path in (THREAD, "/embed/gate?article_id=opening-night", "/embed/ballots/best-musical?"):
        page = client.get(path + "&language=" + asked)
        assert opening in page.text
        assert "public" in page.headers["Cache-Control"]


def test_an_article_that_appears_comes_in_the_language_too(client: Browser, framable: Site) -> None:
    framed = {"Referer": f"{PAPER}/", "Sec-Fetch-Dest": "iframe"}
    page = client.get(f"/embed/thread?article_id=new&url={PAPER}/new&language=de", headers=framed).text
    action = re.search(r'action="(/embed/articles[^"]*)"', page)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert action and ticket
    answer = client.post(action[1].replace("&amp;", "&"), {"ticket": ticket[1]})
    assert GERMAN in client.get(answer.headers["Location"]).text


def test_without_an_element_that_asks_the_site_chooses(client: Browser, framable: Site, article: Article) -> None:
    framable.language = "de"
    db.session.commit()
    assert GERMAN in client.get(f"{THREAD}&language=xx").text
    assert ARABIC in client.get(f"{THREAD}&language=ar").text
    assert ENGLISH in client.get(f"{THREAD}&language=en").text


def test_all_that_a_frame_leads_to_keeps_its_language(
    client: Browser, framable: Site, article: Article, author: User
) -> None:
    for number in range(3):
        make_comment(article, author, f"Bravo {number}.")
    page = client.get(f"{THREAD}&language=ar").text
    led = [address.replace("&amp;", "&") for address in ADDRESS.findall(page)]
    assert len(led) > 5
    assert [address for address in led if not (address.startswith(f"{AT}/") or "&language=ar" in address)] == []
    framed = Browser(client.app)
    framed.get(f"{AT}/login")
    for path in {address.partition("#")[0] for address in led if "/comments" not in address}:
        answer = framed.get(path)
        if answer.status_code == 200 and "<html" in answer.text:
            assert ARABIC in answer.text, path


def test_a_frame_logs_in_and_posts_in_its_language(
    client: Browser, framable: Site, article: Article, author: User
) -> None:
    client.get(f"{AT}/login")
    back = f"{AT}/articles/opening-night"
    wrong = client.post(f"{AT}/login", {"email": author.email, "password": "wrong", "next": back})
    assert "عنوان البريد الإلكتروني أو كلمة المرور غير صحيح." in wrong.text
    entered = client.post(f"{AT}/login", {"email": author.email, "password": PASSWORD, "next": back})
    assert entered.headers["Location"] == back
    assert client.get(back).headers["Location"] == f"{THREAD}&language=ar"
    form = {"csrf_token": client.get(f"{THREAD}&language=ar").text.partition('name="csrf_token" value="')[2][:200]}
    form["csrf_token"] = form["csrf_token"].partition('"')[0]
    script = {"HX-Request": "true"}
    posted = client.post(f"{back}/comments", {"body": "Bravo.", "key": "a", **form}, headers=script)
    assert (posted.status_code, "الآن" in posted.text) == (201, True)
    assert f'"{AT}/comments/' in posted.text
    plain = client.post(f"{back}/comments", {"body": "Bravo again.", "key": "b", **form})
    assert plain.headers["Location"].startswith(f"{AT}/")


def test_the_window_for_logging_in_speaks_it_too(client: Browser, framable: Site, article: Article) -> None:
    client.get(f"{AT}/login")
    window = re.search(r'"(/log-in-window\?[^"]+)"', client.get(f"{AT}/login").text)
    assert window
    led = Browser(client.app).get(window[1].replace("&amp;", "&"))
    assert "language%3Dar" in led.headers["Location"]
    assert '<html lang="ar" dir="rtl">' in Browser(client.app).get(led.headers["Location"]).text


def test_a_part_for_a_publishers_server_comes_in_the_language_asked_for(client: Browser, article: Article) -> None:
    assert 'lang="de"' in client.get("/articles/opening-night/thread/fragment?language=de-CH").text
    assert 'lang="en"' in client.get("/articles/opening-night/thread/fragment").text


def test_hosted_pages_take_no_language_from_their_address(client: Browser, article: Article) -> None:
    assert '<html lang="en"' in client.get("/articles/opening-night?language=ar").text


def test_no_made_up_language_has_a_place() -> None:
    assert PLACE("/embed/at/main.de/login")
    assert PLACE("/embed/at/main/login")
    assert not PLACE("/embed/at/main.xx/login")
    assert not PLACE("/embed/at/main./login")


def test_a_thousand_made_up_languages_are_one_page(
    cached_app: Any, cache: PageCache, framable: Site, article: Article
) -> None:
    reader = Browser(cached_app)
    pages = {reader.get(f"{THREAD}&language=x{number}").text for number in range(1000)} | {reader.get(THREAD).text}
    assert len(pages) == len(cache.store.pages) == 1
    assert canonical_query("language=de-AT&sort=best") == canonical_query("sort=best&language=de")


def test_kept_pages_keep_languages_apart(
    cached_app: Any, cache: PageCache, framable: Site, article: Article, author: User
) -> None:
    comment: Comment = make_comment(article, author)
    reader = Browser(cached_app)
    for _again in range(2):
        for asked, opening in (("de", GERMAN), ("ar", ARABIC), ("de-CH", GERMAN), ("", ENGLISH)):
            headers = {"Accept-Language": "fr"}
            assert opening in reader.get(f"{THREAD}&language={asked}", headers=headers).text
        for place, opening in (("main.de", GERMAN), ("main.ar", ARABIC), ("main", ENGLISH)):
            assert opening in reader.get(f"/embed/at/{place}/comments/{comment.id}/replies").text
    assert len(cache.store.pages) <= 6


def test_another_sites_frame_speaks_its_own(client: Browser, framable: Site, article: Article) -> None:
    make_site("evening", "Evening Post", language="de")
    assert GERMAN in client.get("/embed/at/evening/login?again=1").text
    assert ARABIC in client.get("/embed/at/evening.ar/login?again=1").text
