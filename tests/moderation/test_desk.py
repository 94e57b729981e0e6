"""The desk without JavaScript: chosen with boxes, decided with one press, with others at work beside."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from board.accounts.models import User
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.extensions import db
from board.moderation.batches import DecisionItem
from board.storage import now
from tests.conftest import Browser
from tests.factories import make_comment, make_member
from tests.moderation.waiting import reported, state, values

Open = Callable[[User], Browser]
pytestmark = pytest.mark.usefixtures("members_of_old")


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


def test_a_press_names_as_many_groups_as_it_likes_and_is_answered(browser_for: Any, moderator: User) -> None:
    groups = [f"reported:author:{number}:9" for number in range(600)]
    answer = browser_for(moderator).post("/moderation/decisions", {"act": "approve", "group": groups})
    assert answer.status_code == 303
