"""Inside a frame: cookies of its own, pages of its own, and only the site's own pages around it."""

from typing import Any

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.ballots.votes import Vote
from board.comments.models import Comment
from board.embed.mount import COOKIE_PREFIX, for_frames, without_prefix
from board.extensions import db
from tests.ballots.conftest import make_ballot, place
from tests.conftest import PASSWORD, Browser
from tests.embed.conftest import PAPER, ancestors
from tests.factories import make_article, make_comment

AT = "/embed/at/main"


@pytest.fixture
def framed(app: Any, framable: Site, article: Article) -> Browser:
    """Open the browser of a reader whose frame has a cookie already."""
    browser = Browser(app)
    browser.get(f"{AT}/login")
    return browser


def log_in(browser: Browser, user: User, **more: Any) -> Any:
    form = {"email": user.email, "password": PASSWORD, "next": f"{AT}/articles/opening-night"}
    return browser.post(f"{AT}/login", form, **more)


def cookies_of(answer: Any) -> list[str]:
    return list(answer.headers.getlist("Set-Cookie"))


def test_a_frame_signs_in_with_partitioned_cookies_alone(framed: Browser, author: User) -> None:
    answer = log_in(framed, author)
    assert answer.status_code == 303
    assert cookies_of(answer)
    for cookie in cookies_of(answer):
        assert cookie.startswith("__Host-board-framed.")
        for attribute in ("; Secure", "; SameSite=None", "; Partitioned", "; Path=/", "; HttpOnly"):
            assert cookie.count(attribute) == 1
        assert "Domain" not in cookie


def test_a_first_party_log_in_keeps_its_own_cookie(client: Browser, site: Site, author: User) -> None:
    answer = client.post("/login", {"email": author.email, "password": PASSWORD})
    (session,) = [cookie for cookie in cookies_of(answer) if cookie.startswith("board=")]
    assert "SameSite=Lax" in session
    assert "Partitioned" not in session


def test_the_two_sessions_know_nothing_of_each_other(framed: Browser, author: User) -> None:
    log_in(framed, author)
    assert "Log in" in framed.get("/articles/opening-night").text
    assert "Ada Author" in framed.get("/embed/thread?article_id=opening-night").text


def test_what_a_member_sees_in_a_frame_stays_out_of_shared_caches(
    framed: Browser, article: Article, author: User
) -> None:
    make_ballot(article.site, slug="best-musical", who="member")
    paths = ("/embed/thread?article_id=opening-night", "/embed/ballots/best-musical")
    assert all("public" in framed.get(path).headers["Cache-Control"] for path in paths[:1])
    log_in(framed, author)
    for path in paths:
        assert framed.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_first_party_session_does_nothing_in_a_frame(browser_for: Any, article: Article, author: User) -> None:
    mine = browser_for(author)
    assert "Ada Author" in mine.get("/articles/opening-night").text
    assert "Ada Author" not in mine.get("/embed/thread?article_id=opening-night").text


def test_what_a_frame_leads_to_stays_in_it(framed: Browser, author: User) -> None:
    way = log_in(framed, author).headers["Location"]
    assert way == f"{AT}/articles/opening-night"
    answer = framed.get(way)
    assert answer.headers["Location"] == "/embed/thread?article_id=opening-night"


def test_a_frames_log_in_page_has_the_sites_pages_around_it_and_no_others(framed: Browser) -> None:
    assert ancestors(framed.get(f"{AT}/login")) == f"{PAPER} https://www.paper.example"
    assert ancestors(framed.get("/login")) == "'none'"


@pytest.mark.parametrize("path", ["/account", "/account/password", "/manage", "/moderation", "/"])
def test_settings_and_staff_pages_lead_out_of_the_frame(framed: Browser, admin: User, path: str) -> None:
    log_in(framed, admin)
    text = framed.get(AT + path).text
    assert "This opens in a tab of its own" in text
    assert f'href="{path}"' in text


@pytest.mark.parametrize(
    "path", ["/account/password", "/account/removal", "/comments/1/removal", "/manage/sites/1", "/comments/1/approval"]
)
def test_no_form_of_theirs_is_taken_from_a_frame(framed: Browser, article: Article, admin: User, path: str) -> None:
    make_comment(article, admin)
    log_in(framed, admin)
    assert framed.post(AT + path, {"reason": "off_topic"}).status_code == 404


def test_a_tab_of_its_own_shows_the_page_itself(framed: Browser, article: Article, author: User) -> None:
    comment = make_comment(article, author)
    answer = framed.get(f"{AT}/comments/{comment.id}?x=1", headers={"Sec-Fetch-Dest": "document"})
    assert answer.headers["Location"] == f"/comments/{comment.id}?x=1"


@pytest.mark.parametrize("origin", ["null", PAPER, "https://elsewhere.example", "http://localhost.elsewhere.example"])
def test_no_other_page_can_send_a_frames_forms(framed: Browser, author: User, origin: str) -> None:
    assert log_in(framed, author, headers={"Origin": origin}).status_code == 403
    assert "Ada Author" not in framed.get("/embed/thread?article_id=opening-night").text


def test_a_frame_of_an_unknown_site_is_not_there(client: Browser, site: Site) -> None:
    assert client.get("/embed/at/unknown/login").status_code == 404


def test_a_ban_ends_the_frames_session_too(framed: Browser, author: User) -> None:
    log_in(framed, author)
    author.end_sessions()
    db.session.commit()
    assert "Ada Author" not in framed.get("/embed/thread?article_id=opening-night").text


