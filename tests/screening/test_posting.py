"""Rules at work: posting, editing, modes; what an author sees of a comment that waits."""

from typing import Any

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.articles.operations import edit_article, edit_site
from board.audit import AuditEntry
from board.comments.counting import faults
from board.comments.models import Comment
from board.comments.operations import edit_comment, hold_comment
from board.extensions import db
from board.moderation.operations import approve_comment
from board.screening import TextRefused
from board.screening.operations import change_rules
from tests.conftest import Browser
from tests.factories import make_article, make_comment, make_member, make_site

SALE = "Come and see our wonderful new garden furniture at half the price, this week only"


@pytest.fixture
def rules(site: Site) -> Any:
    """Return a function that sets rules of the primary site."""

    def set_rules(**typed: str) -> None:
        change_rules(site, typed)
        db.session.commit()

    return set_rules


def steps(comment: Comment) -> list[str]:
    return [reason["step"] for reason in comment.hold_reasons or []]


def test_first_comments_wait_until_enough_are_published(
    article: Article, author: User, moderator: User, rules: Any
) -> None:
    rules(first_comments="hold", first_comments_count="2")
    made = [make_comment(article, author, f"Thought {n}.") for n in range(3)]
    assert [comment.state for comment in made] == ["held"] * 3
    for comment in made[:2]:
        approve_comment(comment, moderator)
    db.session.commit()
    assert make_comment(article, author, "One more.").state == "published"
    assert faults(article.id) == []


def test_accounts_are_new_for_as_long_as_the_rule_says(article: Article, author: User, rules: Any) -> None:
    rules(new_accounts="hold", new_accounts_hours="24")
    comment = make_comment(article, author)
    assert (comment.state, comment.hold_reasons) == ("held", [{"step": "new_accounts", "words": ["0"]}])


def test_the_same_text_by_many_members_waits(article: Article, rules: Any) -> None:
    rules(repeats="hold", repeats_count="2")
    people = [make_member(f"Person {n}", f"p{n}@example.com") for n in range(4)]
    texts = [SALE, SALE.upper() + "!!", SALE + " https://a.example", "Something else that nobody has said here so far"]
    made = [make_comment(article, person, text) for person, text in zip(people, texts, strict=True)]
    assert [comment.state for comment in made] == ["published", "published", "held", "published"]
    assert made[2].hold_reasons == [{"step": "repeats", "words": ["2"]}]


def test_copies_on_another_site_do_not_count(article: Article, author: User, other_member: User, rules: Any) -> None:
    rules(repeats="hold", repeats_count="1")
    make_comment(make_article(make_site("other", "Other")), author, SALE)
    assert make_comment(article, other_member, SALE).state == "published"


def test_speed_is_counted_in_ten_minutes(article: Article, author: User, rules: Any) -> None:
    rules(speed="hold", speed_count="3")
    assert [make_comment(article, author, f"Thought {n}.").state for n in range(4)] == ["published"] * 3 + ["held"]


@pytest.mark.parametrize(
    ("site_mode", "article_mode", "state"),
    [
        ("first", "site", "published"),
        ("held", "site", "held"),
        ("held", "first", "published"),
        ("first", "held", "held"),
        ("closed", "first", None),
    ],
)
def test_modes_of_site_and_article(
    site_mode: str, article_mode: str, state: str | None, site: Site, article: Article, author: User,
    browser_for: Any, client: Browser,
) -> None:  # fmt: skip
    edit_site(site, {"comment_mode": site_mode})
    edit_article(article, {"comment_mode": article_mode})
    db.session.commit()
    answer = browser_for(author).post("/articles/opening-night/comments", {"body": "Bravo.", "key": "k"})
    assert answer.status_code == (303 if state else 409)
    assert db.session.scalar(select(Comment.state)) == state
    is_said_closed = "This discussion is closed" in client.get("/articles/opening-night").text
    assert is_said_closed == (state is None)


def test_a_closed_site_takes_no_likes(site: Site, article: Article, author: User, other_member: User, browser_for: Any) -> None:  # fmt: skip # noqa: E501
    comment_id = make_comment(article, author).id
    edit_site(site, {"comment_mode": "closed"})
    db.session.commit()
    assert browser_for(other_member).post(f"/comments/{comment_id}/reaction", {"liked": "yes"}).status_code == 403


