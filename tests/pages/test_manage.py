"""`/manage`: editors keep articles, admins keep sites; a wrong form keeps what was typed and changes nothing."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.extensions import db
from tests.articles.test_pictures import picture_file
from tests.factories import make_article, make_site
from tests.reading import parsed, words

EDITORS_PAGES = ("/manage", "/manage/articles", "/manage/articles/new")
ADMINS_PAGES = ("/manage/sites", "/manage/sites/new")
NEW = {
    "title": "New story", "external_id": "new", "published_at": "2026-11-22T19:30", "body_source": "One.\n\nTwo.",
    "gate": "open", "gate_after_blocks": "2", "comments": "open",
}  # fmt: skip


def only_article() -> Article | None:
    return db.session.scalars(select(Article)).unique().one_or_none()


@pytest.mark.parametrize("path", EDITORS_PAGES + ADMINS_PAGES)
def test_readers_and_moderators_have_no_business_there(
    client: Any, browser_for: Any, author: User, moderator: User, site: Site, path: str
) -> None:
    assert client.get(path).headers["Location"].startswith("/login")
    for user in (author, moderator):
        assert browser_for(user).get(path).status_code == 403


def test_editors_keep_articles_and_only_admins_keep_sites(
    browser_for: Any, editor: User, admin: User, site: Site
) -> None:
    for path in EDITORS_PAGES:
        assert browser_for(editor).get(path).status_code == 200
    for path in ADMINS_PAGES:
        assert browser_for(editor).get(path).status_code == 403
        assert browser_for(admin).get(path).status_code == 200
    assert browser_for(editor).post("/manage/sites/new", {"name": "X", "slug": "x"}).status_code == 403


def test_the_home_page_leads_to_what_one_may_use(browser_for: Any, editor: User, admin: User) -> None:
    assert "/manage/articles" in browser_for(editor).get("/manage").text
    assert "/manage/sites" not in browser_for(editor).get("/manage").text
    assert "/manage/sites" in browser_for(admin).get("/manage").text


def test_an_editor_adds_an_article_with_a_picture(browser_for: Any, editor: User, site: Site) -> None:
    form = {**NEW, "picture": (BytesIO(picture_file((900, 700))), "lead.jpg"), "picture_alt": "Red"}
    answer = browser_for(editor).post("/manage/articles/new", form, content_type="multipart/form-data")
    assert answer.status_code == 303
    kept = only_article()
    assert kept and kept.title == "New story" and kept.picture and kept.picture.width == 900
    assert kept.body_blocks == ["<p>One.</p>", "<p>Two.</p>"]
    assert db.session.scalars(select(AuditEntry)).one().actor_id == editor.id


def test_a_wrong_form_keeps_what_was_typed_and_changes_nothing(browser_for: Any, editor: User, site: Site) -> None:
    typed = {**NEW, "title": "", "byline": '"><b>Wanda', "videos": "nonsense", "comments_close_after_days": "soon"}
    answer = browser_for(editor).post("/manage/articles/new", typed)
    assert answer.status_code == 422
    assert only_article() is None
    tree = parsed(answer.text)
    assert tree.find(".//input[@name='byline']").get("value") == '"><b>Wanda'
    assert words(tree.find(".//textarea[@name='body_source']")) == "One. Two."
    for name in ("title", "videos", "comments_close_after_days"):
        field = next(tag for tag in tree.iter() if tag.get("name") == name)
        assert field.get("aria-invalid") == "true"
        assert f"{name}-error" in field.get("aria-describedby")
    assert [a.get("href") for a in tree.iterfind(".//div[@class='errors']//a")] == [
        "#title", "#videos", "#comments_close_after_days",
    ]  # fmt: skip


def test_an_id_that_is_taken_is_said_beside_the_field(
    browser_for: Any, editor: User, site: Site, article: Article
) -> None:
    other = make_article(site, "other", title="Other")
    browser = browser_for(editor)
    for path in ("/manage/articles/new", f"/manage/articles/{other.id}"):
        answer = browser.post(path, {**NEW, "external_id": "opening-night"})
        assert answer.status_code == 422
        assert "already has an article with this ID" in answer.text
    db.session.refresh(other)
    assert other.title == "Other"


def test_an_editor_edits_an_article(browser_for: Any, editor: User, article: Article) -> None:
    browser = browser_for(editor)
    assert 'value="Opening night"' in browser.get(f"/manage/articles/{article.id}").text
    answer = browser.post(f"/manage/articles/{article.id}", {**NEW, "external_id": "opening-night", "gate": "members"})
    assert answer.status_code == 303
    db.session.refresh(article)
    assert (article.title, article.gate) == ("New story", "members")
    assert browser.get("/manage/articles/999999").status_code == 404


def test_the_preview_saves_nothing(browser_for: Any, editor: User, site: Site) -> None:
    typed = {**NEW, "body_source": "**Bold** <script>alert(1)</script>", "preview": "1"}
    page = browser_for(editor).post("/manage/articles/new", typed)
    part = browser_for(editor).post("/manage/articles/new", typed, headers={"HX-Request": "true"})
    for answer in (page, part):
        assert answer.status_code == 200
        assert "<strong>Bold</strong> &lt;script&gt;" in answer.text
    assert "<html" not in part.text
    assert only_article() is None


def test_only_editors_may_send_large_forms(
    client: Any, browser_for: Any, author: User, editor: User, site: Site
) -> None:
    def large(size: int) -> dict[str, Any]:
        return {"data": {**NEW, "picture": (BytesIO(b"x" * size), "x.jpg")}, "content_type": "multipart/form-data"}

    assert browser_for(author).post("/manage/articles/new", **large(200_000)).status_code in {403, 413}
    assert client.post("/manage/articles/new", **large(200_000)).status_code in {303, 413}
    assert browser_for(editor).post("/manage/articles/new", **large(200_000)).status_code == 422
    assert browser_for(editor).post("/manage/articles/new", **large(7_000_000)).status_code == 413
    assert browser_for(editor).post("/manage/sites/new", {"name": "x" * 100_000}).status_code == 413


def test_a_long_text_fits(browser_for: Any, editor: User, site: Site) -> None:
    answer = browser_for(editor).post("/manage/articles/new", {**NEW, "body_source": "Wörter. " * 20_000})
    assert answer.status_code == 303


def test_the_list_finds_by_title_and_id_and_takes_wildcards_as_letters(
    browser_for: Any, editor: User, site: Site
) -> None:
    make_article(site, "hundred", title="100% opera")
    make_article(site, "under_score", title="Ballet")
    make_article(make_site("other", "Other"), "elsewhere", title="Opera elsewhere")
    browser = browser_for(editor)

    def found(query: str) -> list[str]:
        tree = parsed(browser.get(f"/manage/articles?{query}").text)
        return [words(head) for head in tree.iterfind(".//tbody/tr/th")]

    assert found("q=OPERA") == found("q=%25") == ["100% opera"]
    assert found("q=_") == ["Ballet"]
    assert found("q=nothing") == []
    assert found("q=opera%00") == ["100% opera"]
    assert found("site=other") == ["Opera elsewhere"]


def test_to_cancel_leads_back_to_the_articles_of_the_same_site(browser_for: Any, editor: User, site: Site) -> None:
    article = make_article(make_site("other", "Other"), "elsewhere")
    page = browser_for(editor).get(f"/manage/articles/{article.id}").text
    assert '<a href="/manage/articles?site=other">Cancel</a>' in page


def test_an_admin_adds_and_edits_a_site(browser_for: Any, admin: User, site: Site) -> None:
    browser = browser_for(admin)
    typed = {
        "name": "Evening Post",
        "slug": "evening",
        "origins": "https://evening.example/\r\nhttps://www.evening.example",
    }
    assert browser.post("/manage/sites/new", typed).status_code == 303
    made = db.session.scalars(select(Site).where(Site.slug == "evening")).one()
    assert made.origins == ["https://evening.example", "https://www.evening.example"]
    again = browser.post("/manage/sites/new", typed)
    assert again.status_code == 422
    assert "Another site has this short name" in again.text
    wrong = browser.post(f"/manage/sites/{made.id}", {**typed, "origins": "https://evening.example/path"})
    assert wrong.status_code == 422
    assert "https://evening.example/path" in wrong.text
    assert browser.post(f"/manage/sites/{made.id}", {**typed, "name": "Evening"}).status_code == 303
    db.session.refresh(made)
    assert made.name == "Evening"
