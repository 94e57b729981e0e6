"""The overlay: what is one's own, laid over a page kept for everybody, and never in it."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from board.accounts.models import MemberSession, User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.visits import ThreadVisit, note_visit
from board.extensions import db
from board.pagecache import PageCache
from board.storage import now
from tests.ballots.conftest import make_ballot, place
from tests.conftest import Browser
from tests.factories import make_article, make_comment
from tests.reading import queries

PAGE = "/articles/opening-night"


def scripted(application: Flask, user: User | None = None) -> Browser:
    """Open a browser whose script lays overlays, as after its first page."""
    browser = Browser(application)
    if user:
        browser.sign_in(user)
    browser.http.set_cookie("overlay", "1")
    return browser


def overlay_of(browser: Browser, *comments: Comment, page: str = PAGE) -> str:
    """Return the overlay for a page with these comments."""
    answer = browser.get(f"{page}/overlay?ids={','.join(str(comment.id) for comment in comments)}")
    assert answer.status_code == 200
    return str(answer.text)


def footers(overlay: str) -> list[int]:
    """Return the IDs of the comments whose buttons the overlay exchanges."""
    return [int(number) for number in re.findall(r'data-for="#comment-(\d+) >', overlay)]


def test_a_member_gets_ready_bytes_that_hold_nothing_of_theirs(
    cached_app: Flask, cache: PageCache, article: Article, author: User
) -> None:
    page = scripted(cached_app, author).get(PAGE)
    assert "public" in page.headers["Cache-Control"]
    assert "Ada Author" not in page.text
    assert "data-personal" not in page.text
    assert "data-overlay=" in page.text
    assert "X-Board-Overlay" not in page.headers
    assert "Set-Cookie" not in page.headers
    assert len(cache.store.pages) == 1


def test_without_the_scripts_cookie_the_page_is_rendered_for_the_member(
    cached_app: Flask, cache: PageCache, article: Article, author: User
) -> None:
    page = Browser(cached_app).sign_in(author).get(PAGE)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Ada Author" in page.text
    assert "data-personal" in page.text
    assert not cache.store.pages


def test_two_members_overlays_differ_and_neither_is_in_the_store(
    cached_app: Flask, cache: PageCache, article: Article, author: User, other_member: User
) -> None:
    mine = make_comment(article, author, "Mine.")
    theirs = make_comment(article, other_member, "Theirs.")
    theirs.set_liked(author, True)
    db.session.commit()
    ada, otto = scripted(cached_app, author), scripted(cached_app, other_member)
    page = ada.get(PAGE).text
    assert page == otto.get(PAGE).text
    of_ada, of_otto = overlay_of(ada, mine, theirs), overlay_of(otto, mine, theirs)
    assert "Ada Author" in of_ada and "Ada Author" not in of_otto
    assert "Otto Other" in of_otto and "Otto Other" not in of_ada
    assert (footers(of_ada), footers(of_otto)) == ([mine.id], [theirs.id])
    assert f'data-liked="{theirs.id}"' in of_ada and "data-liked" not in of_otto
    assert f"/comments/{mine.id}/edit" in of_ada and f"/comments/{theirs.id}/edit" not in of_ada
    tokens = [re.findall(r'name="csrf_token" value="([^"]+)"', text)[0] for text in (of_ada, of_otto)]
    kept = b"".join(page.page.plain() for page in cache.store.pages.values())
    for secret in (*tokens, "data-liked", "/edit"):
        assert secret.encode() not in kept


def test_the_overlay_is_private_and_never_kept(
    cached_app: Flask, cache: PageCache, article: Article, author: User
) -> None:
    for browser in (scripted(cached_app, author), scripted(cached_app), Browser(cached_app)):
        answer = browser.get(f"{PAGE}/overlay?ids=1,2")
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert not cache.store.pages


def test_a_signed_out_reader_gets_an_empty_overlay(cached_app: Flask, article: Article, author: User) -> None:
    comment = make_comment(article, author)
    assert "<template" not in overlay_of(scripted(cached_app), comment)


def test_a_dead_session_gets_the_page_of_everybody(cached_app: Flask, article: Article, author: User) -> None:
    browser = scripted(cached_app, author)
    assert "Ada Author" in overlay_of(browser)
    for row in db.session.query(MemberSession):
        row.ended_at = now()
    db.session.commit()
    assert "<template" not in overlay_of(browser)
    assert "Log in" in browser.get(PAGE).text


def test_a_forged_session_and_a_forged_overlay_cookie_show_nothing(cached_app: Flask, article: Article) -> None:
    forger = scripted(cached_app)
    forger.http.set_cookie("board", "forged")
    assert "<template" not in overlay_of(forger)
    assert forger.get(PAGE).status_code == 200


def test_moderators_always_get_a_page_of_their_own(
    cached_app: Flask, cache: PageCache, article: Article, author: User, moderator: User
) -> None:
    comment = make_comment(article, author)
    mona = Browser(cached_app).sign_in(moderator)
    page = mona.get(PAGE).text
    assert f"/comments/{comment.id}/removal" in page
    assert "data-overlay=" not in page
    mona.http.set_cookie("overlay", "1")  # left over from before they became one
    answer = mona.get(f"{PAGE}/overlay?ids={comment.id}")
    assert answer.status_code == 205
    assert "overlay=;" in answer.headers["Set-Cookie"]
    assert f"/comments/{comment.id}/removal" in mona.get(PAGE).text


def test_a_gated_article_is_rendered_for_whoever_may_read_it(
    cached_app: Flask, cache: PageCache, article: Article, author: User
) -> None:
    make_article(article.site, "gated", gate="members", body_blocks=[f"<p>Part {n}.</p>" for n in range(1, 6)])
    Browser(cached_app).get("/articles/gated")
    page = scripted(cached_app, author).get("/articles/gated")
    assert "Part 5." in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "data-overlay=" not in page.text


def test_whoever_just_posted_sees_it_though_the_kept_page_is_older(
    cached_app: Flask, article: Article, author: User
) -> None:
    ada = scripted(cached_app, author)
    assert "First night." not in ada.get(PAGE).text
    answer = ada.post(f"{PAGE}/comments", {"body": "First night."})
    page = ada.get(answer.location.partition("#")[0])
    assert "First night." in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_mark_of_a_fresh_change_ends_by_itself(cached_app: Flask, article: Article, author: User) -> None:
    ada = scripted(cached_app, author)
    ada.post(f"{PAGE}/comments", {"body": "First night."})
    cookie = ada.http.get_cookie("fresh")
    assert cookie is not None and cookie.max_age == 3 and cookie.http_only


@pytest.mark.parametrize("way", ["in", "out"])
def test_signing_in_or_out_stops_the_overlay_until_a_page_asks_again(
    cached_app: Flask, article: Article, author: User, way: str
) -> None:
    browser = scripted(cached_app, author if way == "out" else None)
    form = {"email": author.email, "password": "correct horse battery staple"} if way == "in" else {}
    browser.post("/login" if way == "in" else "/logout", form)
    assert browser.http.get_cookie("overlay") is None


def test_a_comment_that_waits_for_a_moderator_is_in_its_authors_overlay_alone(
    cached_app: Flask, article: Article, author: User, other_member: User
) -> None:
    parent = make_comment(article, other_member)
    waiting = make_comment(article, author, "Please look at this.", parent)
    waiting.state, waiting.is_listed = "held", False
    db.session.commit()
    assert "Please look at this." in overlay_of(scripted(cached_app, author), parent)
    assert f'data-for="#reply-{parent.id}"' in overlay_of(scripted(cached_app, author), parent)
    assert "Please look at this." not in overlay_of(scripted(cached_app, other_member), parent)


def test_comments_of_another_article_are_not_answered_for(cached_app: Flask, article: Article, author: User) -> None:
    elsewhere = make_comment(make_article(article.site, "closing-night"), author, "Elsewhere.")
    assert footers(overlay_of(scripted(cached_app, author), elsewhere)) == []


@pytest.mark.parametrize(
    "ids", ["", "x", "1,,2", "-1", "9" * 40, "1' OR 1=1", "²", ",".join(str(n) for n in range(5000))]
)
def test_any_list_of_comments_is_answered(cached_app: Flask, article: Article, author: User, ids: str) -> None:
    browser = scripted(cached_app, author)
    assert browser.get(f"{PAGE}/overlay", query_string={"ids": ids}).status_code == 200


def test_an_article_that_is_not_there_has_no_overlay(cached_app: Flask, article: Article, author: User) -> None:
    browser = scripted(cached_app, author)
    assert browser.get("/articles/nothing/overlay?ids=1").status_code == 404
    assert browser.get(f"{PAGE}/overlay?ids=1&site=nowhere").status_code == 404
    assert browser.get("/articles/a%00b/overlay?ids=1").status_code == 404


def test_the_overlay_takes_three_queries_however_much_is_on_the_page(
    app: Flask, article: Article, author: User, other_member: User
) -> None:
    comments = [make_comment(article, author if n % 2 else other_member, f"Number {n}.") for n in range(12)]
    comments[0].set_liked(author, True)
    db.session.commit()
    ids = [str(comment.id) for comment in comments]
    ada = Browser(app).sign_in(author)
    with queries() as few:
        ada.get(f"{PAGE}/overlay?ids={','.join(ids[:2])}")
    with queries() as many:
        ada.get(f"{PAGE}/overlay?ids={','.join(ids)}")
    selects = [[query for query in sent if query.startswith(("SELECT", "WITH"))] for sent in (few, many)]
    assert [len(sent) for sent in selects] == [3, 3], selects


def test_a_reader_who_voted_sees_their_choice(cached_app: Flask, article: Article) -> None:
    ballot = make_ballot(article.site)
    place(ballot, article)
    reader = scripted(cached_app)
    assert "ballot" not in overlay_of(reader)
    path, choice = f"/ballots/{ballot.slug}/votes", {"option": ballot.options[0].id}
    again = reader.post(path, choice)
    assert again.status_code == 307
    reader.post(again.headers["Location"], choice)
    overlay = overlay_of(reader)
    assert f'data-for="#ballot-{ballot.slug}"' in overlay and "is-own" in overlay
    assert "<template" not in overlay_of(scripted(cached_app))


def test_the_overlay_tells_what_is_new_since_the_last_visit(
    cached_app: Flask, article: Article, author: User, other_member: User
) -> None:
    ada = scripted(cached_app, author)
    assert "data-due" in overlay_of(ada) and "data-since" not in overlay_of(ada)
    note_visit(article, author, seconds_ago=3600)
    db.session.commit()
    assert "data-due" in overlay_of(ada) and "data-since" not in overlay_of(ada)
    make_comment(article, other_member)
    overlay = overlay_of(ada)
    assert "1 new since your last visit" in overlay
    assert f'data-own="/members/{author.id}"' in overlay
    since = db.session.scalars(select(ThreadVisit.began_at)).one()
    assert f'data-since="{int(since.timestamp() * 1000)}"' in overlay
    assert "new since" not in overlay_of(scripted(cached_app, other_member))
    note_visit(article, author)
    db.session.commit()
    assert "1 new since your last visit" in overlay_of(ada) and "data-due" not in overlay_of(ada)


def test_noting_a_visit_does_not_make_the_next_page_a_fresh_one(
    cached_app: Flask, article: Article, author: User
) -> None:
    ada = scripted(cached_app, author)
    ada.post(f"{PAGE}/visit", headers={"HX-Request": "true"})
    assert ada.http.get_cookie("fresh") is None
