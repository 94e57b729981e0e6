"""What is new to a member since their last visit to a thread, and what is kept to know it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from board.accounts.models import User
from board.accounts.operations import remove_member
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.visits import KEPT_FOR, MANY, VISIT_LASTS, ThreadVisit, purge_visits
from board.extensions import db
from board.storage import now
from tests.conftest import Browser
from tests.factories import make_article, make_comment
from tests.reading import queries

PAGE = "/articles/opening-night"
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def ada(author: User, browser_for: Callable[[User], Browser]) -> Browser:
    """Open the author's browser."""
    return browser_for(author)


def visit(browser: Browser, *, hours_ago: float) -> None:
    """Note a visit that began with a page loaded that long ago."""
    answer = browser.post(f"{PAGE}/visit", {"seconds": int(hours_ago * 3600)}, headers=SCRIPT)
    assert answer.status_code == 204


def marked(html: str) -> list[int]:
    """Return which comments of the page are marked as new."""
    shown = re.split(r'<article class="comment', html)[1:]
    found = [
        re.search(r'id="comment-(\d+)"', part) for part in shown if "comment__new" in part.split("comment__body")[0]
    ]
    return [int(one[1]) for one in found if one]


def test_on_a_first_visit_nothing_is_new(article: Article, author: User, other_member: User, ada: Browser) -> None:
    make_comment(article, other_member)
    page = ada.get(PAGE).text
    assert marked(page) == [] and "since your last visit" not in page


def test_what_others_posted_since_the_last_visit_is_marked_and_counted(
    article: Article, author: User, other_member: User, ada: Browser
) -> None:
    with time_machine.travel(now() - timedelta(hours=3)):
        make_comment(article, other_member, "Seen.")
    visit(ada, hours_ago=2)
    first = make_comment(article, other_member, "New.")
    reply = make_comment(article, other_member, "New, too.", first)
    page = ada.get(PAGE).text
    assert sorted(marked(page)) == [first.id, reply.id]
    assert "2 new since your last visit" in page
    assert marked(Browser(ada.app).get(PAGE).text) == []


def test_ones_own_and_what_was_removed_or_waits_is_never_new(
    article: Article, author: User, other_member: User, ada: Browser
) -> None:
    visit(ada, hours_ago=2)
    make_comment(article, author, "Mine.")
    make_comment(article, other_member, "Spam.").remove("spam")
    held = make_comment(article, other_member, "Held.")
    held.state, held.is_listed = "held", False
    db.session.commit()
    page = ada.get(PAGE).text
    assert marked(page) == [] and "since your last visit" not in page


def test_reloading_keeps_the_marks_and_the_next_visit_clears_them(
    article: Article, author: User, other_member: User, ada: Browser
) -> None:
    visit(ada, hours_ago=3)
    with time_machine.travel(now() - timedelta(hours=2)):
        comment = make_comment(article, other_member)
    visit(ada, hours_ago=0.4)
    for _ in range(2):
        assert marked(ada.get(PAGE).text) == [comment.id]
        visit(ada, hours_ago=0)
    with time_machine.travel(now() + VISIT_LASTS, tick=False):
        assert marked(ada.get(PAGE).text) == []


def test_a_visit_is_noted_once_however_often_it_is_sent(article: Article, author: User, ada: Browser) -> None:
    visit(ada, hours_ago=3)
    for _ in range(3):
        visit(ada, hours_ago=0)
    with queries() as sent:
        visit(ada, hours_ago=0)
    assert not [query for query in sent if query.startswith(("INSERT", "UPDATE"))]
    row = db.session.scalars(select(ThreadVisit)).one()
    assert row.earlier_at is not None and now() - row.earlier_at > timedelta(hours=2.9)
    assert now() - row.began_at < timedelta(minutes=1)


def test_a_visit_began_when_the_page_was_loaded_not_when_the_thread_was_reached(
    article: Article, author: User, other_member: User, ada: Browser
) -> None:
    with time_machine.travel(now() - timedelta(minutes=40)):
        late = make_comment(article, other_member, "Posted while the article was being read.")
    visit(ada, hours_ago=1)
    assert marked(ada.get(PAGE).text) == [late.id]


@pytest.mark.parametrize("seconds", ["", "x", "-5", "1e9", "9" * 30, "999999999999999999", "٣"])
def test_any_number_of_seconds_is_taken(seconds: str, article: Article, author: User, ada: Browser) -> None:
    assert ada.post(f"{PAGE}/visit", {"seconds": seconds}, headers=SCRIPT).status_code == 204
    began = db.session.scalars(select(ThreadVisit.began_at)).one()
    assert now() - timedelta(days=8) < began <= now()


