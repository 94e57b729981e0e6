"""Who reads what of a gated article."""

from collections.abc import Callable
from typing import Any

import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Article
from board.extensions import db
from board.gate.models import Subscriber, Unlock
from board.gate.readers import READER_COOKIE
from tests.factories import make_article, make_member, make_site
from tests.gate.conftest import SECRET, leave_address, secret_blocks

PUBLIC_PATHS = ("/", "/articles/whodunit", "/articles/whodunit/unlock", "/articles/whodunit?newsletter=asked")


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_withheld_text_is_in_no_byte_of_a_public_answer(client: Any, gated: Article, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert SECRET.encode() not in answer.data
    assert b"Tea was served" not in answer.data
    assert SECRET not in str(answer.headers)


def test_withheld_text_is_in_no_byte_of_a_refusal(client: Any, gated: Article) -> None:
    for as_fragment in (False, True):
        answer = leave_address(client, "no address", as_fragment=as_fragment)
        assert answer.status_code == 422
        assert SECRET.encode() not in answer.data


def test_everybody_reads_up_to_the_cut(client: Any, gated: Article) -> None:
    html = client.get("/articles/whodunit").text
    assert "A stormy night." in html
    assert "A scream." in html
    assert 'id="continue"' not in html


def test_readers_without_an_address_all_get_the_same_bytes(new_browser: Callable[[], Any], gated: Article) -> None:
    first, second = (new_browser().get("/articles/whodunit") for _ in range(2))
    assert first.data == second.data
    assert "Set-Cookie" not in first.headers
    assert "no-store" not in first.headers.get("Cache-Control", "")


def test_an_address_opens_the_article_where_it_broke_off(client: Any, gated: Article) -> None:
    answer = leave_address(client)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/articles/whodunit#continue"
    opened = client.get("/articles/whodunit")
    assert f'<p id="continue">{SECRET}.</p>' in opened.text
    assert 'id="gate"' not in opened.text


def test_an_opened_page_stays_out_of_every_shared_cache(client: Any, gated: Article) -> None:
    assert leave_address(client).headers["Cache-Control"] == "private, no-store"
    assert client.get("/articles/whodunit").headers["Cache-Control"] == "private, no-store"
    assert leave_address(client, as_fragment=True).headers["Cache-Control"] == "private, no-store"


def test_the_pages_script_gets_the_text_alone(client: Any, gated: Article) -> None:
    answer = leave_address(client, as_fragment=True)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="article-text">')
    assert f'<p id="continue" tabindex="-1" autofocus>{SECRET}.</p>' in answer.text
    assert "<html" not in answer.text


def test_one_address_opens_all_email_gated_articles_of_the_site(client: Any, gated: Article) -> None:
    make_article(gated.site, "sequel", gate="email", body_blocks=secret_blocks())
    leave_address(client)
    assert SECRET in client.get("/articles/sequel").text


def test_an_address_left_at_one_site_opens_nothing_at_another(client: Any, gated: Article) -> None:
    other = make_site("other", "Other Stage")
    make_article(other, "whodunit", gate="email", body_blocks=secret_blocks())
    leave_address(client)
    assert SECRET not in client.get("/articles/whodunit?site=other").text
    leave_address(client, path="/articles/whodunit/unlock?site=other")
    assert SECRET in client.get("/articles/whodunit?site=other").text
    assert SECRET in client.get("/articles/whodunit").text


def test_an_address_is_kept_once_and_each_article_it_opened(new_browser: Callable[[], Any], gated: Article) -> None:
    make_article(gated.site, "sequel", gate="email", body_blocks=secret_blocks())
    for address in ("Reader@Example.com", "reader@example.com ", "READER@EXAMPLE.COM"):
        assert leave_address(new_browser(), address).status_code == 303
    leave_address(new_browser(), path="/articles/sequel/unlock")
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 1
    assert db.session.scalar(select(func.count()).select_from(Unlock)) == 2


def test_known_and_unknown_addresses_get_the_same_answer(new_browser: Callable[[], Any], gated: Article) -> None:
    known, unknown = (leave_address(new_browser(), as_fragment=True) for _ in range(2))
    assert known.data == unknown.data


@pytest.mark.parametrize("cookie", ["", "x", "null", "{}", "a.b.c", "ÿ", "1" * 5000])
def test_a_cookie_that_is_not_ours_opens_nothing(client: Any, gated: Article, cookie: str) -> None:
    answer = client.get("/articles/whodunit", headers={"Cookie": f"{READER_COOKIE}={cookie}"})
    assert answer.status_code == 200
    assert SECRET not in answer.text


@pytest.mark.parametrize("held", [{"1": "x" * 43}, {"1": None}, ["1"], "1", {"1": {"2": 3}}])
def test_a_signed_cookie_with_nobodys_key_opens_nothing(app: Any, client: Any, gated: Article, held: object) -> None:
    cookie = URLSafeTimedSerializer(str(app.secret_key), salt="board reader").dumps(held)
    assert SECRET not in client.get("/articles/whodunit", headers={"Cookie": f"{READER_COOKIE}={cookie}"}).text


def test_a_cookie_signed_for_another_purpose_opens_nothing(app: Any, client: Any, gated: Article) -> None:
    leave_address(client)
    key = db.session.scalar(select(Subscriber.reader_key))
    for secret, salt in ((str(app.secret_key), "leave newsletter"), ("another key", "board reader")):
        cookie = URLSafeTimedSerializer(secret, salt=salt).dumps({"1": key})
        client.http.delete_cookie(READER_COOKIE)
        assert SECRET not in client.get("/articles/whodunit", headers={"Cookie": f"{READER_COOKIE}={cookie}"}).text


def test_a_tampered_cookie_opens_nothing(new_browser: Callable[[], Any], gated: Article) -> None:
    browser = new_browser()
    leave_address(browser)
    cookie = browser.http.get_cookie(READER_COOKIE).value
    for place in (3, len(cookie) // 2, len(cookie) - 2):
        changed = cookie[:place] + ("A" if cookie[place] != "A" else "B") + cookie[place + 1 :]
        answer = new_browser().get("/articles/whodunit", headers={"Cookie": f"{READER_COOKIE}={changed}"})
        assert SECRET not in answer.text


def test_erasing_the_address_ends_the_cookie(client: Any, gated: Article) -> None:
    leave_address(client)
    for row in db.session.scalars(select(Subscriber)):
        db.session.delete(row)
    db.session.commit()
    assert SECRET not in client.get("/articles/whodunit").text


def test_the_cookie_is_for_this_server_alone(client: Any, gated: Article) -> None:
    cookie = leave_address(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=31536000" in cookie
    assert "reader@example.com" not in cookie


def test_members_pass_every_gate(browser_for: Any, author: User, gated: Article, for_members: Article) -> None:
    for path in ("/articles/whodunit", "/articles/inner-circle"):
        answer = browser_for(author).get(path)
        assert SECRET in answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_member_who_has_not_confirmed_passes_none(browser_for: Any, gated: Article, for_members: Article) -> None:
    browser = browser_for(make_member("Una Unsure", "una@example.com", confirmed=False))
    for path in ("/articles/whodunit", "/articles/inner-circle"):
        assert SECRET not in browser.get(path).text
    assert "Confirm your e-mail address" in browser.get("/articles/inner-circle").text


def test_an_address_does_not_open_an_article_for_members(client: Any, gated: Article, for_members: Article) -> None:
    leave_address(client)
    answer = leave_address(client, path="/articles/inner-circle/unlock")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/login")
    html = client.get("/articles/inner-circle").text
    assert SECRET not in html
    assert "Register" in html


def test_logging_in_leads_back_to_the_same_paragraph(client: Any, site: Any) -> None:
    make_article(site, "a b/c&d?e#f%g", gate="email", body_blocks=secret_blocks())
    path = "/articles/a%20b%252Fc&d%3Fe%23f%2525g"
    html = client.get(path).text
    assert "next=/articles/a%2520b%25252Fc%26d%253Fe%2523f%252525g%23continue" in html
    answer = leave_address(client, path=f"{path}/unlock")
    assert answer.headers["Location"] == f"{path}#continue"
    assert SECRET in client.get(path).text


def test_a_gate_withholds_something_however_short_the_article(client: Any, site: Any) -> None:
    make_article(site, "short", gate="email", gate_after_blocks=9, body_blocks=["<p>One.</p>", f"<p>{SECRET}.</p>"])
    make_article(site, "shorter", gate="email", gate_after_blocks=2, body_blocks=[f"<p>{SECRET}.</p>"])
    make_article(site, "empty", gate="email", body_blocks=[])
    assert SECRET not in client.get("/articles/short").text
    assert SECRET not in client.get("/articles/shorter").text
    assert 'id="gate"' not in client.get("/articles/empty").text


def test_an_open_article_has_no_gate(client: Any, article: Article) -> None:
    html = client.get("/articles/opening-night").text
    assert "Paragraph 5." in html
    assert 'id="gate"' not in html
    assert 'id="continue"' not in html
    assert client.get("/articles/opening-night/unlock").status_code == 303


def test_a_reader_who_has_passed_the_gate_is_led_on(client: Any, gated: Article) -> None:
    leave_address(client)
    assert client.get("/articles/whodunit/unlock").headers["Location"] == "/articles/whodunit#continue"
    assert leave_address(client).status_code == 303


def test_a_foreign_page_cannot_leave_an_address(client: Any, gated: Article) -> None:
    answer = client.post(
        "/articles/whodunit/unlock", {"email": "a@b.example"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_an_article_that_is_not_there_has_no_gate(client: Any, site: Any) -> None:
    assert leave_address(client, path="/articles/nowhere/unlock").status_code == 404
