"""What may be framed, by whom, and that everybody gets the same bytes."""

import re

import pytest
from flask import Flask

from board.accounts.models import User
from board.articles.models import Article, Site
from board.extensions import db
from board.pagecache import canonical_query
from board.pagecache.keys import LISTS
from board.pages.stamps import versions_in
from tests.ballots.conftest import make_ballot
from tests.conftest import Browser
from tests.embed.conftest import PAPER, ancestors
from tests.factories import make_article, make_comment, make_site

THREAD = "/embed/thread?article_id=opening-night"


def test_only_the_sites_own_origins_may_frame_a_thread(client: Browser, article: Article, framable: Site) -> None:
    answer = client.get(THREAD)
    assert answer.status_code == 200
    assert ancestors(answer) == f"{PAPER} https://www.paper.example"
    assert "X-Frame-Options" not in answer.headers
    assert "public" in answer.headers["Cache-Control"]


def test_a_site_without_origins_is_framed_by_nobody(client: Browser, article: Article) -> None:
    assert ancestors(client.get(THREAD)) == "'none'"


@pytest.mark.parametrize(
    "path", ["/", "/articles/opening-night", "/articles/opening-night/thread", "/login", "/manage"]
)
def test_no_other_page_is_framed_by_anybody(client: Browser, article: Article, framable: Site, path: str) -> None:
    assert ancestors(client.get(path)) == "'none'"


def test_a_page_names_its_site_by_its_own_origin(client: Browser, framable: Site) -> None:
    other = make_site("evening", "The Evening Post")
    other.origins = ["https://evening.example"]
    make_article(other, "opening-night", title="Another one")
    answer = client.get(f"{THREAD}&site=https://evening.example")
    assert "Another one" in answer.text
    assert ancestors(answer) == "https://evening.example"


def test_an_origin_of_no_site_gets_nothing(client: Browser, article: Article, framable: Site) -> None:
    answer = client.get(f"{THREAD}&site=https://elsewhere.example")
    assert answer.status_code == 404
    assert ancestors(answer) == "'none'"
    assert "comments" not in answer.text


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/embed/ballots/no-such", "has the short name “no-such”"),
        ("/embed/thread", "needs an article-id"),
        ("/embed/gate?article_id=", "needs an article-id"),
        ("/embed/thread?article_id=unheard-of", "once it is shown on a page"),
    ],
)
def test_what_is_not_there_is_said_inside_the_frame(client: Browser, framable: Site, path: str, problem: str) -> None:
    answer = client.get(path, query_string={"site": PAPER} if "?" not in path else None)
    assert answer.status_code == 404
    assert ancestors(answer) == f"{PAPER} https://www.paper.example"
    assert problem in answer.text
    assert problem not in re.sub('data-problem="[^"]*"', "", answer.text)


def test_another_sites_ballot_is_not_there_for_a_page(client: Browser, framable: Site) -> None:
    other = make_site("evening", "The Evening Post")
    other.origins = ["https://evening.example"]
    slug = make_ballot(other).slug
    answer = client.get(f"/embed/ballots/{slug}?site={PAPER}")
    assert answer.status_code == 404
    assert ancestors(answer) == f"{PAPER} https://www.paper.example"
    for own in ("", "?site=https://evening.example", "?site=evening"):
        assert ancestors(client.get(f"/embed/ballots/{slug}{own}")) == "https://evening.example"


def test_the_looks_of_the_page_around_make_no_bytes_of_their_own() -> None:
    asked = "article_id=a&site=https://paper.example&sort=newest"
    more = "&theme=dark&accent=red&font=x&density=compact&url=https://paper.example/a&title=A"
    listed = LISTS["/embed/thread"]
    assert canonical_query(asked + more, listed) == canonical_query(asked, listed)


@pytest.mark.parametrize("site_name", ["", "&site=main", f"&site={PAPER}"])
def test_ready_bytes_go_when_an_origin_or_a_comment_comes_or_goes(
    app: Flask, article: Article, framable: Site, author: User, site_name: str
) -> None:
    version = versions_in(db.engine)
    asked = ("/embed/thread", f"article_id=opening-night{site_name}")
    first = version(*asked)
    make_comment(article, author)
    second = version(*asked)
    framable.origins = [PAPER]
    db.session.commit()
    third = version(*asked)
    assert first
    assert len({first, second, third}) == 3


def test_the_frames_own_links_lead_to_frames(client: Browser, article: Article, framable: Site, author: User) -> None:
    for text in ("Bravo.", "Brava."):
        make_comment(article, author, text)
    page = client.get(THREAD).text
    assert 'hx-get="/embed/thread?article_id=opening-night&amp;sort=newest"' in page
    part = client.get(f"{THREAD}&sort=newest", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith("<section")
    assert 'hx-get="/embed/thread?article_id=opening-night"' in part


def test_a_plain_form_in_a_frame_leads_out_of_it(client: Browser, article: Article, framable: Site) -> None:
    assert '<base target="_blank">' in client.get(THREAD).text


def test_the_loader_is_small_and_kept(client: Browser) -> None:
    answer = client.get("/embed.js")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert "//" not in answer.text.replace("://", "")
    assert "eval(" not in answer.text
    assert "innerHTML" not in answer.text


def test_counts_are_asked_for_by_origin(client: Browser, article: Article, framable: Site, author: User) -> None:
    make_comment(article, author)
    answer = client.get(f"/api/v1/counts?article_id=opening-night&site={PAPER}")
    assert answer.json == {"counts": {"opening-night": 1}}
    assert client.get("/api/v1/counts?article_id=opening-night&site=https://elsewhere.example").status_code == 404