def test_reading_writes_nothing_and_says_whether_the_visit_is_due(article: Article, author: User, ada: Browser) -> None:
    with queries() as sent:
        page = ada.get(PAGE).text
    assert not [query for query in sent if query.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert 'id="visit" data-due' in page
    assert "Mark all as seen" in page
    visit(ada, hours_ago=0)
    page = ada.get(PAGE).text
    assert 'id="visit" data-due' not in page and "Mark all as seen" not in page


def test_without_the_script_a_button_notes_the_visit(article: Article, author: User, ada: Browser) -> None:
    answer = ada.post(f"{PAGE}/visit")
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#comments")
    assert db.session.scalar(select(func.count()).select_from(ThreadVisit)) == 1


def test_posting_without_the_script_notes_the_visit(article: Article, author: User, ada: Browser) -> None:
    ada.post(f"{PAGE}/comments", {"body": "I was here."})
    assert db.session.scalar(select(func.count()).select_from(ThreadVisit)) == 1


def test_readers_have_no_visits(article: Article, client: Browser) -> None:
    assert client.post(f"{PAGE}/visit").location.startswith("/login")
    assert client.get(f"{PAGE}/visit").location.startswith("/login")
    assert not db.session.scalars(select(ThreadVisit)).all()


def test_a_visit_to_nothing_is_not_found(article: Article, ada: Browser) -> None:
    assert ada.post("/articles/nothing/visit").status_code == 404
    assert ada.get(f"{PAGE}/visit?site=nowhere").status_code == 404


def test_the_way_to_what_is_new_leads_to_the_oldest(
    article: Article, author: User, other_member: User, ada: Browser
) -> None:
    assert ada.get(f"{PAGE}/visit").location == f"{PAGE}#comments"
    visit(ada, hours_ago=2)
    make_comment(article, author, "Mine.")
    oldest = make_comment(article, other_member, "One.")
    make_comment(article, other_member, "Two.")
    answer = ada.get(f"{PAGE}/visit")
    assert answer.location == f"{PAGE}?comment={oldest.id}#comment-{oldest.id}"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_each_mark_leads_to_the_next_one_on_the_page(
    article: Article, author: User, other_member: User, ada: Browser
) -> None:
    visit(ada, hours_ago=2)
    for number in range(3):
        make_comment(article, other_member, f"Number {number}.")
    page = ada.get(f"{PAGE}/thread?sort=oldest").text
    ways = re.findall(r'(?:class="action"|class="comment__new") href="(#comment[^"]*)"', page)
    ids = marked(page)
    assert ways == [*(f"#comment-{number}" for number in ids), "#comments"]


def test_more_replies_are_marked_too(article: Article, author: User, other_member: User, ada: Browser) -> None:
    root = make_comment(article, author)
    visit(ada, hours_ago=0.1)
    db.session.query(ThreadVisit).update({"began_at": now() - timedelta(hours=1)})
    db.session.commit()
    replies = [make_comment(article, other_member, f"Reply {number}", root) for number in range(3)]
    part = ada.get(f"/comments/{root.id}/replies?after=-1", headers=SCRIPT).text
    assert marked(part) == [reply.id for reply in replies]


def test_what_is_counted_is_bounded(article: Article, author: User, other_member: User, ada: Browser) -> None:
    visit(ada, hours_ago=2)
    first = make_comment(article, other_member)
    values = {name: getattr(first, name) for name in ("site_id", "article_id", "author_id", "created_at")}
    db.session.add_all(Comment(**values, ordinal=number) for number in range(1, MANY + 5))
    db.session.commit()
    assert "Many new since your last visit" in ada.get(PAGE).text


def test_another_articles_comments_are_not_new_here(
    article: Article, author: User, other_member: User, ada: Browser
) -> None:
    visit(ada, hours_ago=2)
    make_comment(make_article(article.site, "closing-night"), other_member)
    assert "since your last visit" not in ada.get(PAGE).text


def test_visits_are_in_the_export_and_go_with_the_member(
    article: Article, author: User, other_member: User, ada: Browser, browser_for: Callable[[User], Browser]
) -> None:
    visit(ada, hours_ago=2)
    visit(browser_for(other_member), hours_ago=1)
    kept = ada.get("/account/export").get_json()
    assert [one["article"] for one in kept["visited_threads"]] == [PAGE]
    assert kept["kept_texts"] == []
    remove_member(db.session.get_one(User, author.id))
    db.session.commit()
    assert db.session.scalars(select(ThreadVisit.user_id)).all() == [other_member.id]


def test_visits_are_forgotten_after_half_a_year(article: Article, author: User, app: Flask) -> None:
    for days, name in ((1, "new"), (-1, "old")):
        began = now() - KEPT_FOR + timedelta(days=days)
        db.session.add(ThreadVisit(user_id=author.id, article_id=make_article(article.site, name).id, began_at=began))
    db.session.commit()
    assert purge_visits() == 1
