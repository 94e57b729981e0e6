"""The tag to paste, and what is known of a page before it is opened."""

from collections.abc import Callable

import pytest

from board.accounts.models import User
from board.articles.models import Site
from board.extensions import db
from tests.conftest import Browser
from tests.embed.conftest import PAPER, ancestors
from tests.factories import make_site


@pytest.fixture
def office(browser_for: Callable[[User], Browser], admin: User) -> Browser:
    """Return an admin's browser."""
    return browser_for(admin)


def test_the_tag_has_the_sites_own_addresses(office: Browser, framable: Site) -> None:
    answer = office.get(f"/manage/sites/{framable.id}/pages")
    assert "&lt;script async src=&#34;http://localhost/embed.js&#34;&gt;" in answer.text
    assert " site=&#34;" not in answer.text
    assert ancestors(answer) == "'none'"


def test_a_site_that_shares_its_origin_is_named_in_the_tag(office: Browser, framable: Site) -> None:
    other = make_site("evening", "The Evening Post")
    other.origins = [PAPER]
    db.session.commit()
    text = office.get(f"/manage/sites/{other.id}/pages").text
    assert "site=&#34;evening&#34;" in text
    assert "/articles/YOUR-ID/thread?site=evening" in text


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"{PAPER}/opening", "is on one of the origins"),
        ("https://elsewhere.example/x", "is on none of the origins"),
        ("javascript:alert(1)", "is on none of the origins"),
        ("nonsense", "is on none of the origins"),
    ],
)
def test_an_address_elsewhere_is_told_at_once(office: Browser, framable: Site, url: str, said: str) -> None:
    text = office.get(f"/manage/sites/{framable.id}/pages?url={url}").text
    assert said in text
    assert 'href="javascript' not in text


def test_a_site_without_origins_says_what_to_do_first(office: Browser, site: Site) -> None:
    assert "it has no origins" in office.get(f"/manage/sites/{site.id}/pages").text


def test_only_admins_see_it(browser_for: Callable[[User], Browser], editor: User, site: Site) -> None:
    assert browser_for(editor).get(f"/manage/sites/{site.id}/pages").status_code == 403
