"""A site with pages of its own; the application with ready bytes in front, for pages that are kept."""

from typing import Any

import pytest

from board.articles.models import Site
from board.extensions import db
from tests.pages.conftest import cache, cached_app, cached_stages

__all__ = ["PAPER", "ancestors", "cache", "cached_app", "cached_stages", "framable"]

PAPER = "https://paper.example"


@pytest.fixture
def framable(site: Site) -> Site:
    """Return the primary site with two origins."""
    site.origins = [PAPER, "https://www.paper.example"]
    db.session.commit()
    return site


def ancestors(answer: Any) -> str:
    """Return who may frame the answer."""
    policy: str = answer.headers["Content-Security-Policy"]
    return policy.partition("frame-ancestors ")[2]