def test_logging_out_in_the_frame_makes_a_copied_cookie_worthless(framed: Browser, author: User) -> None:
    log_in(framed, author)
    name = f"{COOKIE_PREFIX}board"
    copied = framed.http.get_cookie(name)
    assert copied
    page = framed.get("/embed/thread?article_id=opening-night").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert framed.post(f"{AT}/logout", {"csrf_token": token}).status_code == 303
    framed.http.set_cookie(name, copied.value)
    assert "Ada Author" not in framed.get("/embed/thread?article_id=opening-night").text


def test_a_browser_that_keeps_no_cookies_is_led_to_a_tab_of_its_own(app: Any, framable: Site, article: Article) -> None:
    browser = Browser(app)
    browser.http = app.test_client(use_cookies=False)
    way = f"{AT}/articles/opening-night/comments"
    first = browser.post(way, {"body": "Carried along."})
    assert first.status_code == 307
    assert "again=1" in first.headers["Location"]
    second = browser.post(first.headers["Location"], {"body": "Carried along."})
    assert second.status_code == 409
    assert 'action="/articles/opening-night/comments" target="_blank"' in second.text
    assert "Carried along." in second.text
    assert browser.get(f"{AT}/login?again=1&next={AT}/articles/opening-night").status_code == 409


def test_a_text_from_elsewhere_is_not_shown_there(app: Any, framable: Site, article: Article) -> None:
    way = f"{AT}/articles/opening-night/comments?again=1"
    answer = Browser(app).post(way, {"body": "Planted."}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "Planted." not in answer.text


def test_cookies_change_their_names_both_ways() -> None:
    sent = f"a=1; {COOKIE_PREFIX}board=x; __Host-board=y; {COOKIE_PREFIX}__Host-board_draft=z; board_device=q"
    assert without_prefix(sent) == "board=x; __Host-board_draft=z"
    name, value = for_frames("Set-Cookie", "board=x; Domain=evil; Max-Age=5; Path=/x; SameSite=Lax; HttpOnly")
    assert (name, value) == (
        "Set-Cookie",
        f"{COOKIE_PREFIX}board=x; Max-Age=5; HttpOnly; Path=/; Secure; SameSite=None; Partitioned",
    )
    assert for_frames("Location", "/a; Domain=b") == ("Location", "/a; Domain=b")


@pytest.mark.parametrize(
    "path", ["//elsewhere.example/", "/%5C/elsewhere.example", "//elsewhere.example/articles/x", "/unknown"]
)
def test_a_tab_of_its_own_is_never_led_elsewhere(framed: Browser, path: str) -> None:
    answer = framed.get(AT + path, headers={"Sec-Fetch-Dest": "document"})
    assert answer.status_code == 404
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "way", [f"{AT}//elsewhere.example", "https://elsewhere.example", "//elsewhere.example", "javascript:alert(1)"]
)
def test_the_way_out_leads_nowhere_else(framed: Browser, app: Any, way: str) -> None:
    browser = Browser(app)
    browser.http = app.test_client(use_cookies=False)
    text = browser.get(f"{AT}/login?again=1&next={way}").text
    assert 'action="/"' in text
    assert "elsewhere" not in text.partition("way-out")[2]


def test_an_overlay_is_never_made_in_a_frame(framed: Browser, article: Article, author: User) -> None:
    """Its pieces are made once for all pages, so none may hold a frame's addresses."""
    assert "data-overlay" not in framed.get("/embed/thread?article_id=opening-night").text
    assert "tab of its own" in framed.get(f"{AT}/articles/opening-night/overlay").text


def test_what_leaves_the_frame_names_no_frame(app: Any, article: Article) -> None:
    from board.urls import absolute

    assert absolute(f"{AT}/comments/1") == "http://localhost/comments/1"


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_frame_acts_on_nothing_of_another_site(
    framed: Browser, framable: Site, other_site: Site, author: User, other_member: User, is_signed_in: bool
) -> None:
    """A publisher's keys make members, and its pages stand around their buttons: both end at its own site."""
    far = make_article(other_site, "far")
    comment, ballot = make_comment(far, other_member), make_ballot(other_site, slug="far-ballot")
    place(ballot, far)
    if is_signed_in:
        log_in(framed, author)
    token = {"csrf_token": framed.get("/embed/thread?article_id=opening-night").text} if is_signed_in else {}
    if token:
        token["csrf_token"] = token["csrf_token"].partition('name="csrf_token" value="')[2].partition('"')[0]
    answers = [
        framed.post(f"{AT}/articles/far/comments?site=harbour", {"body": "Minted.", "key": "a", **token}),
        framed.post(f"{AT}/comments/{comment.id}/replies", {"body": "Minted.", "key": "b", **token}),
        framed.post(f"{AT}/comments/{comment.id}/reaction", {"liked": "yes", **token}),
        framed.post(f"{AT}/comments/{comment.id}/reports", {"reason": "spam", **token}),
        framed.post(f"{AT}/ballots/far-ballot/votes", {"option": str(ballot.options[0].id), **token}),
        framed.get(f"{AT}/articles/far/comments?site=harbour"),
        framed.get(f"{AT}/articles/far?site=harbour"),
        framed.get(f"{AT}/comments/{comment.id}"),
        framed.get(f"{AT}/ballots/far-ballot"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert not db.session.scalars(select(Vote)).all()
    assert len(db.session.scalars(select(Comment)).all()) == 1


def test_a_frame_of_another_site_acts_on_its_own(framed: Browser, other_site: Site, author: User) -> None:
    far = make_article(other_site, "far")
    comment = make_comment(far, author)
    place(make_ballot(other_site, slug="far-ballot"), far)
    assert framed.get(f"/embed/at/harbour/comments/{comment.id}").status_code == 302
    assert framed.get("/embed/at/harbour/articles/far?site=harbour").status_code == 302
    assert framed.get("/embed/at/harbour/ballots/far-ballot").status_code == 302
    assert framed.get("/embed/at/harbour/articles/opening-night").status_code == 404
