"""A ballot on the article, and readers with devices."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from board.articles.models import Article, Site
from board.ballots.models import Ballot, BallotOption, Placement, Sponsor
from board.ballots.tally import tallies
from board.extensions import db
from board.storage import now
from tests.conftest import Browser

FRAGMENT = {"HX-Request": "true"}


def make_ballot(site: Site, slug: str = "best-musical", options: int = 3, **more: Any) -> Ballot:
    """Make a published ballot that opened an hour ago."""
    values: dict[str, Any] = {
        "question": "Which is the best musical?",
        "state": "published",
        "opens_at": now() - timedelta(hours=1),
        **more,
    }
    ballot = Ballot(site_id=site.id, slug=slug, **values)
    ballot.options = [BallotOption(position=n, text=f"Musical {n + 1}") for n in range(options)]
    db.session.add(ballot)
    db.session.commit()
    return ballot


def make_sponsor(site: Site, name: str = "Stagecraft Ltd", **more: Any) -> Sponsor:
    """Make a sponsor with a link."""
    sponsor = Sponsor(site_id=site.id, name=name, **{"url": "https://stagecraft.example/", **more})
    db.session.add(sponsor)
    db.session.commit()
    return sponsor


def place(ballot: Ballot, article: Article) -> None:
    """Put the ballot on the article's page."""
    db.session.add(Placement(article_id=article.id, ballot_id=ballot.id))
    db.session.commit()


def counts(ballot: Ballot) -> list[int]:
    """Return the tally in the order of the options."""
    found = tallies([ballot.id])
    return [found.get(option.id, 0) for option in ballot.options]


def cast(browser: Browser, ballot: Ballot, position: int, **more: Any) -> Any:
    """Press the button as the page's script does, and follow the cookie's 307 as browsers do."""
    option_id = ballot.options[position].id
    headers = {**FRAGMENT, **more.pop("headers", {})}
    path = f"/ballots/{ballot.slug}/votes"
    answer = browser.post(path, {"option": option_id}, headers=headers, **more)
    while answer.status_code == 307:
        answer = browser.post(answer.headers["Location"], {"option": option_id}, headers=headers, **more)
    return answer


@pytest.fixture
def ballot(site: Site) -> Ballot:
    """Return an open ballot for anyone, whose voters may change their mind."""
    return make_ballot(site)


@pytest.fixture
def reader(app: Flask) -> Browser:
    """Return a signed-out reader."""
    return Browser(app)


@pytest.fixture
def new_reader(app: Flask) -> Callable[[], Browser]:
    """Return a function that brings another signed-out reader."""
    return lambda: Browser(app)