def test_the_author_of_a_held_comment_sees_it_marked_and_others_do_not(
    article: Article, author: User, other_member: User, rules: Any, browser_for: Any, client: Browser
) -> None:
    rules(held_words_list="drags")
    browser = browser_for(author)
    browser.post("/articles/opening-night/comments", {"body": "The second act drags.", "key": "k"})
    for path in ("/articles/opening-night", "/articles/opening-night/overlay?ids="):
        page = browser.get(path).text
        assert "The second act drags." in page
        assert "Waiting for a moderator" in page
        for other in (client, browser_for(other_member)):
            assert "drags" not in other.get(path).text


def test_what_the_rules_hold_says_why(article: Article, author: User, rules: Any) -> None:
    rules(held_words_list="drags\nbor*")
    comment = make_comment(article, author, "It bores and drags.")
    assert comment.hold_reasons == [{"step": "held_words", "words": ["bor*", "drags"]}]


def test_an_edit_goes_through_the_same_steps(article: Article, author: User, rules: Any) -> None:
    rules(refused_words_list="idiot*", held_words_list="drags", capitals="hold")
    comment = make_comment(article, author, "Fine.")
    with pytest.raises(TextRefused, match="idiot"):
        edit_comment(comment, "You idiots.")
    db.session.rollback()
    assert edit_comment(comment, "It drags.")
    db.session.commit()
    assert (comment.state, comment.is_listed, steps(comment)) == ("held", False, ["held_words"])
    edit_comment(comment, "WHY DOES NOBODY EVER LISTEN TO ME")
    db.session.commit()
    assert (comment.state, steps(comment)) == ("held", ["held_words", "capitals"]), "earlier reasons stay"
    assert faults(article.id) == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "comment.held")).one()
    assert entry.after == {"state": "held", "reasons": [{"step": "held_words", "words": ["drags"]}]}


def test_an_edit_is_judged_as_a_first_comment_if_it_was_one(article: Article, author: User, rules: Any) -> None:
    links = "[a](https://a.example) [b](https://b.example) [c](https://c.example)"
    first, second = make_comment(article, author, "First."), make_comment(article, author, "Second.")
    edit_comment(second, f"Second: {links}")
    edit_comment(first, f"First: {links}")
    db.session.commit()
    assert (first.state, second.state) == ("held", "published")


def test_an_edit_does_not_count_itself_among_copies(article: Article, author: User, rules: Any) -> None:
    rules(repeats="hold", repeats_count="1")
    comment = make_comment(article, author, SALE)
    edit_comment(comment, SALE + "!")
    assert comment.state == "published"


def test_a_comment_held_later_keeps_its_place_while_replies_hang_on_it(
    article: Article, author: User, other_member: User, moderator: User, browser_for: Any, client: Browser
) -> None:
    comment = make_comment(article, author, "Secretly an advertisement.")
    reply = make_comment(article, other_member, "Is this one?", comment)
    assert hold_comment(comment, [{"step": "akismet", "words": []}])
    assert not hold_comment(comment, []), "once"
    db.session.commit()
    assert (comment.state, comment.is_listed) == ("held", True)
    assert faults(article.id) == []
    page = client.get("/articles/opening-night").text
    assert "Is this one?" in page and "Secretly" not in page and "waits for a moderator" in page
    assert "Secretly" not in client.get(f"/comments/{comment.id}/replies?after=-1").text
    assert "Secretly" not in browser_for(other_member).get("/articles/opening-night").text
    for reader in (author, moderator):
        own = browser_for(reader).get("/articles/opening-night").text
        assert own.count("Secretly") == 1 and own.count(f'id="comment-{comment.id}"') == 1
    laid = browser_for(author).get(f"/articles/opening-night/overlay?ids={comment.id},{reply.id}").text
    assert f'data-for="#comment-{comment.id} > .comment__own"' in laid and "Secretly" in laid
    reply.delete()
    db.session.commit()
    assert not comment.is_listed, "nothing hangs on it any more"
    approve_comment(comment, moderator)
    db.session.commit()
    assert (comment.state, comment.is_listed, faults(article.id)) == ("published", True, [])


def test_a_reply_that_is_put_back_brings_its_held_parents_place_along(
    article: Article, author: User, other_member: User, moderator: User
) -> None:
    comment = make_comment(article, author)
    reply = make_comment(article, other_member, "Indeed.", comment)
    hold_comment(reply, [])
    hold_comment(comment, [])
    assert not comment.is_listed
    approve_comment(reply, moderator)
    db.session.commit()
    assert (comment.is_listed, comment.state, faults(article.id)) == (True, "held", [])
