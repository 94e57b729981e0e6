"""The hosted article page: every part in its place, and what machines read of it."""

import json
from typing import Any

import pytest

from board.accounts.models import User
from board.articles.models import Article, Site, Video
from board.articles.pictures import keep_picture
from board.comments.models import Thread
from board.extensions import db
from tests.articles.test_pictures import picture_file
from tests.factories import make_article
from tests.reading import parsed, queries, words

PAYLOAD = "</script><script>alert(1)</script><!-- \" ' &amp; \u2028"


def data_of(html: str) -> dict[str, Any]:
    [script] = [s for s in parsed(html).iter("script") if s.get("type") == "application/ld+json"]
    data: dict[str, Any] = json.loads(script.text)
    return data


def meta(html: str, name: str) -> str | None:
    for tag in parsed(html).iter("meta"):
        if name in {tag.get("property"), tag.get("name")}:
            return str(tag.get("content"))
    return None


@pytest.fixture
def full_article(site: Site) -> Article:
    article = make_article(
        site, "full", trailer_url="https://youtu.be/aqz-KE-bpKQ", picture_alt="A red square",
        picture_id=keep_picture(site, picture_file()).id,
        videos=[Video(url="https://vimeo.com/1", title="At work"), Video(url="https://example.com/a.mp4")],
    )  # fmt: skip
    db.session.add(Thread(article_id=article.id, site_id=site.id, comment_count=12))
    db.session.commit()
    return article


def test_the_parts_stand_in_the_order_of_the_original(client: Any, full_article: Article) -> None:
    html = client.get("/articles/full").text
    places = [
        html.index(mark)
        for mark in (
            '<h1 class="headline"', 'class="standfirst"', 'class="byline"', "<time", 'class="picture"', "Paragraph 1.",
            "Paragraph 5.", "youtube-nocookie", "</article>", 'class="rail"', "player.vimeo.com",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_there_is_one_heading_of_the_first_level(client: Any, full_article: Article) -> None:
    [heading] = parsed(client.get("/articles/full").text).iter("h1")
    assert words(heading) == "Opening night"


def test_an_unknown_article_is_not_found(client: Any, site: Site) -> None:
    answer = client.get("/articles/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


def test_a_video_is_a_link_until_it_is_pressed(client: Any, full_article: Article) -> None:
    tree = parsed(client.get("/articles/full").text)
    stills = [a for a in tree.iter("a") if a.get("class") == "video__still"]
    assert [a.get("href") for a in stills] == [
        "https://youtu.be/aqz-KE-bpKQ", "https://vimeo.com/1", "https://example.com/a.mp4",
    ]  # fmt: skip
    assert [bool(a.get("data-video-embed")) for a in stills] == [True, True, False]
    fetched = [tag.get(name) for tag in tree.iter() for name in ("src", "poster", "srcset") if tag.get(name)]
    assert all(url.startswith("/") for url in fetched)
    assert list(tree.iter("iframe")) == []


def test_the_lead_picture_keeps_its_place_while_it_loads(client: Any, full_article: Article) -> None:
    [image] = parsed(client.get("/articles/full").text).iter("img")
    assert (image.get("width"), image.get("height"), image.get("alt")) == ("40", "30", "A red square")
    assert client.get(image.get("src")).status_code == 200


def test_machines_read_what_the_article_is(client: Any, full_article: Article) -> None:
    html = client.get("/articles/full").text
    data = data_of(html)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == "Opening night"
    assert data["author"] == [{"@type": "Person", "name": "Wanda Words"}]
    assert data["commentCount"] == 12
    assert data["isAccessibleForFree"] is True
    assert "hasPart" not in data
    assert data["datePublished"].endswith("+00:00")
    assert data["image"][0].startswith("http://localhost/media/")
    assert meta(html, "og:title") == "Opening night"
    assert meta(html, "og:image") == data["image"][0]
    assert meta(html, "twitter:card") == "summary_large_image"
    assert meta(html, "description") == "The curtain rises."


@pytest.mark.parametrize("gate", ["email", "members"])
def test_a_gated_article_says_so_and_withholds_the_rest(client: Any, site: Site, gate: str) -> None:
    make_article(site, "gated", gate=gate, gate_after_blocks=2, standfirst="")
    answer = client.get("/articles/gated")
    assert "Paragraph 2." in answer.text
    assert "Paragraph 3." not in answer.text
    data = data_of(answer.text)
    assert data["isAccessibleForFree"] is False
    assert data["hasPart"] == {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".gate"}
    assert meta(answer.text, "description") == "Paragraph 1. Paragraph 2."
    assert parsed(answer.text).find(".//*[@class='gate']") is not None


def test_hostile_words_break_out_of_nothing(client: Any, site: Site) -> None:
    site.name = PAYLOAD[:100]
    make_article(
        site,
        "x",
        title=PAYLOAD,
        standfirst=PAYLOAD,
        byline=PAYLOAD,
        videos=[Video(url="https://vimeo.com/1", title=PAYLOAD)],
    )
    html = client.get("/articles/x").text
    assert data_of(html)["headline"] == PAYLOAD
    assert meta(html, "og:title") == PAYLOAD
    tree = parsed(html)
    assert all(script.get("src") or script.get("type") == "application/ld+json" for script in tree.iter("script"))
    assert "alert(1)</script>" not in html
    assert "alert(1)" in words(next(tree.iter("h1")))


def test_the_publishers_own_page_is_the_canonical_one(client: Any, site: Site) -> None:
    make_article(site, "a/b", title="Here")
    make_article(site, "there", url="https://example.com/there")
    canonical = {
        path: parsed(client.get(path).text).find(".//link[@rel='canonical']").get("href")
        for path in ("/articles/a%252Fb", "/articles/there")
    }
    assert canonical == {
        "/articles/a%252Fb": "http://localhost/articles/a%252Fb", "/articles/there": "https://example.com/there",
    }  # fmt: skip


def test_signed_out_readers_get_the_same_bytes(client: Any, full_article: Article) -> None:
    one, two = client.get("/articles/full"), client.get("/articles/full", headers={"User-Agent": "Other"})
    assert one.data == two.data
    assert one.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=1")
    assert "Set-Cookie" not in one.headers


def test_a_members_page_is_kept_by_nobody(browser_for: Any, author: User, article: Article) -> None:
    assert browser_for(author).get("/articles/opening-night").headers["Cache-Control"] == "private, no-store"


def test_the_work_does_not_grow_with_the_videos(client: Any, full_article: Article) -> None:
    client.get("/articles/full")
    with queries() as few:
        client.get("/articles/full")
    full_article.videos = [Video(url=f"https://vimeo.com/{n}", title=str(n), position=n) for n in range(30)]
    db.session.commit()
    with queries() as many:
        client.get("/articles/full")
    assert len(many) == len(few)
