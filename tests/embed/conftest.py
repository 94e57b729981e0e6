"""A site with pages of its own; the application with ready bytes in front, for pages that are kept."""

from typing import Any

import pytest

from board.articles.models import Article, Site
from board.embed.models import SiteKey
from board.embed.site_keys import add_key
from board.extensions import db
from tests.conftest import Browser
from tests.embed.vouching import framed
from tests.pages.conftest import cache, cached_app, cached_stages

__all__ = ["PAPER", "ancestors", "cache", "cached_app", "cached_stages", "framable"]

PAPER = "https://paper.example"


@pytest.fixture
def framable(site: Site) -> Site:
    """Return the primary site with two origins."""
    site.origins = [PAPER, "https://www.paper.example"]
    db.session.commit()
    return site


@pytest.fixture
def key(framable: Site, article: Article) -> SiteKey:
    """Return a shared secret of the primary site."""
    made = add_key(framable)
    db.session.commit()
    return made


@pytest.fixture
def frame(app: Any, key: SiteKey) -> Browser:
    """Return a frame whose browser keeps its cookies."""
    return framed(app)


def ancestors(answer: Any) -> str:
    """Return who may frame the answer."""
    policy: str = answer.headers["Content-Security-Policy"]
    return policy.partition("frame-ancestors ")[2]
