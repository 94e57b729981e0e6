"""The desk without JavaScript: what waits, in context and in groups, chosen with boxes, decided with one press."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from board.accounts.models import User
from board.accounts.reach import EVERYWHERE
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.extensions import db
from board.moderation import queues, saying
from board.moderation.batches import DecisionItem
from board.moderation.models import Report
from board.moderation.newcomers import NEW_FOR
from board.storage import now
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_member
from tests.reading import queries

Open = Callable[[User], Browser]
LINKS = "[a](https://a.example) [b](https://b.example) [c](https://c.example)"


@pytest.fixture(autouse=True)
def members_of_old(author: User, other_member: User) -> None:
    """Have the usual members joined long ago, so that only those of a test are new."""
    db.session.execute(update(User).values(created_at=now() - timedelta(days=400)))
    db.session.commit()


def reported(comments: list[Comment], by: User, reason: str = "spam", note: str = "") -> None:
    for comment in comments:
        db.session.add(
            Report(comment_id=comment.id, reporter_id=by.id, site_id=comment.site_id, reason=reason, note=note)
        )
        comment.count_report(1, 100)
    db.session.commit()


def state(comment: Comment) -> str:
    db.session.rollback()
    return db.session.get_one(Comment, comment.id).state


def values(page: str) -> list[str]:
    """Return the values of the boxes of comments, as they stand on the page."""
    return re.findall(r'name="comment" value="([0-9-]+)"', page)


@pytest.fixture
def four(article: Article, author: User, other_member: User) -> list[Comment]:
    """Return four reported comments by two members on two articles, two of them nearly the same."""
    second = make_article(article.site, "second-night", title="Second night")
    spam = "Earn {} dollars a week from home, write to me and I will tell you all about it"
    found = [
        make_comment(article, author, spam.format(4000)),
        make_comment(second, other_member, spam.format(9500) + "!!"),
        make_comment(article, author, "The third."),
        make_comment(second, author, "The fourth."),
    ]
    reporter = make_member("Rita Reporter", "rita@example.com", created_at=now() - timedelta(days=30))
    reported(found, reporter, note="I have seen this before.")
    return found


def test_the_chosen_are_removed_with_one_reason_and_one_press_and_undone_with_another(
    browser_for: Open, moderator: User, four: list[Comment]
) -> None:
    browser = browser_for(moderator)
    chosen = [value for value in values(browser.get("/moderation").text) if not value.startswith(f"{four[3].id}-")]
    form = {"act": "remove:spam", "comment": chosen, "note": "No adverts.", "next": "/moderation"}
    assert browser.post("/moderation/decisions", form).headers["Location"] == "/moderation"
    assert [state(comment) for comment in four] == ["removed"] * 3 + ["published"]
    page = browser.get("/moderation").text
    assert "3 comments removed: Spam or advertising" in page
    assert '<span class="count">1</span>' in page
    undoing = re.search(r'action="(/moderation/decisions/\d+/undoing)"', page)
    assert undoing
    assert browser.post(undoing[1], {"next": "/moderation"}).headers["Location"] == "/moderation"
    assert [state(comment) for comment in four] == ["published"] * 4
    assert '<span class="count">4</span>' in browser.get("/moderation").text


def test_the_button_of_one_comment_leaves_the_chosen_alone(
    browser_for: Open, moderator: User, four: list[Comment]
) -> None:
    browser = browser_for(moderator)
    boxes = values(browser.get("/moderation").text)
    one = next(value for value in boxes if value.startswith(f"{four[0].id}-"))
    browser.post("/moderation/decisions", {"one": f"approve {one}", "comment": boxes})
    assert db.session.scalars(select(DecisionItem.comment_id)).all() == [four[0].id]


def test_removing_without_a_reason_asks_for_one_and_keeps_what_was_chosen(
    browser_for: Open, moderator: User, four: list[Comment]
) -> None:
    browser = browser_for(moderator)
    boxes = values(browser.get("/moderation").text)
    asked = browser.post("/moderation/decisions", {"act": "remove", "comment": boxes[:2]})
    assert asked.status_code == 200
    assert "Remove 2 comments" in asked.text
    assert values(asked.text) == boxes[:2]
    wrong = browser.post("/moderation/decisions", {"act": "remove", "comment": boxes[:2], "reason": "other"})
    assert wrong.status_code == 422
    assert "Say in a few words what is wrong." in wrong.text
    assert [state(comment) for comment in four] == ["published"] * 4
    browser.post(
        "/moderation/decisions", {"act": "remove", "comment": boxes[:2], "reason": "other", "note": "Because."}
    )
    assert sorted(state(comment) for comment in four) == ["published"] * 2 + ["removed"] * 2


@pytest.mark.parametrize(
    "form",
    [{"act": "approve"}, {"comment": "1-0"}, {"act": "nonsense", "comment": "1-0"}, {"act": "approve", "comment": "x"},
     {"act": "approve", "group": "reported:author:x:y"}, {"one": "approve"}],
)  # fmt: skip
def test_a_press_without_a_comment_or_an_act_changes_nothing_and_says_so(
    browser_for: Open, moderator: User, four: list[Comment], form: dict[str, str]
) -> None:
    browser = browser_for(moderator)
    assert browser.post("/moderation/decisions", form).status_code == 303
    assert "Choose at least one comment first." in browser.get("/moderation").text
    assert not db.session.scalars(select(DecisionItem.id)).all()


def test_whoever_is_second_is_told_what_happened_and_by_whom(
    browser_for: Open, moderator: User, four: list[Comment]
) -> None:
    other = make_member("Moritz Second", "moritz@example.com", role="moderator")
    first, second = browser_for(moderator), browser_for(other)
    shown = values(second.get("/moderation").text)
    mine = next(value for value in shown if value.startswith(f"{four[0].id}-"))
    first.post("/moderation/decisions", {"one": f"approve {mine}"})
    second.post("/moderation/decisions", {"act": "remove:spam", "comment": shown})
    assert state(four[0]) == "published"
    assert "Mona Moderator let it stand" in second.get("/moderation").text
    assert [state(comment) for comment in four[1:]] == ["removed"] * 3


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


def test_a_group_is_decided_beyond_what_the_page_shows_and_not_beyond_what_was_counted(
    browser_for: Open, moderator: User, article: Article, author: User, other_member: User
) -> None:
    flood = [make_comment(article, author, f"Flood number {number}.") for number in range(13)]
    reported(flood, other_member)
    browser = browser_for(moderator)
    page = browser.get("/moderation?group=author").text
    assert len(values(page)) == 10
    assert "10 are shown" in page
    late = make_comment(article, author, "Came afterwards.")
    reported([late], other_member)
    group = re.findall(r'name="group" value="([^"]+)"', page)[0]
    browser.post("/moderation/decisions", {"act": "remove:spam", "group": group})
    assert {state(comment) for comment in flood} == {"removed"}
    assert state(late) == "published"


def test_more_than_fifty_need_a_fresh_proof_and_what_was_chosen_is_kept(
    app: Any, moderator: User, article: Article, author: User, other_member: User
) -> None:
    flood = [make_comment(article, author, f"Flood number {number}.") for number in range(51)]
    reported(flood, other_member)
    browser = Browser(app).sign_in(moderator, is_proven=False)
    page = browser.get("/moderation?group=author").text
    form = {"act": "remove:spam", "group": re.findall(r'name="group" value="([^"]+)"', page)[0], "next": "/moderation"}
    asked = browser.post("/moderation/decisions", form)
    assert asked.status_code == 403
    assert form["group"] in asked.text
    assert state(flood[0]) == "published"
    proven = browser.post("/moderation/decisions", {**form, "proof": "correct horse battery staple"})
    assert proven.status_code == 303
    assert {state(comment) for comment in flood} == {"removed"}


def test_fifty_need_none(app: Any, moderator: User, article: Article, author: User, other_member: User) -> None:
    reported([make_comment(article, author, f"Flood number {number}.") for number in range(50)], other_member)
    browser = Browser(app).sign_in(moderator, is_proven=False)
    boxes = values(browser.get("/moderation").text)
    assert browser.post("/moderation/decisions", {"act": "remove:spam", "comment": boxes}).status_code == 303


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


def test_pages_follow_each_other_without_a_gap_or_a_double(
    browser_for: Open, moderator: User, article: Article, author: User, other_member: User
) -> None:
    comments = [make_comment(article, author, f"Number {number}.") for number in range(60)]
    reported(comments, other_member)
    reported(comments[:7], make_member("Rita Reporter", "rita@example.com"))
    browser = browser_for(moderator)
    first = browser.get("/moderation").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = browser.get(following[1].replace("&amp;", "&")).text
    shown = [int(value.split("-")[0]) for value in (*values(first), *values(second))]
    assert sorted(shown) == [comment.id for comment in comments]
    assert sorted(shown[:7]) == [comment.id for comment in comments[:7]]


def test_pages_of_newcomers_follow_each_other_too(browser_for: Open, moderator: User, article: Article) -> None:
    newcomer = make_member("Nina New", "nina@example.com")
    comments = [make_comment(article, newcomer, f"Number {number}.") for number in range(60)]
    for number, comment in enumerate(comments):
        comment.created_at = now() - timedelta(seconds=number // 20)  # many at the same time
    db.session.commit()
    browser = browser_for(moderator)
    first = browser.get("/moderation?queue=new").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = browser.get(following[1].replace("&amp;", "&")).text
    shown = [int(value.split("-")[0]) for value in (*values(first), *values(second))]
    db.session.rollback()
    assert shown == [one.id for one in sorted(comments, key=lambda one: (one.created_at, one.id), reverse=True)]


@pytest.mark.parametrize("cursor", ["x", "9-", "-1--1", "99999999999999999999-1", "1-99999999999999999999999", "'; --"])
@pytest.mark.parametrize("query", ["queue=reported", "queue=held", "queue=new", "queue=removed", "group=text"])
def test_a_cursor_that_is_none_of_ours_begins_at_the_top(
    browser_for: Open, moderator: User, four: list[Comment], query: str, cursor: str
) -> None:
    answer = browser_for(moderator).get(f"/moderation?{query}&after={cursor}")
    assert answer.status_code == 200


def test_the_page_learns_what_others_do(browser_for: Open, moderator: User, four: list[Comment]) -> None:
    other = make_member("Moritz Second", "moritz@example.com", role="moderator")
    mine, theirs = browser_for(moderator), browser_for(other)
    before = mine.get("/moderation/news?since=0")
    assert before.json == {
        "counts": {"reported": "4", "held": "0", "new": "0"},
        "present": {},
        "decided": {},
        "last": 0,
    }
    again = mine.get("/moderation/news?since=0", headers={"If-None-Match": before.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    assert theirs.post("/moderation/presence", {"comments": f"{four[1].id},nonsense,999999"}).status_code == 204
    theirs.post("/moderation/decisions", {"one": f"remove:spam {four[0].id}-0"})
    news = mine.get("/moderation/news?since=0", headers={"If-None-Match": before.headers["ETag"]}).json
    assert news["counts"]["reported"] == "3"
    assert news["present"] == {str(four[1].id): "Moritz Second"}
    assert news["decided"] == {str(four[0].id): "Moritz Second removed it just now: Spam or advertising"}
    assert theirs.get("/moderation/news?since=0").json["decided"] == {}, "what one did oneself is no news"
    assert "Moritz Second</span> works on it" in mine.get("/moderation").text
    assert "Moritz Second</span> works on it" not in theirs.get("/moderation").text


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


def test_nobody_stays_present_who_has_gone(browser_for: Open, moderator: User, four: list[Comment]) -> None:
    from board.moderation.presence import DeskPresence

    other = make_member("Moritz Second", "moritz@example.com", role="moderator")
    theirs = browser_for(other)
    theirs.post("/moderation/presence", {"comments": str(four[0].id)})
    theirs.post("/moderation/presence", {"comments": str(four[1].id)})
    assert db.session.scalars(select(DeskPresence.comment_id)).all() == [four[1].id]
    db.session.execute(update(DeskPresence).values(at=now() - timedelta(seconds=61)))
    db.session.commit()
    assert browser_for(moderator).get("/moderation/news").json["present"] == {}


def test_a_moderator_of_one_site_reaches_nothing_of_another(
    browser_for: Open, foreign_moderator: User, moderator: User, four: list[Comment], other_site: Site
) -> None:
    browser = browser_for(foreign_moderator)
    for queue in ("reported", "held", "new", "removed"):
        assert values(browser.get(f"/moderation?queue={queue}").text) == []
    assert browser.get(f"/moderation/comments/{four[0].id}").status_code == 404
    boxes = [f"{comment.id}-0" for comment in four]
    group = f"reported:author:{four[0].author_id}:{four[3].id}"
    browser.post("/moderation/decisions", {"act": "remove:spam", "comment": boxes, "group": group})
    browser.post("/moderation/presence", {"comments": str(four[0].id)})
    assert [state(comment) for comment in four] == ["published"] * 4
    browser_for(moderator).post("/moderation/decisions", {"act": "remove:spam", "comment": boxes})
    assert browser.post("/moderation/decisions/1/undoing").status_code == 404
    assert "undoing" not in browser.get("/moderation/decisions").text
    news = browser.get("/moderation/news?since=0").json
    assert (news["counts"]["reported"], news["decided"], news["present"]) == ("0", {}, {})


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


def test_the_script_gets_the_parts_that_the_page_is_made_of(
    browser_for: Open, moderator: User, four: list[Comment]
) -> None:
    browser, script = browser_for(moderator), {"HX-Request": "true"}
    whole, part = browser.get("/moderation").text, browser.get("/moderation", headers=script).text
    assert "<html" not in part and part.strip() in whole
    answer = browser.post("/moderation/decisions", {"one": f"remove:spam {four[0].id}-0"}, headers=script)
    assert f'data-done="{four[0].id}"' in answer.text
    assert "/moderation/decisions/1/undoing" in answer.text
    assert browser.post("/moderation/decisions", {"act": "approve"}, headers=script).status_code == 422
    undone = browser.post("/moderation/decisions/1/undoing", headers=script)
    assert f'data-undone="{four[0].id}"' in undone.text


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


def test_a_press_names_as_many_groups_as_it_likes_and_is_answered(browser_for: Any, moderator: User) -> None:
    groups = [f"reported:author:{number}:9" for number in range(600)]
    answer = browser_for(moderator).post("/moderation/decisions", {"act": "approve", "group": groups})
    assert answer.status_code == 303
