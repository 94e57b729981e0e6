"""A feed tells of long waits to whoever has its secret address, and of nothing else; it ends when it is to end."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import time_machine
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.operations import remove_member
from board.articles.models import Site
from board.comments.models import Comment
from board.extensions import db
from board.moderation import overdue_feed_views
from board.moderation.appeals import write_appeal
from board.moderation.decisions import decide
from board.moderation.operations import report_comment
from board.moderation.overdue import rule_of
from board.moderation.overdue_feed import OverdueFeed, make_feed, withdraw_feed
from board.moderation.statements import Statement
from board.storage import now
from tests.factories import make_article, make_comment

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def path_of() -> Callable[[Site | User, User], str]:
    """Return a function that makes a feed and gives its path."""

    def make(owner: Site | User, by: User) -> str:
        address = make_feed(owner, by)
        db.session.commit()
        return address.removeprefix("http://localhost")

    return make


@pytest.fixture
def look(client: Any) -> Callable[..., Element]:
    """Return a function that reads a feed some hours later, signed out."""

    def read(path: str, hours: float = 13) -> Element:
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            answer = client.get(path)
        assert answer.status_code == 200, answer.text
        found: Element = fromstring(answer.text)
        return found

    return read


def titles(feed: Element) -> list[str]:
    """Return the titles of the feed's entries."""
    return [entry.findtext(f"{ATOM}title", "") for entry in feed.iter(f"{ATOM}entry")]


def test_the_feed_says_what_waits_too_long_and_where_and_no_comment(
    reported: Comment, site: Site, editor: User, path_of: Any, look: Any, client: Any
) -> None:
    path = path_of(site, editor)
    assert titles(look(path, 11.9)) == []
    feed = look(path, 49)
    assert titles(feed) == ["The Callboard: Reported comments: 1, the oldest report waiting for 2 days"]
    (entry,) = feed.iter(f"{ATOM}entry")
    link = entry.find(f"{ATOM}link")
    assert link is not None and link.get("href") == "http://localhost/moderation?queue=reported"
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        text = client.get(path).text
    for secret in (reported.body_source, "insults", "Ada", "Otto", editor.display_name, path.split("/")[-1]):
        assert secret not in text


def test_nobody_may_keep_the_feed(site: Site, editor: User, path_of: Any, client: Any) -> None:
    answer = client.get(path_of(site, editor))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.mimetype == "application/atom+xml"
    assert "Set-Cookie" not in answer.headers


def test_the_database_has_only_the_hash(site: Site, editor: User, path_of: Any) -> None:
    key = path_of(site, editor).removeprefix("/moderation/waiting/").removesuffix(".atom")
    assert len(key) >= 32
    row = db.session.scalars(select(OverdueFeed)).one()
    assert row.key_hash == hashlib.sha256(key.encode()).hexdigest()


@pytest.mark.parametrize("key", ["x", "x" * 32, "x" * 5000, "%00", "..%2f..", "ß"])
def test_a_wrong_address_is_not_there(site: Site, editor: User, path_of: Any, client: Any, key: str) -> None:
    path_of(site, editor)
    assert client.get(f"/moderation/waiting/{key}.atom").status_code == 404


def test_a_network_may_look_so_often(
    site: Site, editor: User, path_of: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue_feed_views, "PER_NETWORK", 3)
    path = path_of(site, editor)
    answers = [client.get(path if turn else "/moderation/waiting/wrong.atom") for turn in range(4)]
    assert [answer.status_code for answer in answers] == [404, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_an_entry_is_new_as_often_as_a_mail(
    reported: Comment, site: Site, editor: User, path_of: Any, look: Any
) -> None:
    rule_of(site.id).every_hours = 4
    db.session.commit()
    path = path_of(site, editor)
    hours = [13 + number / 2 for number in range(16)]  # eight hours: two turns begin within them, or three
    names = [entry.findtext(f"{ATOM}id") for at in hours for entry in look(path, at).iter(f"{ATOM}entry")]
    assert len(names) == 16
    assert 2 <= len(set(names)) <= 3


def test_where_nobody_is_told_the_feed_is_empty(
    reported: Comment, site: Site, editor: User, path_of: Any, look: Any
) -> None:
    rule_of(site.id).hours = 0
    db.session.commit()
    assert titles(look(path_of(site, editor), 1000)) == []


def test_a_sites_feed_has_nothing_of_another_site(
    reported: Comment, other_site: Site, foreign_editor: User, foreign_moderator: User, path_of: Any, look: Any
) -> None:
    assert titles(look(path_of(other_site, foreign_editor))) == []
    assert titles(look(path_of(foreign_moderator, foreign_moderator))) == []


def test_a_moderators_feed_has_all_their_sites_and_no_appeal_against_themselves(
    reported: Comment, other_site: Site, moderator: User, colleague: User, site_moderator: User,
    author: User, other_member: User, path_of: Any, look: Any,
) -> None:  # fmt: skip
    elsewhere = make_comment(make_article(other_site, "elsewhere"), author)
    report_comment(elsewhere, other_member, "abuse", "")
    removed = make_comment(reported.article, author, "Removed.")
    decide([removed], "remove", moderator, reason="spam")
    db.session.flush()
    write_appeal(db.session.query(Statement).one(), author, "It was not.")
    db.session.commit()
    own, others, of_one = ([title.split(",")[0] for title in titles(look(path_of(one, one)))] for one in (
        moderator, colleague, site_moderator,
    ))  # fmt: skip
    assert own == ["The Callboard: Reported comments: 1", "The Harbour Light: Reported comments: 1"]
    assert others == [own[0], "The Callboard: Appeals: 1", own[1]]
    assert of_one == [own[0], "The Callboard: Appeals: 1"]


def test_a_new_address_ends_the_former_and_withdrawal_ends_it(
    site: Site, editor: User, path_of: Any, client: Any
) -> None:
    first, second = path_of(site, editor), path_of(site, editor)
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    assert withdraw_feed(site, editor)
    db.session.commit()
    assert client.get(second).status_code == 404
    assert not withdraw_feed(site, editor)


def test_a_moderators_feed_ends_with_their_role(moderator: User, path_of: Any, client: Any) -> None:
    path = path_of(moderator, moderator)
    assert client.get(path).status_code == 200
    moderator.role = "member"
    db.session.commit()
    assert client.get(path).status_code == 404


def test_a_moderators_feed_ends_with_their_account(moderator: User, path_of: Any, client: Any) -> None:
    path = path_of(moderator, moderator)
    remove_member(moderator)
    db.session.commit()
    assert client.get(path).status_code == 404
    assert db.session.scalars(select(OverdueFeed)).all() == []


@pytest.mark.parametrize("page", ["/manage/sites/1/notices", "/moderation/feed"])
def test_the_page_makes_an_address_shows_it_once_and_withdraws_it(
    site: Site, editor: User, client: Any, browser_for: Any, acts: Any, page: str
) -> None:
    browser, form = browser_for(editor), "/moderation/feed" if page == "/moderation/feed" else f"{page}/feed"
    assert "Make a feed" in browser.get(page).text
    assert browser.post(form).headers["Location"] == page
    shown = browser.get(page).text
    address = shown.split("<code>")[1].split("</code>")[0]
    assert client.get(address.removeprefix("http://localhost")).status_code == 200
    again = browser.get(page).text
    assert address not in again and "Make a new address" in again
    assert browser.post(f"{form}/withdrawal").headers["Location"] == page
    assert client.get(address.removeprefix("http://localhost")).status_code == 404
    assert acts() == ["overdue.feed_made", "overdue.feed_withdrawn"]
