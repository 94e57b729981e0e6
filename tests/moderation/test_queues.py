"""What waits at the desk: its queues, in context, in groups and in pages."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from board.accounts.models import User
from board.accounts.reach import EVERYWHERE
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.moderation import queues, saying
from board.moderation.batches import DecisionItem
from board.moderation.newcomers import NEW_FOR
from board.storage import now
from tests.conftest import Browser
from tests.factories import make_comment, make_member
from tests.moderation.waiting import reported, values
from tests.reading import queries

Open = Callable[[User], Browser]
pytestmark = pytest.mark.usefixtures("members_of_old")


LINKS = "[a](https://a.example) [b](https://b.example) [c](https://c.example)"


@pytest.mark.parametrize(
    ("grouping", "sizes", "words"),
    [("author", [3, 1], "Ada Author"), ("article", [2, 2], "Second night"), ("text", [2, 1, 1], "nearly the same")],
)  # fmt: skip
def test_comments_are_grouped_and_chosen_as_a_group(
    browser_for: Open, moderator: User, four: list[Comment], grouping: str, sizes: list[int], words: str
) -> None:
    browser = browser_for(moderator)
    page = browser.get(f"/moderation?group={grouping}").text
    assert [int(size) for size in re.findall(r'data-count="(\d+)"', page)] == sizes
    assert words in page
    group = re.findall(r'name="group" value="([^"]+)"', page)[0]
    browser.post("/moderation/decisions", {"act": "approve", "group": group})
    assert len(db.session.scalars(select(DecisionItem.id)).all()) == sizes[0]
    assert f'<span class="count">{4 - sizes[0]}</span>' in browser.get("/moderation").text


def test_each_comment_stands_in_its_context(
    browser_for: Open, moderator: User, article: Article, author: User, other_member: User
) -> None:
    parent = make_comment(article, other_member, "The *second* act drags.")
    removed = make_comment(article, author, "Rude words.")
    reported([removed], other_member, "abuse")
    browser = browser_for(moderator)
    browser.post(f"/comments/{removed.id}/removal", {"reason": "abuse"})
    comment = make_comment(article, author, "You drag.", parent)
    reported([comment], other_member, "abuse", "He always does this.")
    reported([comment], make_member("Rita Reporter", "rita@example.com"), "abuse")
    page = browser.get("/moderation").text
    for words in (
        "Otto Other</bdi>: The second act drags.",
        "Opening night",
        "Abuse or harassment × 2",
        "He always does this.",
        "2 comments",
        "1 removed",
        "1 report upheld",
        "joined 1 year ago",
    ):
        assert words in page, words


def test_held_comments_wait_oldest_first(browser_for: Open, moderator: User, article: Article) -> None:
    people = [make_member(f"Newcomer {n}x", f"new{n}@example.com") for n in range(2)]
    held = [make_comment(article, person, f"{person.display_name} {LINKS}") for person in people]
    page = browser_for(moderator).get("/moderation?queue=held").text
    assert [int(value.split("-")[0]) for value in values(page)] == [comment.id for comment in held]
    assert "The member’s first comment, with links: 3." in page


def test_a_new_members_comments_are_listed_until_one_is_let_stand(
    browser_for: Open, moderator: User, article: Article, author: User
) -> None:
    newcomer = make_member("Nina New", "nina@example.com")
    own = [make_comment(article, newcomer, f"My word no. {number}.") for number in range(2)]
    make_comment(article, author, "I have been here for years.")
    browser = browser_for(moderator)
    page = browser.get("/moderation?queue=new").text
    assert sorted(int(value.split("-")[0]) for value in values(page)) == [comment.id for comment in own]
    browser.post("/moderation/decisions", {"one": f"approve {own[0].id}-0"})
    assert values(browser.get("/moderation?queue=new").text) == []
    browser.post("/moderation/decisions/1/undoing")
    assert len(values(browser.get("/moderation?queue=new").text)) == 2
    db.session.execute(update(User).where(User.id == newcomer.id).values(created_at=now() - NEW_FOR))
    db.session.commit()
    assert values(browser.get("/moderation?queue=new").text) == []


def on_two_pages(browser: Browser, path: str) -> list[int]:
    """Return the IDs of the comments on the queue's first page and on the one after it."""
    first = browser.get(path).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = browser.get(following[1].replace("&amp;", "&")).text
    return [int(value.split("-")[0]) for value in (*values(first), *values(second))]


def test_pages_follow_each_other_without_a_gap_or_a_double(
    browser_for: Open, moderator: User, article: Article, author: User, other_member: User
) -> None:
    comments = [make_comment(article, author, f"Number {number}.") for number in range(60)]
    reported(comments, other_member)
    reported(comments[:7], make_member("Rita Reporter", "rita@example.com"))
    shown = on_two_pages(browser_for(moderator), "/moderation")
    assert sorted(shown) == [comment.id for comment in comments]
    assert sorted(shown[:7]) == [comment.id for comment in comments[:7]]


