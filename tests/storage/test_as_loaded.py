"""An object made of a row's columns is to the session what a loaded one is."""

from sqlalchemy import inspect

from board.articles.models import Site
from board.extensions import as_loaded, db


def test_a_column_that_was_left_out_loads_when_asked_for(site: Site) -> None:
    number = site.id
    db.session.expunge_all()
    made = as_loaded(Site, {"id": number, "slug": "main"})
    assert "name" in inspect(made).unloaded
    assert made.name == "The Callboard"
    assert inspect(made).persistent
    assert not db.session.dirty


def test_what_is_set_on_it_is_written(site: Site) -> None:
    number = site.id
    db.session.expunge_all()
    as_loaded(Site, {"id": number}).name = "Changed"
    db.session.commit()
    assert db.session.get_one(Site, number).name == "Changed"


def test_one_that_the_session_has_stays_as_it_is(site: Site) -> None:
    assert as_loaded(Site, {"id": site.id, "name": "Another"}) is site
    assert site.name == "The Callboard"


def test_after_a_commit_it_is_read_again(site: Site) -> None:
    number = site.id
    db.session.expunge_all()
    made = as_loaded(Site, {"id": number, "name": "Old"})
    db.session.commit()
    assert made.name == "The Callboard"
