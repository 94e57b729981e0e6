"""Editors give an article another ID, merge two, and undo it."""

from collections.abc import Callable

import pytest

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.extensions import db
from tests.conftest import Browser
from tests.factories import make_article, make_comment


@pytest.fixture
def desk(browser_for: Callable[[User], Browser], editor: User) -> Browser:
    """Return an editor's browser."""
    return browser_for(editor)


def test_an_editor_merges_after_one_more_press_and_undoes_it(
    desk: Browser, site: Site, article: Article, author: User
) -> None:
    other = make_article(site, "opening-night-2", title="Again")
    make_comment(other, author, "There.")
    path = f"/manage/articles/{article.id}"
    asked = desk.post(f"{path}/ids", {"external_id": "opening-night-2"})
    assert "Its 1 comment moves here" in asked.text
    assert db.session.get_one(Article, other.id).merged_into_id is None
    assert desk.post(f"{path}/ids", {"external_id": "opening-night-2", "sure": "1"}).status_code == 303
    assert "opening-night-2" in desk.get(path).text
    assert "There." in desk.get("/articles/opening-night").text
    assert "is merged into another" in desk.get(f"/manage/articles/{other.id}").text
    assert desk.post(f"{path}/ids/{other.id}/removal").status_code == 303
    assert "There." not in desk.get("/articles/opening-night").text
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[-2:] == ["article.merged", "article.separated"]


def test_an_id_that_nobody_has_leads_here_at_once(desk: Browser, article: Article) -> None:
    assert desk.post(f"/manage/articles/{article.id}/ids", {"external_id": "older-id"}).status_code == 303
    assert desk.get("/articles/older-id").location == "/articles/opening-night"


@pytest.mark.parametrize("external_id", ["", "opening-night", "..", "a\0b", "x" * 256])
def test_what_can_be_no_other_id_changes_nothing(desk: Browser, article: Article, external_id: str) -> None:
    answer = desk.post(f"/manage/articles/{article.id}/ids", {"external_id": external_id})
    assert answer.status_code == 303
    assert "flash--error" in desk.get(f"/manage/articles/{article.id}").text
    assert db.session.query(Article).count() == 1


def test_only_editors_merge(browser_for: Callable[[User], Browser], author: User, article: Article) -> None:
    answer = browser_for(author).post(f"/manage/articles/{article.id}/ids", {"external_id": "older-id"})
    assert answer.status_code == 403
    assert db.session.query(Article).count() == 1
