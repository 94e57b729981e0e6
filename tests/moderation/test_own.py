"""Nobody decides about themselves: on their own comments, reports about them, or appeals of their own decisions."""

from typing import Any

import pytest
from sqlalchemy import select

from board.access import NotThere, Refused
from board.accounts.models import User
from board.accounts.reach import reach
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import db
from board.moderation.appeals import Appeal, decide_appeal, load_appeal, reviewers_of, write_appeal
from board.moderation.batches import DecisionBatch
from board.moderation.decisions import decide, undo
from board.moderation.deeds import DEEDS
from board.moderation.operations import report_comment
from board.moderation.overdue import measure
from board.moderation.statements import Statement
from tests.factories import make_comment, make_member


@pytest.fixture
def own(article: Article, moderator: User) -> Comment:
    """Return the moderator's own comment."""
    return make_comment(article, moderator, "My own words.")


def held(comment: Comment) -> Comment:
    """Return the comment as one that waits."""
    comment.hold()
    db.session.commit()
    return comment


def state_of(comment: Comment) -> str:
    """Return the comment's state as it is stored."""
    db.session.expire_all()
    return comment.state


def undone(act: str, by: User) -> Any:
    """Undo the latest decision of this kind."""
    record = db.session.scalars(
        select(DecisionBatch).where(DecisionBatch.act == act).order_by(DecisionBatch.id.desc())
    ).first()
    assert record
    batch = undo(record, by, reach(by, "moderator"))
    db.session.commit()
    return batch


@pytest.mark.parametrize("act", DEEDS)
def test_no_deed_is_done_on_ones_own_comment(own: Comment, moderator: User, act: str) -> None:
    batch = decide([own], act, moderator, reason="spam")
    assert batch.record is None
    assert [missed.is_own for missed in batch.missed] == [True]


def test_a_press_leaves_ones_own_alone_and_says_so(
    own: Comment, comment: Comment, moderator: User, browser_for: Any
) -> None:
    form = {"act": "remove:spam", "comment": [f"{own.id}-0", f"{comment.id}-0"]}
    browser = browser_for(moderator)
    answer = browser.post("/moderation/decisions", form)
    assert "somebody else decides" in browser.get(answer.headers["Location"]).text
    assert (state_of(own), state_of(comment)) == ("published", "removed")


@pytest.mark.parametrize("path", ["approval", "removal", "restoration"])
def test_no_address_decides_on_ones_own(own: Comment, moderator: User, browser_for: Any, path: str) -> None:
    held(own)
    browser = browser_for(moderator)
    answer = browser.post(f"/comments/{own.id}/{path}", {"reason": "spam"})
    assert answer.status_code == 403
    assert "Somebody else decides on your own comments" in answer.text
    assert state_of(own) == "held"


def test_nobody_removes_all_that_they_wrote(own: Comment, moderator: User, browser_for: Any) -> None:
    path = f"/moderation/members/{moderator.id}/removals"
    browser = browser_for(moderator)
    assert browser.get(path).status_code == 403
    assert browser.post(path, {"since": "all", "reason": "spam"}).status_code == 403


def test_an_author_may_still_delete(own: Comment, moderator: User, browser_for: Any) -> None:
    assert browser_for(moderator).post(f"/comments/{own.id}/deletion").status_code == 303
    assert state_of(own) == "deleted"


@pytest.mark.parametrize("queue", ["held", "reported", "removed", "new"])
@pytest.mark.parametrize("group", ["", "author", "article", "text"])
def test_ones_own_is_in_no_queue_of_ones_own(
    article: Article,
    site_moderator: User,
    colleague: User,
    other_member: User,
    browser_for: Any,
    queue: str,
    group: str,
) -> None:
    own = make_comment(article, site_moderator, "Words of my own.")
    if queue == "held":
        held(own)
    elif queue == "reported":
        report_comment(own, other_member, "abuse", "He boasts.")
    elif queue == "removed":
        decide([own], "remove", colleague, reason="spam")
    db.session.commit()
    path = f"/moderation?queue={queue}&group={group}"
    theirs, mine = browser_for(colleague), browser_for(site_moderator)
    assert "Words of my own." in theirs.get(path).text
    assert "Words of my own." not in mine.get(path).text
    if queue != "removed":
        assert theirs.get("/moderation/news").json["counts"][queue] == "1"
        assert mine.get("/moderation/news").json["counts"][queue] == "0"