def test_pages_of_newcomers_follow_each_other_too(browser_for: Open, moderator: User, article: Article) -> None:
    newcomer = make_member("Nina New", "nina@example.com")
    comments = [make_comment(article, newcomer, f"Number {number}.") for number in range(60)]
    for number, comment in enumerate(comments):
        comment.created_at = now() - timedelta(seconds=number // 20)  # many at the same time
    db.session.commit()
    shown = on_two_pages(browser_for(moderator), "/moderation?queue=new")
    db.session.rollback()
    assert shown == [one.id for one in sorted(comments, key=lambda one: (one.created_at, one.id), reverse=True)]


@pytest.mark.parametrize("cursor", ["x", "9-", "-1--1", "99999999999999999999-1", "1-99999999999999999999999", "'; --"])
@pytest.mark.parametrize("query", ["queue=reported", "queue=held", "queue=new", "queue=removed", "group=text"])
def test_a_cursor_that_is_none_of_ours_begins_at_the_top(
    browser_for: Open, moderator: User, four: list[Comment], query: str, cursor: str
) -> None:
    answer = browser_for(moderator).get(f"/moderation?{query}&after={cursor}")
    assert answer.status_code == 200


def test_counts_end_where_nobody_counts_on(
    browser_for: Open, moderator: User, four: list[Comment], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_for(moderator)
    for up_to, counted, told in ((4, 4, "4"), (2, 3, "2+")):
        for module in (queues, saying):
            monkeypatch.setattr(module, "COUNTED_UP_TO", up_to)
        assert queues.count_queues(EVERYWHERE)["reported"] == counted
        assert browser.get("/moderation/news").json["counts"]["reported"] == told
        assert f'<span class="count">{told}</span>' in browser.get("/moderation").text


def test_what_has_no_key_is_of_no_group(browser_for: Open, moderator: User, four: list[Comment]) -> None:
    browser, told = browser_for(moderator), "Comments from before texts were compared are not among these."
    assert told not in browser.get("/moderation?group=text").text
    db.session.execute(update(Comment).where(Comment.id.in_([four[2].id, four[3].id])).values(text_key=None))
    db.session.commit()
    page = browser.get("/moderation?group=text").text
    assert {int(value.split("-")[0]) for value in values(page)} == {four[0].id, four[1].id}
    assert told in page
    db.session.execute(update(Comment).values(text_key=None))
    db.session.commit()
    page = browser.get("/moderation?group=text").text
    assert told in page and "Nothing waits here." not in page
    assert len(values(browser.get("/moderation").text)) == 4


def test_texts_are_grouped_where_they_are_compared(browser_for: Open, moderator: User, article: Article) -> None:
    make_comment(article, make_member("Nina New", "nina@example.com"), "My word.")
    browser = browser_for(moderator)
    assert ">Same text</a>" in browser.get("/moderation?queue=held").text
    page = browser.get("/moderation?queue=new&group=text").text
    assert ">Same text</a>" not in page
    assert len(values(page)) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/moderation/decisions"), ("get", "/moderation/news"), ("get", "/moderation/comments/1"),
     ("post", "/moderation/decisions"), ("post", "/moderation/decisions/1/undoing"), ("post", "/moderation/presence")],
)  # fmt: skip
def test_the_desk_is_no_place_for_members(
    browser_for: Open, client: Browser, author: User, four: list[Comment], method: str, path: str
) -> None:
    assert getattr(browser_for(author), method)(path).status_code == 403
    assert getattr(client, method)(path).status_code == 303


def test_one_comments_page_tells_all_that_was_decided(browser_for: Open, moderator: User, four: list[Comment]) -> None:
    browser = browser_for(moderator)
    browser.post("/moderation/decisions", {"one": f"feature {four[2].id}-0"})
    browser.post("/moderation/decisions/1/undoing")
    browser.post("/moderation/decisions", {"one": f"remove:spam {four[2].id}-0", "note": "An advert."})
    page = browser.get(f"/moderation/comments/{four[2].id}").text
    assert "Mona Moderator featured it just now" in page
    assert "undone" in page
    assert "Mona Moderator removed it just now: Spam or advertising" in page
    assert "An advert." in page


@pytest.mark.parametrize("query", ["", "?group=author", "?group=text", "?queue=removed"])
def test_a_page_takes_a_fixed_number_of_queries(
    browser_for: Open, moderator: User, article: Article, author: User, other_member: User, query: str
) -> None:
    browser, counts = browser_for(moderator), []
    for number in range(8):
        person = make_member(f"Person {number}x", f"person{number}@example.com")
        comment = make_comment(article, person, f"Word no. {number}.")
        reported([comment], other_member)
        if "removed" in query:
            browser.post("/moderation/decisions", {"one": f"remove:spam {comment.id}-0"})
            browser.get("/moderation")
        with queries() as sent:
            browser.get(f"/moderation{query}")
        counts.append(len(sent))
    assert counts[1] == counts[-1]
    assert counts[-1] <= 16
