"""Adding and editing: all or nothing, and never without a trace."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.articles.operations import add_article, add_site, edit_article, edit_site, primary_site, site_called
from board.articles.rules import WrongFields
from board.articles.typed import article_as_typed
from board.audit import AuditEntry
from board.extensions import db


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 6)).save(out, "PNG")
    return out.getvalue()


def wrong_fields(site: Site, **values: Any) -> set[str]:
    with pytest.raises(WrongFields) as refusal:
        add_article(site, {"external_id": "x", "title": "X", **values})
    db.session.rollback()
    return set(refusal.value.errors)


def test_an_article_is_added_with_all_its_parts(site: Site, editor: User) -> None:
    article = add_article(
        site,
        {
            "external_id": "2026/11/opening", "title": "Opening", "standfirst": "Up.", "byline": "Wanda",
            "published_at": "2026-11-22", "body_source": "One.\n\nTwo *so*.", "gate": "email", "gate_after_blocks": "1",
            "trailer_url": "https://youtu.be/aqz-KE-bpKQ", "videos": "https://vimeo.com/1 | One", "picture": picture(),
            "picture_alt": "Nothing", "comments": "open", "comments_close_after_days": "7",
        },
        by=editor,
    )  # fmt: skip
    db.session.commit()
    assert article.body_blocks == ["<p>One.</p>", "<p>Two <em>so</em>.</p>"]
    assert article.free_blocks == ["<p>One.</p>"]
    assert [still.title for still in article.stills] == ["One"]
    assert article.picture and article.picture.width == 8
    assert article.comments_close_at is not None
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.site_id) == ("article.added", editor.id, site.id)


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_kept(site: Site) -> None:
    wrong = wrong_fields(
        site, external_id="..", title=" ", published_at="soon", url="https://foreign.example/x", trailer_url="x",
        videos="x", gate="wall", gate_after_blocks="-1", comments="maybe", comments_close_after_days="0",
        picture=b"x", body_source="x" * 200_001,
    )  # fmt: skip
    assert wrong == {
        "external_id", "title", "published_at", "url", "trailer_url", "videos", "gate", "gate_after_blocks", "comments",
        "comments_close_after_days", "picture", "body_source",
    }  # fmt: skip
    assert db.session.scalars(select(Article)).all() == []
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_an_id_is_unique_in_its_site_only(site: Site) -> None:
    add_article(site, {"external_id": "x", "title": "First"})
    db.session.commit()
    assert wrong_fields(site) == {"external_id"}
    evening = add_site({"name": "Evening Post", "slug": "evening"})
    add_article(evening, {"external_id": "x", "title": "Second"})
    db.session.commit()


def test_a_picture_needs_words_until_it_is_taken_away(site: Site) -> None:
    assert wrong_fields(site, picture=picture()) == {"picture_alt"}
    article = add_article(site, {"external_id": "x", "title": "X", "picture": picture(), "picture_alt": "Words"})
    with pytest.raises(WrongFields):
        edit_article(article, {"picture_alt": ""})
    edit_article(article, {"picture_alt": "", "remove_picture": "yes"})
    assert article.picture_id is None


def test_the_publishers_page_must_be_on_one_of_the_sites_origins(site: Site) -> None:
    assert wrong_fields(site, url="https://example.com/a") == {"url"}
    edit_site(site, {"origins": "https://example.com"})
    db.session.commit()
    for foreign in ("https://example.com.evil.example/", "http://example.com/", "https://example.com:444/"):
        assert wrong_fields(site, url=foreign) == {"url"}
    assert add_article(site, {"external_id": "x", "title": "X", "url": "https://EXAMPLE.com/a"}).url


def test_an_edit_changes_what_is_given_and_notes_what_was_before(site: Site, article: Article, editor: User) -> None:
    before = article.updated_at
    edit_article(article, {"title": "New title"}, by=editor)
    db.session.commit()
    assert (article.title, article.standfirst) == ("New title", "The curtain rises.")
    assert article.updated_at > before
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.before, entry.after) == ({"title": "Opening night"}, {"title": "New title"})


def test_saving_unchanged_changes_nothing(site: Site) -> None:
    values = {"external_id": "x", "title": "X", "body_source": "One.", "videos": "https://vimeo.com/1 | One"}
    article = add_article(site, values)
    db.session.commit()
    before = article.updated_at
    edit_article(article, article_as_typed(article))
    db.session.commit()
    assert article.updated_at == before
    assert [entry.action for entry in db.session.scalars(select(AuditEntry))] == ["article.added"]


def test_a_form_leaves_the_fractions_of_a_second_alone(article: Article) -> None:
    moment = article.published_at.replace(microsecond=123456)
    article.published_at = moment
    db.session.commit()
    typed = article_as_typed(article)
    assert "." not in typed["published_at"]
    edit_article(article, {**typed, "title": "New title"})
    assert article.published_at == moment


def test_the_primary_site_is_made_when_it_is_first_needed(app: Any) -> None:
    assert primary_site().id == primary_site().id == 1
    assert site_called("main") == site_called("Board") == primary_site()
    assert site_called("nowhere") is None


def test_a_short_name_is_one_sites(site: Site, admin: User) -> None:
    edit_site(site, {"name": "The Evening Call"}, by=admin)
    other = add_site({"name": "Other", "slug": "other", "origins": "https://other.example"}, by=admin)
    db.session.commit()
    assert [e.action for e in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))] == [
        "site.edited",
        "site.added",
    ]
    with pytest.raises(WrongFields) as refusal:
        edit_site(other, {"slug": "main"})
    assert set(refusal.value.errors) == {"slug"}