def test_a_group_is_decided_without_ones_own(own: Comment, comment: Comment, moderator: User, browser_for: Any) -> None:
    for each in (own, comment):
        held(each)
    name = f"held:article:{own.article_id}:{comment.id + own.id}"
    browser_for(moderator).post("/moderation/decisions", {"act": "approve", "group": name})
    assert (state_of(own), state_of(comment)) == ("held", "published")


def test_ones_own_page_has_no_buttons_and_no_reports(
    own: Comment, moderator: User, colleague: User, other_member: User, browser_for: Any
) -> None:
    report_comment(own, other_member, "abuse", "He boasts.")
    db.session.commit()
    path = f"/moderation/comments/{own.id}"
    mine, theirs = browser_for(moderator).get(path).text, browser_for(colleague).get(path).text
    assert "Your own: somebody else decides." in mine
    for words in ("He boasts.", 'name="one"', 'name="comment"', 'name="act"'):
        assert words in theirs
        assert words not in mine


def test_notices_about_ones_own_are_for_others(
    own: Comment, moderator: User, colleague: User, client: Any, browser_for: Any
) -> None:
    notice = {"name": "Lea", "email": "lea@example.com", "explanation": "Defamation.", "good_faith": "y"}
    assert client.post(f"/comments/{own.id}/notices", notice).status_code == 200
    assert "Defamation." in browser_for(colleague).get("/moderation/notices").text
    assert "Defamation." not in browser_for(moderator).get("/moderation/notices").text


def test_ones_own_that_somebody_else_let_stand_is_not_undone(own: Comment, moderator: User, colleague: User) -> None:
    held(own)
    decide([own], "approve", colleague)
    db.session.commit()
    batch = undone("approve", moderator)
    assert [missed.is_own for missed in batch.missed] == [True]
    assert state_of(own) == "published"
    assert undone("approve", colleague).done == [own.id]  # it was not used up


def removed(comment: Comment, by: User) -> Statement:
    """Remove the comment; return what its author is told."""
    decide([comment], "remove", by, reason="spam")
    db.session.flush()
    return db.session.scalars(select(Statement)).one()


@pytest.fixture
def third(app: Any) -> User:
    """Return a third moderator."""
    return make_member("Thea Third", "thea@example.com", role="moderator")


def test_who_lets_a_removal_stand_again_does_not_decide_its_appeal(
    comment: Comment, author: User, moderator: User, colleague: User, third: User
) -> None:
    statement = removed(comment, moderator)
    decide([comment], "restore", colleague)
    db.session.commit()
    assert undone("restore", colleague).done == [comment.id]
    write_appeal(statement, author, "It was no advert.")
    db.session.commit()
    for judge in (moderator, colleague, author):
        with pytest.raises(NotThere):
            load_appeal(statement.id, judge, reach(judge, "moderator"))
    appeal = db.session.get_one(Appeal, statement.id)
    with pytest.raises(Refused):
        decide_appeal(appeal, colleague, "upheld", "It was.")
    (waiting,) = measure([comment.site_id])[comment.site_id]
    assert waiting.not_for == {moderator.id, colleague.id, author.id}
    assert reviewers_of(statement) == ["moderator"]
    decide_appeal(load_appeal(statement.id, third, reach(third, "moderator")), third, "upheld", "It was.")


def test_who_lost_an_appeal_does_not_undo_it(
    comment: Comment, author: User, moderator: User, colleague: User, third: User
) -> None:
    statement = removed(comment, moderator)
    write_appeal(statement, author, "It was no advert.")
    db.session.commit()
    decide_appeal(
        load_appeal(statement.id, colleague, reach(colleague, "moderator")), colleague, "overturned", "Right."
    )
    db.session.commit()
    assert undone("restore", moderator).done == []
    assert state_of(comment) == "published"
