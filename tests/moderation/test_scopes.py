"""The staff of one site is shown their part of what reaches further: decisions, members, reasons; and true counts."""

import re
from typing import Any

import pytest

from board.accounts.models import User
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.comments.reasons import reword
from board.extensions import db
from board.moderation.decisions import decide
from board.moderation.operations import report_comment
from tests.factories import make_article, make_comment, make_member

OWN_REASON = {"name": "House rule 7", "words": "See rule 7.", "ground": "house", "rule": "", "is_active": True}


@pytest.fixture
def far(other_site: Site, author: User) -> list[Comment]:
    """Return two comments on the second site."""
    article = make_article(other_site, "far")
    return [make_comment(article, author, f"Far {number}.") for number in range(2)]


@pytest.fixture
def pressed(comment: Comment, far: list[Comment], moderator: User) -> int:
    """Remove three comments on two sites in one press; return the decision's number."""
    record = decide([comment, *far], "remove", moderator, reason="other", note="An advert for a far theatre.").record
    db.session.commit()
    assert record
    return record.id


def test_a_press_on_two_sites_is_listed_to_each_as_far_as_it_is_theirs(
    pressed: int, moderator: User, site_moderator: User, foreign_moderator: User, browser_for: Any
) -> None:
    path = "/moderation/decisions"
    whole, own, others = (browser_for(one).get(path).text for one in (moderator, site_moderator, foreign_moderator))
    for page, words in ((whole, "3 comments removed"), (own, "1 comment removed"), (others, "2 comments removed")):
        assert words in page
    assert "far theatre" in whole
    assert "far theatre" not in own


def test_a_part_that_was_undone_says_so_to_those_whose_it_is(
    pressed: int, site_moderator: User, foreign_moderator: User, browser_for: Any
) -> None:
    own, others = browser_for(site_moderator), browser_for(foreign_moderator)
    own.post(f"/moderation/decisions/{pressed}/undoing")
    page = own.get("/moderation/decisions").text
    assert ">undone<" in page and f"/{pressed}/undoing" not in page
    page = others.get("/moderation/decisions").text
    assert ">undone<" not in page and f"/{pressed}/undoing" in page


def test_why_somebody_is_barred_everywhere_is_for_the_staff_of_all_sites(
    author: User, moderator: User, site_moderator: User, sanction: Any, browser_for: Any
) -> None:
    sanction(author, "ban", note="Threats at The Harbour Light.")
    path = f"/moderation/members/{author.id}"
    assert "Threats at The Harbour Light." in browser_for(moderator).get(path).text
    page = browser_for(site_moderator).get(path).text
    assert "Bar" in page and "given by moderators of all sites" in page
    assert "Threats" not in page and "Abuse" not in page


def test_how_somebody_reports_is_counted_within_reach(
    comment: Comment, far: list[Comment], other_member: User, moderator: User, site_moderator: User, browser_for: Any
) -> None:
    for each in (comment, *far):
        report_comment(each, other_member, "abuse", "")
    decide([comment], "remove", moderator, reason="abuse")
    decide(far, "approve", moderator)
    db.session.commit()
    path = f"/moderation/members/{other_member.id}"
    assert "1 upheld, 2 dismissed; the next one weighs 67 of 100" in browser_for(moderator).get(path).text
    page = browser_for(site_moderator).get(path).text
    assert "1 upheld, 0 dismissed on your sites" in page and "weighs" not in page


def test_all_that_a_member_wrote_is_removed_for_a_reason_of_their_site(
    comment: Comment, author: User, moderator: User, browser_for: Any, other_site: Site
) -> None:
    own = reword(comment.site_id, "", **OWN_REASON)
    db.session.commit()
    browser, path = browser_for(moderator), f"/moderation/members/{author.id}/removals"
    assert "House rule 7" in browser.get(path).text
    browser.post(path, {"since": "all", "reason": own.key})
    db.session.expire_all()
    assert (comment.state, comment.removal_reason) == ("removed", own.key)


def reword_all(site_id: int) -> None:
    """Let the site share no reason with another."""
    for base in ("abuse", "hate", "spam", "off_topic", "private_data", "impersonation", "illegal", "other"):
        reword(site_id, base, **{**OWN_REASON, "name": f"Our {base}"})
    db.session.commit()


def test_for_comments_on_two_sites_the_reasons_are_those_they_share(
    comment: Comment, far: list[Comment], author: User, moderator: User, browser_for: Any
) -> None:
    reword(comment.site_id, "", **OWN_REASON)
    reword(comment.site_id, "spam", **{**OWN_REASON, "name": "Adverts"})
    db.session.commit()
    chosen = {"act": "remove", "comment": [f"{comment.id}-0", f"{far[0].id}-0"]}
    browser = browser_for(moderator)
    for page in (
        browser.get(f"/moderation/members/{author.id}/removals").text,
        browser.post("/moderation/decisions", chosen).text,
    ):
        assert "Abuse or harassment" in page
        for name in ("House rule 7", "Adverts", "Spam or advertising"):
            assert name not in page


def test_sites_without_a_reason_in_common_say_so(
    comment: Comment, far: list[Comment], author: User, moderator: User, browser_for: Any
) -> None:
    reword_all(comment.site_id)
    page = browser_for(moderator).get(f"/moderation/members/{author.id}/removals").text
    assert "which have no reason in common" in page


@pytest.mark.parametrize("path", ["appeals", "notices", "domains", "transparency", "log", "decisions", "search"])
def test_every_page_of_the_desk_tells_how_much_waits(
    article: Article, comment: Comment, other_member: User, moderator: User, browser_for: Any, path: str
) -> None:
    report_comment(comment, other_member, "abuse", "")
    waits = make_comment(article, make_member("Nina New", "nina@example.com"), "Waits.")
    waits.hold()
    db.session.commit()
    page = browser_for(moderator).get(f"/moderation/{path}").text
    tabs = dict(re.findall(r'data-queue="(\w+)"[^>]*>[^<]*<span class="count">([^<]*)<', page))
    assert (tabs["reported"], tabs["held"]) == ("1", "1")


def test_where_sites_share_no_reason_a_sanction_is_given_on_one_of_them(
    comment: Comment, far: list[Comment], author: User, moderator: User, browser_for: Any
) -> None:
    reword_all(comment.site_id)
    browser, path = browser_for(moderator), f"/moderation/members/{author.id}/sanctions"
    page = browser.get(path).text
    assert "The sites have no reason in common." in page
    assert f'href="?on={comment.site_id}"' in page
    assert "Our abuse" in browser.get(f"{path}?on={comment.site_id}").text
