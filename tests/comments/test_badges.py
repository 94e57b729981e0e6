"""Staff badges: on their own sites, in everybody's pages, gone when the role is, and no name looks like one."""

import re
from typing import Any

import pytest

from board.accounts.models import User
from board.accounts.names import NameRefused
from board.accounts.operations import change_role, change_site_role, change_title
from board.articles.models import Article
from board.comments.models import Thread
from board.extensions import db
from tests.conftest import PASSWORD
from tests.factories import make_article, make_comment, make_member, make_site

PAGE = "/articles/opening-night"
BADGE = re.compile(r'<span class="tag tag--staff">([^<]*)</span>')


def badges(browser: Any, page: str = PAGE) -> list[str]:
    return BADGE.findall(browser.get(page).text)


@pytest.mark.parametrize(("who", "badge"), [("moderator", "Moderator"), ("editor", "Editor"), ("admin", "Admin")])
def test_staff_have_their_role_beside_the_name(
    request: pytest.FixtureRequest, client: Any, article: Article, author: User, who: str, badge: str
) -> None:
    make_comment(article, author)
    make_comment(article, request.getfixturevalue(who))
    assert badges(client) == [badge]


def test_a_role_on_one_site_is_shown_on_that_site_alone(client: Any, article: Article, author: User) -> None:
    other = make_site("other", "The Other")
    elsewhere = make_article(other, "other-night")
    author.set_site_role(other.id, "editor")
    make_comment(article, author)
    make_comment(elsewhere, author, "Here I edit.")
    assert badges(client) == []
    assert badges(client, "/articles/other-night?site=other") == ["Editor"]


def test_an_admin_gives_a_title_which_is_shown_and_logged(
    browser_for: Any, client: Any, admin: User, author: User, article: Article, acts: Any
) -> None:
    make_comment(article, author)
    browser = browser_for(admin)
    path = f"/manage/members/{author.id}/role"
    answer = browser.post(path, {"role": "member", "title": "Author of the play", "proof": PASSWORD})
    assert answer.status_code == 303
    assert badges(client) == ["Author of the play"]
    assert acts()[-1] == "member.title_changed"


@pytest.mark.parametrize("title", ["x" * 41, "a\u202eb", "a\u200bb"])
def test_a_title_is_held_to_the_rules_of_names(author: User, title: str) -> None:
    with pytest.raises(NameRefused):
        author.entitle(title)


def test_a_change_shows_on_kept_pages_at_once(author: User, article: Article) -> None:
    make_comment(article, author)
    versions = [db.session.get_one(Thread, article.id).version]
    change_title(author, "Critic")
    change_role(author, "editor")
    change_site_role(author, article.site_id, "moderator")
    db.session.commit()
    db.session.expire_all()
    assert db.session.get_one(Thread, article.id).version == versions[0] + 3


def test_a_badge_goes_with_the_role(client: Any, article: Article) -> None:
    former = make_member("Freda Former", "freda@example.com", role="moderator")
    make_comment(article, former)
    assert badges(client) == ["Moderator"]
    change_role(former, "member")
    db.session.commit()
    assert badges(client) == []


@pytest.mark.parametrize("name", ["Moderator", "Ada · Moderator", "Ada (Admin)", "M0derator", "Мoderator"])
def test_no_member_is_named_like_a_badge(name: str) -> None:
    with pytest.raises(NameRefused):
        User(email="x@example.com").rename(name)


def test_a_name_cannot_break_out_into_a_badge(client: Any, article: Article) -> None:
    sly = make_member("Sly", "sly@example.com")
    sly.display_name = 'Sly</bdi></a><span class="tag tag--staff">Boss</span>'
    make_comment(article, sly)
    assert badges(client) == []
