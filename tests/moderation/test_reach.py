"""Roles on single sites: the staff of one site finds nothing of another's, and cannot tell whether it is there."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.reach import SiteRole, reach
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.ballots.models import Ballot, Sponsor
from board.comments.models import Comment
from board.extensions import db
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_member, make_site
from tests.reading import queries

Open = Callable[[User], Browser]


@pytest.fixture
def site_editor(site: Site) -> User:
    """Return an editor of the primary site alone."""
    return make_member("Sina Siteeditor", "sina@example.com", on={site.id: "editor"})


def report(browser_for: Open, comment: Comment, by: User) -> None:
    browser_for(by).post(f"/comments/{comment.id}/reports", {"reason": "spam"})


@pytest.mark.parametrize("act", ["removal", "restoration", "approval"])
def test_a_moderator_decides_on_their_own_site_alone(
    browser_for: Open, site_moderator: User, foreign_moderator: User, comment: Comment, act: str
) -> None:
    foreign = browser_for(foreign_moderator)
    assert foreign.post(f"/comments/{comment.id}/{act}", {"reason": "abuse"}).status_code == 404
    assert db.session.get_one(Comment, comment.id).state == "published"
    assert browser_for(site_moderator).post(f"/comments/{comment.id}/{act}", {"reason": "abuse"}).status_code == 303


@pytest.mark.parametrize("path", ["removal", "restoration", "history"])
def test_what_is_out_of_reach_answers_like_what_is_not_there(
    browser_for: Open, foreign_moderator: User, comment: Comment, path: str
) -> None:
    browser = browser_for(foreign_moderator)
    there, nowhere = browser.get(f"/comments/{comment.id}/{path}"), browser.get(f"/comments/999999/{path}")
    assert (there.status_code, nowhere.status_code) == (404, 404)


def test_the_desk_and_the_log_show_and_count_what_is_within_reach(
    browser_for: Open,
    author: User,
    other_member: User,
    site_moderator: User,
    foreign_moderator: User,
    moderator: User,
    comment: Comment,
    other_site: Site,
) -> None:
    far = make_comment(make_article(other_site, "far"), author, "Words from the harbour.")
    for each in (comment, far):
        report(browser_for, each, other_member)
    seen = {who.display_name: browser_for(who).get("/moderation").text for who in (site_moderator, foreign_moderator)}
    assert "The second act drags." in seen["Sita Sitemoderator"]
    assert "Words from the harbour." not in seen["Sita Sitemoderator"]
    assert "Words from the harbour." in seen["Fritz Foreign"]
    assert "The second act drags." not in seen["Fritz Foreign"]
    assert all('<span class="count">1</span>' in page for page in seen.values())
    assert '<span class="count">2</span>' in browser_for(moderator).get("/moderation").text
    own, foreign = (
        browser_for(who).get("/moderation/log").text.partition("<tbody>")[2]
        for who in (site_moderator, foreign_moderator)
    )
    assert f"comment {comment.id}" in own
    assert f"comment {far.id}" in foreign
    assert f"comment {comment.id}" not in foreign


def test_a_held_comment_is_seen_by_moderators_of_its_site(
    browser_for: Open, site_moderator: User, foreign_moderator: User, comment: Comment, article: Article
) -> None:
    held = db.session.get_one(Comment, comment.id)
    held.state, held.is_listed = "held", False
    db.session.commit()
    path = f"/articles/{article.external_id}"
    assert "The second act drags." in browser_for(site_moderator).get(path).text
    assert "The second act drags." not in browser_for(foreign_moderator).get(path).text


def test_the_page_offers_a_moderator_buttons_on_their_own_site_alone(
    browser_for: Open, site_moderator: User, foreign_moderator: User, comment: Comment, article: Article
) -> None:
    button = f"/comments/{comment.id}/removal"
    assert button in browser_for(site_moderator).get(f"/articles/{article.external_id}").text
    assert button not in browser_for(foreign_moderator).get(f"/articles/{article.external_id}").text


def test_an_editor_finds_articles_ballots_and_sponsors_of_their_own_site_alone(
    browser_for: Open, site_editor: User, foreign_editor: User, article: Article, site: Site
) -> None:
    sponsor = Sponsor(site_id=site.id, name="Greasepaint & Co", url="https://example.com")
    db.session.add_all([sponsor, Ballot(site_id=site.id, slug="best-play", question="Best play?")])
    db.session.commit()
    pages = [f"/manage/articles/{article.id}", f"/manage/sponsors/{sponsor.id}", "/manage/ballots/best-play"]
    own, foreign = browser_for(site_editor), browser_for(foreign_editor)
    assert [own.get(page).status_code for page in pages] == [200, 200, 200]
    assert [foreign.get(page).status_code for page in pages] == [404, 404, 404]
    for words, page in (
        ("Opening night", "/manage/articles"),
        ("Best play?", "/manage/ballots"),
        ("Greasepaint", "/manage/sponsors"),
    ):
        assert words in own.get(page).text
        assert words not in foreign.get(page).text


def test_an_editor_cannot_name_another_site(
    browser_for: Open, site_editor: User, foreign_editor: User, article: Article
) -> None:
    pages = ["/manage/articles", "/manage/articles/new", "/manage/ballots/new", "/manage/sponsors/new"]
    pages += ["/manage/subscribers", "/manage/subscribers.csv"]
    foreign = browser_for(foreign_editor)
    for page in pages:
        assert foreign.get(page, query_string={"site": "main"}).status_code == 404, page
        assert foreign.get(page, query_string={"site": "harbour"}).status_code == 200, page
        assert foreign.get(page).status_code == 200, page  # left out: their own, not the primary one
        assert foreign.get(page, query_string={"site": ""}).status_code == 200, page
    form = {"external_id": "new", "title": "New"}
    assert foreign.post("/manage/articles/new", form).status_code == 303
    assert db.session.scalars(select(Article.site_id).where(Article.external_id == "new")).one() != article.site_id


@pytest.mark.parametrize("path", ["/manage/members", "/manage/sites", "/manage/import"])
def test_roles_on_a_site_open_nothing_that_is_for_all(browser_for: Open, site_editor: User, path: str) -> None:
    assert browser_for(site_editor).get(path).status_code == 403


def test_an_editor_of_a_site_moderates_it_as_well(browser_for: Open, site_editor: User, comment: Comment) -> None:
    assert browser_for(site_editor).post(f"/comments/{comment.id}/approval").status_code == 303
    assert reach(site_editor, "moderator").includes(comment.site_id)


def test_reach_of_a_member_is_nothing(author: User, comment: Comment) -> None:
    assert not reach(author, "moderator")
    assert not reach(author, "moderator").includes(comment.site_id)
    assert not db.session.scalars(select(Comment).where(reach(author, "moderator").covers(Comment.site_id))).all()


def test_the_role_on_all_sites_includes_sites_to_come(moderator: User) -> None:
    later = make_site("later", "The Late Edition")
    assert reach(moderator, "moderator").includes(later.id)
    assert not reach(moderator, "editor")


def test_members_cost_no_query_for_their_roles(browser_for: Open, author: User, article: Article) -> None:
    browser = browser_for(author)
    with queries() as sent:
        browser.get(f"/articles/{article.external_id}")
    assert not [statement for statement in sent if "site_role" in statement and "has_site_roles" not in statement]


def test_an_admin_gives_and_takes_roles_on_sites(
    browser_for: Open, admin: User, author: User, site: Site, other_site: Site
) -> None:
    admins, theirs = browser_for(admin), browser_for(author)
    form = {"role": "member", f"site_{site.id}": "member", f"site_{other_site.id}": "editor"}
    path = f"/manage/members/{author.id}/role"
    assert "The Harbour Light" in admins.get(path).text
    assert admins.post(path, form).status_code == 303
    assert theirs.get("/account").status_code == 303, "their browsers are signed out"
    given = db.session.scalars(select(SiteRole)).one()
    assert (given.user_id, given.site_id, given.role) == (author.id, other_site.id, "editor")
    assert browser_for(author).get("/manage").status_code == 200
    assert "Editor · <bdi>The Harbour Light</bdi>" in admins.get("/manage/members").text
    assert "Ada Author" in admins.get("/manage/members?role=editor").text
    assert admins.post(path, {**form, f"site_{other_site.id}": "member"}).status_code == 303
    assert browser_for(author).get("/manage").status_code == 403
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.site_id, entry.before, entry.after) for entry in entries] == [
        ("member.site_role_changed", other_site.id, {"role": "member"}, {"role": "editor"}),
        ("member.site_role_changed", other_site.id, {"role": "editor"}, {"role": "member"}),
    ]


def test_a_role_that_is_none_changes_nothing(
    browser_for: Open, admin: User, author: User, site: Site, other_site: Site
) -> None:
    form = {"role": "member", f"site_{site.id}": "admin", f"site_{other_site.id}": "editor"}
    assert browser_for(admin).post(f"/manage/members/{author.id}/role", form).status_code == 422
    assert not db.session.scalars(select(SiteRole)).all()


def test_whoever_leaves_has_no_role_left(browser_for: Open, admin: User, site_moderator: User) -> None:
    number: Any = site_moderator.id
    browser_for(admin).post(f"/manage/members/{number}/removal")
    assert not db.session.scalars(select(SiteRole)).all()
    assert not db.session.get_one(User, number).has_site_roles
