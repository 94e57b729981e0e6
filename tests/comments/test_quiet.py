"""Muting a member and hiding a thread: for the one who does it, and for nobody else."""

from typing import Any

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.mutes import MOST_MUTED, Mute
from board.articles.models import Article
from board.comments.visits import ThreadVisit
from board.extensions import db
from tests.factories import make_comment

PAGE = "/articles/opening-night"
FOLD = "You muted this member."


def muted_ids(user: User) -> list[int] | None:
    db.session.expire_all()
    return db.session.get_one(User, user.id).muted_ids


def test_a_muted_members_comments_fold_for_who_muted_them_alone(
    browser_for: Any, client: Any, author: User, other_member: User, article: Article
) -> None:
    make_comment(article, author, "Loud words.")
    make_comment(article, other_member, "Quiet words.")
    otto = browser_for(other_member)
    assert otto.post(f"/members/{author.id}/mute").status_code == 303
    page = otto.get(PAGE).text
    assert page.count(FOLD) == 1
    assert page.index(FOLD) < page.index("Loud words.")
    for other in (client, browser_for(author)):
        assert FOLD not in other.get(PAGE).text
    assert otto.post(f"/members/{author.id}/mute/end").status_code == 303
    assert FOLD not in otto.get(PAGE).text


def test_the_overlay_folds_too_and_the_kept_page_holds_nothing_of_it(
    browser_for: Any, author: User, other_member: User, article: Article
) -> None:
    comment = make_comment(article, author, "Loud words.")
    otto = browser_for(other_member)
    otto.post(f"/members/{author.id}/mute")
    otto.post(f"{PAGE}/hiding")
    overlay = otto.get(f"{PAGE}/overlay?ids={comment.id}").text
    assert f'data-muted="/members/{author.id}"' in overlay
    assert FOLD in overlay and "data-hidden-thread" in overlay
    theirs = browser_for(author).get(f"{PAGE}/overlay?ids={comment.id}").text
    assert "data-muted" not in theirs and "data-hidden-thread" not in theirs


def test_muting_twice_is_one_and_oneself_is_refused(
    browser_for: Any, author: User, other_member: User, article: Article
) -> None:
    otto = browser_for(other_member)
    for _time in range(2):
        assert otto.post(f"/members/{author.id}/mute").status_code == 303
    assert muted_ids(other_member) == [author.id]
    assert len(db.session.scalars(select(Mute)).all()) == 1
    assert otto.post(f"/members/{other_member.id}/mute").status_code == 403
    assert otto.post("/members/9999/mute").status_code == 404
    otto.post(f"/members/{author.id}/mute/end")
    assert muted_ids(other_member) is None


def test_the_list_is_bounded(
    browser_for: Any, author: User, other_member: User, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_MUTED == 200
    monkeypatch.setattr("board.accounts.mutes.MOST_MUTED", 0)
    assert browser_for(other_member).post(f"/members/{author.id}/mute").status_code == 409
    assert muted_ids(other_member) is None


def test_a_hidden_thread_is_hidden_from_its_member_alone_and_comes_back(
    browser_for: Any, client: Any, author: User, other_member: User, article: Article
) -> None:
    make_comment(article, author, "Loud words.")
    otto = browser_for(other_member)
    assert "Hide this discussion?" in otto.get(f"{PAGE}/hiding").text
    assert otto.post(f"{PAGE}/hiding").status_code == 303
    page = otto.get(PAGE).text
    assert "You have hidden this discussion." in page and "Loud words." not in page
    assert "Loud words." in client.get(PAGE).text
    assert "Loud words." in browser_for(author).get(PAGE).text
    assert "Opening night" in otto.get("/account/quiet").text
    assert otto.post(f"{PAGE}/hiding/end").status_code == 303
    assert "Loud words." in otto.get(PAGE).text


def test_hiding_keeps_what_is_known_of_the_visit(browser_for: Any, other_member: User, article: Article) -> None:
    otto = browser_for(other_member)
    otto.post(f"{PAGE}/visit")
    began = db.session.scalars(select(ThreadVisit.began_at)).one()
    otto.post(f"{PAGE}/hiding")
    row = db.session.scalars(select(ThreadVisit)).one()
    assert row.began_at == began and row.hidden_at is not None


@pytest.mark.parametrize("path", ["/account/quiet", f"{PAGE}/hiding"])
def test_these_pages_are_for_members(client: Any, article: Article, path: str) -> None:
    assert "/login" in client.get(path).headers["Location"]


def test_both_are_listed_to_be_undone(browser_for: Any, author: User, other_member: User, article: Article) -> None:
    otto = browser_for(other_member)
    assert "Nobody." in otto.get("/account/quiet").text
    otto.post(f"/members/{author.id}/mute")
    page = otto.get("/account/quiet").text
    assert f"/members/{author.id}/mute/end" in page and "Ada Author" in page
    assert "Muted and hidden" in otto.get("/account").text


def test_muting_and_hiding_cost_no_statement(
    browser_for: Any, author: User, other_member: User, article: Article
) -> None:
    from tests.reading import queries

    make_comment(article, author, "Loud words.")
    otto, counts = browser_for(other_member), []
    for _time in range(2):
        with queries() as sent:
            otto.get(f"{PAGE}/overlay?ids=1")
        counts.append(len(sent))
        otto.post(f"/members/{author.id}/mute")
    assert counts[0] == counts[1]
