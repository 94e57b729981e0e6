"""Statements sent through the bare driver keep the session's transaction, events, types and errors."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Executable, Select, bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from board.articles.models import Article, Site
from board.extensions import db, table_of
from board.statements import Prepared, prepared
from tests.factories import make_article, make_site


@prepared
def named(_dialect: str) -> Select[Any]:
    """Ask for a site by its slug."""
    site = table_of(Site).c
    return select(site.id, site.origins, site.created_at).where(site.slug == bindparam("slug"))


@prepared
def renaming(_dialect: str) -> Executable:
    """Rename a site."""
    site = table_of(Site)
    return update(site).where(site.c.slug == bindparam("which")).values(name=bindparam("new_name"))


@prepared
def moving(_dialect: str) -> Executable:
    """Give a site another slug."""
    site = table_of(Site)
    return update(site).where(site.c.slug == bindparam("which")).values(slug=bindparam("new_slug"))


def test_rows_have_the_types_of_their_columns(site: Site) -> None:
    site.origins = ["https://a.example"]
    db.session.commit()
    row = named.one(slug="main")
    assert (row.id, row.origins, row.created_at) == (site.id, ["https://a.example"], site.created_at)
    assert row.created_at.tzinfo is not None


def test_what_is_not_there_is_none_or_a_fault(site: Site) -> None:
    assert named.first(slug="nowhere") is None
    assert named.scalar(slug="nowhere") is None
    assert named.all(slug="nowhere") == []
    with pytest.raises(LookupError):
        named.one(slug="nowhere")


def test_a_change_is_part_of_the_transaction(site: Site) -> None:
    assert renaming.run(which="main", new_name="Other") == 1
    db.session.rollback()
    assert db.session.get_one(Site, site.id).name == "The Callboard"
    renaming.run(which="main", new_name="Other")
    db.session.commit()
    assert db.session.get_one(Site, site.id).name == "Other"


def test_a_broken_constraint_raises_what_sqlalchemy_raises(site: Site) -> None:
    make_site("second", "The Second")
    with pytest.raises(IntegrityError):
        moving.run(which="second", new_slug="main")
    db.session.rollback()
    assert named.first(slug="main") is not None


def test_query_logs_see_it(app: Flask, site: Site) -> None:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        named.first(slug="main")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) == 1
    assert "site.slug" in seen[0]


def test_a_list_that_changes_the_text_is_refused(site: Site) -> None:
    make_article(site)
    several = Prepared(lambda _dialect: select(Article.id).where(Article.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(TypeError, match="same text"):
        several.all(ids=[1, 2])


def test_defaults_of_columns_are_filled_in_anew_each_time(site: Site) -> None:
    adding = Prepared(lambda _dialect: insert(table_of(Site)))
    for slug in ("second", "third"):
        adding.run(slug=slug, name=slug)
    second, third = (named.one(slug=slug) for slug in ("second", "third"))
    assert second.origins == third.origins == []
    assert site.created_at < second.created_at < third.created_at
