"""The front page: every article once, newest first, with its comments counted."""

from datetime import timedelta
from typing import Any

from board.accounts.models import User
from board.articles.models import Site
from board.comments.models import Thread
from board.extensions import db
from board.storage import now
from tests.factories import make_article, make_site
from tests.reading import parsed, queries, words


def publish(site: Site, count: int, *, same_time: bool = False) -> None:
    start = now() - timedelta(days=400)
    for n in range(count):
        moment = start if same_time else start + timedelta(hours=n)
        make_article(site, f"story-{n}", title=f"Story {n}", published_at=moment)


def titles(html: str) -> list[str]:
    return [words(head) for head in parsed(html).iterfind(".//h2/a")]


def link(html: str, rel: str) -> str | None:
    found = parsed(html).find(f".//a[@rel='{rel}']")
    return None if found is None else str(found.get("href"))


def test_a_new_board_invites_to_add_an_article(client: Any) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "No articles yet." in answer.text


def test_articles_come_newest_first_with_their_comments_counted(client: Any, site: Site) -> None:
    publish(site, 3)
    db.session.add(Thread(article_id=make_article(site, "busy", title="Busy").id, site_id=site.id, comment_count=1))
    db.session.commit()
    page = client.get("/").text
    assert titles(page) == ["Busy", "Story 2", "Story 1", "Story 0"]
    assert "1 comment<" in page
    assert page.count("0 comments<") == 3


def test_paging_shows_each_article_once_and_leads_back(client: Any, site: Site) -> None:
    for same_time in (False, True):
        publish(site if not same_time else make_site("other", "Other"), 45, same_time=same_time)
    for first in ("/", "/?site=other"):
        pages, path = [], first
        while path:
            html = client.get(path).text
            pages.append(titles(html))
            path = link(html, "next") or ""
        assert [len(page) for page in pages] == [20, 20, 5]
        assert sorted(title for page in pages for title in page) == sorted(f"Story {n}" for n in range(45))
        back = client.get(link(html, "prev")).text
        assert titles(back) == pages[1]
        first_again = client.get(link(back, "prev")).text
        assert titles(first_again) == pages[0]
        assert link(first_again, "prev") is None


def test_another_sites_articles_stay_on_its_own_page(client: Any, site: Site) -> None:
    make_article(site, "ours", title="Ours")
    make_article(make_site("other", "Other"), "theirs", title="Theirs")
    assert titles(client.get("/").text) == titles(client.get("/?site=").text) == ["Ours"]
    assert titles(client.get("/?site=other").text) == ["Theirs"]
    assert client.get("/?site=unknown").status_code == 404


def test_a_made_up_key_gives_the_first_page(client: Any, site: Site) -> None:
    publish(site, 2)
    first = titles(client.get("/").text)
    for key in ("x", "1", "1.2.3", "9" * 30 + ".1", "1." + "9" * 30, "-1.-1", "1.5e3", "%00", "-9999999999999.1"):
        for name in ("before", "after"):
            answer = client.get(f"/?{name}={key}")
            assert answer.status_code == 200
            assert titles(answer.text) == first, (name, key)


def test_the_work_does_not_grow_with_the_list(client: Any, site: Site) -> None:
    publish(site, 2)
    client.get("/")
    with queries() as few:
        client.get("/")
    publish_more = [make_article(site, f"more-{n}") for n in range(18)]
    assert publish_more
    with queries() as many:
        client.get("/")
    assert len(many) == len(few) <= 4


def test_signed_out_readers_get_the_same_bytes_which_caches_may_keep(client: Any, site: Site, app: Any) -> None:
    publish(site, 2)
    one, two = client.get("/"), client.get("/", headers={"Cookie": "other=1"})
    assert one.data == two.data
    assert one.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=1")
    assert "Set-Cookie" not in one.headers
    assert "Cookie" in one.headers["Vary"]


def test_a_members_page_is_kept_by_nobody(browser_for: Any, author: User, site: Site) -> None:
    answer = browser_for(author).get("/")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Ada Author" in answer.text
