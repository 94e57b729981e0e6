"""What decisions teach: each counts once, undoing takes it out again, and nobody waits for a word."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.reach import EVERYWHERE
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.extensions import db
from board.moderation.decisions import decide, undo
from board.moderation.operations import approve_comment
from board.screening.bayes import tokens_of, weigh
from board.screening.learning import learn, teach_due
from board.screening.models import ScreeningLesson, ScreeningModel, ScreeningWord
from board.screening.operations import change_rules
from board.screening.taught import model_of
from tests.factories import make_comment, make_member


def counts() -> dict[str, tuple[int, int]]:
    db.session.rollback()
    found = db.session.execute(select(ScreeningWord.word, ScreeningWord.good, ScreeningWord.bad))
    return {word: (good, bad) for word, good, bad in found if good or bad}


def totals() -> tuple[int, int]:
    row = db.session.execute(select(ScreeningModel.good, ScreeningModel.bad)).one()
    return row.good, row.bad


@pytest.fixture(autouse=True)
def within_a_request(app: Flask) -> Iterator[None]:
    """Let decisions make the links that their mails hold."""
    with app.test_request_context():
        yield


@pytest.fixture
def comment(article: Article, author: User) -> Comment:
    return make_comment(article, author, "Cheap watches, cheap bags.")


def test_a_removal_teaches_once(comment: Comment, moderator: User, browser_for: Any) -> None:
    browser_for(moderator).post(f"/comments/{comment.id}/removal", {"reason": "spam"})
    learn(comment, is_bad=True)
    db.session.commit()
    assert teach_due() == 1
    assert teach_due() == 0
    assert counts() == {"cheap": (0, 1), "watches": (0, 1), "bags": (0, 1)}
    assert totals() == (0, 1)


@pytest.mark.parametrize("is_learnt_between", [True, False])
def test_undoing_takes_exactly_that_out_again(is_learnt_between: bool, comment: Comment, moderator: User) -> None:
    batch = decide([comment], "remove", moderator, reason="spam")
    db.session.commit()
    if is_learnt_between:
        assert teach_due() == 1
    assert batch.record is not None
    undo(batch.record, moderator, EVERYWHERE)
    db.session.commit()
    assert teach_due() == 1
    assert (counts(), totals()) == ({}, (0, 0))


def test_putting_a_comment_back_teaches_that_it_is_fine(comment: Comment, moderator: User) -> None:
    for act in ("remove", "restore"):
        decide([comment], act, moderator, reason="spam")
        db.session.commit()
        teach_due()
    assert (counts()["cheap"], totals()) == ((1, 0), (1, 0))


def test_the_last_decision_counts_with_the_text_of_its_time(comment: Comment, moderator: User) -> None:
    learn(comment, is_bad=False)
    db.session.commit()
    teach_due()
    comment.edit("Fine watches.", "<p>Fine watches.</p>")
    learn(comment, is_bad=True)
    db.session.commit()
    teach_due()
    assert counts() == {"fine": (0, 1), "watches": (0, 1)}
    assert totals() == (0, 1)


def test_letting_a_held_comment_stand_teaches_the_other_kind(
    article: Article, author: User, moderator: User, site: Site
) -> None:
    change_rules(site, {"held_words_list": "watches"})
    db.session.commit()
    held = make_comment(article, author, "Watches.")
    approve_comment(held, moderator)
    db.session.commit()
    teach_due()
    assert (held.state, counts()) == ("published", {"watches": (1, 0)})


def test_erasing_a_comment_forgets_its_words_and_keeps_the_counts(comment: Comment) -> None:
    learn(comment, is_bad=False)
    db.session.commit()
    teach_due()
    comment.delete()
    db.session.commit()
    assert db.session.scalar(select(ScreeningLesson)) is None
    assert totals() == (1, 0)


def test_a_taught_model_holds_what_was_removed_and_says_why(
    article: Article, author: User, site: Site, moderator: User
) -> None:
    change_rules(site, {"learnt": "hold", "learnt_lessons": "20", "learnt_percent": "90"})
    db.session.commit()
    people = [make_member(f"Person {n}", f"p{n}@example.com") for n in range(3)]
    for n in range(60):
        text = f"Cheap watches number {n}" if n % 3 == 0 else f"The overture number {n} was lovely"
        learn(make_comment(article, people[n % 3], text), is_bad=n % 3 == 0)
    db.session.commit()
    while teach_due():
        pass
    held = make_comment(article, author, "Cheap watches for all of you")
    assert held.state == "held"
    percent, *words = (held.hold_reasons or [])[0]["words"]
    assert set(words) == {"cheap", "watches"}
    assert int(percent[:-1]) >= 90
    assert make_comment(article, author, "What a lovely overture").state == "published"


def test_a_process_reads_only_the_words_that_changed(site: Site, article: Article, author: User, app: Flask) -> None:
    learn(make_comment(article, author, "One two three"), is_bad=True)
    db.session.commit()
    teach_due()
    first = model_of(site, at_once=True)
    learn(make_comment(article, author, "Two four"), is_bad=False)
    db.session.commit()
    teach_due()
    assert model_of(site) is first, "at most every half minute"
    second = model_of(site, at_once=True)
    assert second is not None and (second.good, second.bad) == (1, 1)
    assert second.words == {"one": (0, 1), "two": (1, 1), "three": (0, 1), "four": (1, 0)}
    app.extensions.pop("board_screening")
    fresh = model_of(site)
    assert fresh is not None and fresh.words == second.words


def test_two_workers_teach_every_lesson_once(app: Flask, article: Article, author: User) -> None:
    for n in range(120):
        learn(make_comment(article, author, f"Common words with {n}"), is_bad=n % 2 == 0)
    db.session.commit()
    taught: list[int] = []

    def work() -> None:
        with app.app_context():
            while found := teach_due():
                taught.append(found)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(taught) == 120
    assert counts()["common"] == totals() == (60, 60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Buy, BUY at https://www.Shop.example/x?1 now", ["link:shop.example", "buy", "at", "now"]),
        ("这是垃圾", ["这是", "是垃", "垃圾"]),
        ("Ｆｒｅｅ ca\u00adsh", ["free", "cash"]),
        ("a I " + "x" * 61, []),
    ],
)
def test_what_the_model_sees_of_a_text(text: str, expected: list[str]) -> None:
    assert tokens_of(text) == expected


def test_rare_words_and_common_ones_say_nothing() -> None:
    words: dict[str, Any] = {"rare": (0, 1), "even": (50, 50), "bad": (0, 50)}
    assert weigh(["rare", "even", "unknown"], words.get, 100, 100).share == 0.5
    assert weigh(["rare", "even", "bad"], words.get, 100, 100).against == ("bad",)
