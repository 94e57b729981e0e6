"""A ballot on all articles of a section or of the site, while its campaign runs."""

from datetime import timedelta

import pytest
from flask import current_app

from board.articles.models import Article, Site
from board.ballots.choices import one
from board.ballots.models import LINGERS
from board.ballots.votes import cast_vote
from board.extensions import db
from board.pages.ready import stamps_of
from board.storage import now
from tests.ballots.conftest import cast, make_ballot, place
from tests.conftest import Browser
from tests.factories import make_article

QUESTION = "Which is the best musical?"


@pytest.fixture
def review(site: Site) -> Article:
    made = make_article(site, "a-review", section="Reviews")
    db.session.commit()
    return made


@pytest.fixture
def news(site: Site) -> Article:
    made = make_article(site, "some-news")
    db.session.commit()
    return made


def shows(reader: Browser, article: Article) -> bool:
    return QUESTION in reader.get(f"/articles/{article.external_id}").text


def test_site_wide_ballot_is_on_every_article(reader: Browser, site: Site, review: Article, news: Article) -> None:
    make_ballot(site, reach="site")
    assert shows(reader, review) and shows(reader, news)


def test_ballot_of_a_section_is_on_that_section_only(
    reader: Browser, site: Site, review: Article, news: Article
) -> None:
    make_ballot(site, reach="section", section="Reviews")
    assert shows(reader, review) and not shows(reader, news)


def test_articles_without_a_section_are_in_none(reader: Browser, site: Site, news: Article) -> None:
    make_ballot(site, reach="section", section="")
    assert not shows(reader, news)


def test_wide_ballot_comes_with_its_opening_and_goes_some_days_after_its_close(
    reader: Browser, site: Site, news: Article
) -> None:
    ballot = make_ballot(site, reach="site", opens_at=now() + timedelta(hours=1))
    assert not shows(reader, news)
    ballot.opens_at, ballot.closes_at = now() - 2 * LINGERS, now() - LINGERS + timedelta(minutes=1)
    ballot.version += 1
    db.session.commit()
    assert shows(reader, news)
    ballot.closes_at = now() - LINGERS - timedelta(minutes=1)
    ballot.version += 1
    db.session.commit()
    assert not shows(reader, news)


def test_drafts_and_other_sites_ballots_stay_away(reader: Browser, news: Article) -> None:
    other = Site(name="Elsewhere", slug="elsewhere")
    db.session.add(other)
    db.session.flush()
    make_ballot(other, reach="site")
    make_ballot(news.site, "a-draft", state="draft", reach="site")
    assert not shows(reader, news)


def test_wide_ballot_that_is_also_placed_shows_once(reader: Browser, site: Site, news: Article) -> None:
    ballot = make_ballot(site, reach="site")
    place(ballot, news)
    assert reader.get("/articles/some-news").text.count(f'id="ballot-{ballot.slug}"') == 1


def test_vote_on_a_wide_ballot_changes_the_version_of_every_page(site: Site, review: Article, news: Article) -> None:
    ballot = make_ballot(site, reach="site")
    stamp = stamps_of(current_app._get_current_object())  # type: ignore[attr-defined]
    before = [stamp(f"/articles/{article.external_id}", "") for article in (review, news)]
    cast_vote(ballot, "m:1", one(ballot.options[0].id))
    db.session.commit()
    after = [stamp(f"/articles/{article.external_id}", "") for article in (review, news)]
    assert before[0] != after[0] and before[1] != after[1]


def test_own_vote_on_a_wide_ballot_comes_with_the_overlay(reader: Browser, site: Site, news: Article) -> None:
    ballot = make_ballot(site, reach="site")
    cast(reader, ballot, 0)
    assert 'id="ballot-best-musical"' in reader.get("/articles/some-news/overlay").text
