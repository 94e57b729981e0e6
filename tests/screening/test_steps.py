"""What becomes of a submitted text: each step of screening, alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from board.accounts.models import User
from board.screening import Hold, Publish, Reason, Refuse, Submission, decide
from board.screening.catalogue import STEPS
from board.screening.deciding import HOUSE_STEPS, MAX_DEPTH
from board.screening.explaining import explain
from board.screening.rules import Rules
from board.screening.steps import SITE_STEPS
from board.screening.taught import Model
from tests.factories import make_member

LINK = '<a href="https://a.example">a</a>'
SHOUTING = "<p>WHY DOES NOBODY EVER LISTEN TO ME</p>"


@pytest.fixture
def fine(author: User) -> Submission:
    """Return a submission that nothing speaks against."""
    return Submission(author, "Bravo.", "<p>Bravo.</p>", is_thread_open=True)


def test_a_fine_text_is_published(fine: Submission) -> None:
    assert decide(fine) == Publish()


def test_each_step_is_named_for_its_rule_and_explained() -> None:
    assert all(step.__doc__ for step in (*HOUSE_STEPS, *SITE_STEPS.values()))
    assert [step.name for step in STEPS if step.name in SITE_STEPS] == list(SITE_STEPS), "asked as they are shown"
    assert all(str(step.sentence).endswith(".") for step in STEPS)
    for step in STEPS:
        assert explain([{"step": step.name, "words": ["7"]}])[0].endswith("."), step.name


@pytest.mark.parametrize(
    ("change", "step", "status"),
    [
        ({"is_thread_open": False}, "thread_is_open", 409),
        ({"parent_takes_replies": False}, "parent_takes_replies", 409),
        ({"depth": MAX_DEPTH + 1}, "is_not_too_deep", 409),
        ({"latest_source": "Bravo."}, "is_not_said_just_before", 422),
    ],
)
def test_what_is_refused_and_how(change: dict[str, object], step: str, status: int, fine: Submission) -> None:
    verdict = decide(replace(fine, **change))  # type: ignore[arg-type]
    assert isinstance(verdict, Refuse)
    assert (verdict.step, verdict.status) == (step, status)
    assert verdict.reason.endswith(".")


def test_a_flood_is_more_than_the_operator_allows(fine: Submission) -> None:
    assert isinstance(decide(replace(fine, count_in_last_minute=6)), Refuse)
    assert decide(replace(fine, count_in_last_minute=5)) == Publish()


def test_who_may_not_post_is_told_why(fine: Submission) -> None:
    newcomer = make_member("Nele Newcomer", "nele@example.com", confirmed=False)
    banned = make_member("Bodo Banned", "bodo@example.com", active=False)
    for person, word in ((newcomer, "Confirm"), (banned, "may not")):
        verdict = decide(replace(fine, author=person))
        assert isinstance(verdict, Refuse) and verdict.status == 403 and word in verdict.reason


def test_only_a_newcomers_many_links_are_held(fine: Submission) -> None:
    assert decide(replace(fine, html=LINK * 3)) == Hold((Reason("newcomer_links", ("3",)),))
    assert decide(replace(fine, html=LINK * 3, latest_source="Hello.")) == Publish()
    assert decide(replace(fine, html=LINK * 2)) == Publish()


MODEL = Model(1, 200, 200, {"viagra": (0, 60), "cheap": (1, 40), "opera": (50, 0)})


@pytest.mark.parametrize(
    ("step", "values", "changes", "nearly"),
    [
        ("first_comments", {"first_comments_count": 2}, {"published_count": 1}, {"published_count": 2}),
        (
            "new_accounts",
            {"new_accounts_hours": 24},
            {"account_age": timedelta(hours=23)},
            {"account_age": timedelta(hours=24)},
        ),
        ("links", {"links_most": 1}, {"html": LINK * 2}, {"html": LINK}),
        ("held_words", {"held_words_list": "idiot*"}, {"html": "<p>Idiots</p>"}, {"html": "<p>Idyll</p>"}),
        ("repeats", {"repeats_count": 2}, {"copies": 2}, {"copies": 1}),
        ("capitals", {}, {"html": SHOUTING}, {"html": "<p>OK BBC</p>"}),
        ("length", {"length_least": 5}, {"html": "<p>Meh</p>"}, {"html": "<p>Bravo</p>"}),
        ("length", {"length_most": 10}, {"html": "<p>Elevenchars</p>"}, {"html": "<p>Ten chars.</p>"}),
        ("speed", {"speed_count": 3}, {"count_in_ten_minutes": 3}, {"count_in_ten_minutes": 2}),
        ("learnt", {}, {"html": "<p>cheap viagra</p>"}, {"html": "<p>cheap opera</p>"}),
    ],
)
def test_each_step_holds_what_it_looks_for_and_nothing_else(
    step: str, values: dict[str, Any], changes: dict[str, Any], nearly: dict[str, Any], fine: Submission
) -> None:
    known = replace(fine, latest_source="Hello.", model=MODEL, rules=Rules(1, {step: "hold", **values}))
    verdict = decide(replace(known, **changes))
    assert isinstance(verdict, Hold) and [reason.step for reason in verdict.reasons] == [step]
    assert decide(replace(known, **nearly)) == Publish()
    off = Rules(1, {**values, step: "off"})
    assert decide(replace(known, **changes, rules=off)) == Publish()


@pytest.mark.parametrize("step", ["links", "capitals", "length", "repeats", "speed"])
def test_a_step_can_refuse_instead(step: str, fine: Submission) -> None:
    found = {"copies": 9, "count_in_ten_minutes": 50, "html": SHOUTING + LINK * 9, "latest_source": "Hello."}
    rules = Rules(1, {step: "refuse", "length_most": 10})
    verdict = decide(replace(fine, rules=rules, **found))  # type: ignore[arg-type]
    assert isinstance(verdict, Refuse)
    assert (verdict.step, verdict.status) == (step, 422)
    assert verdict.reason.endswith(".")


def test_all_reasons_to_wait_are_told(fine: Submission) -> None:
    rules = Rules(1, {"capitals": "hold", "links": "hold", "links_most": 0})
    verdict = decide(replace(fine, holds_all=True, rules=rules, html=SHOUTING + LINK, latest_source="Hello."))
    assert isinstance(verdict, Hold)
    assert [reason.step for reason in verdict.reasons] == ["all_wait", "links", "capitals"]
    assert verdict.kept()[1] == {"step": "links", "words": ["1"]}
    assert verdict.advice == [], "it would wait whatever its author changes"


def test_a_refused_word_is_named_to_its_author(fine: Submission) -> None:
    rules = Rules(1, {"refused_words_list": "idiot*"})
    verdict = decide(replace(fine, rules=rules, html="<p>You <em>idi</em>ots</p>"))
    assert isinstance(verdict, Refuse)
    assert "“idiot*”" in verdict.reason


def test_a_word_may_hide_in_a_links_address(fine: Submission) -> None:
    rules = Rules(1, {"held_words_list": "casino.example"})
    hidden = '<a href="https://casino.example/?a=1&amp;b" rel="nofollow">a</a>'
    assert isinstance(decide(replace(fine, rules=rules, html=hidden)), Hold)


def test_nearly_the_authors_last_text_is_a_repeat(fine: Submission) -> None:
    rules = Rules(1, {"repeats": "hold"})
    last = "Come and see our wonderful new garden furniture at half the price this week only"
    again = replace(fine, rules=rules, latest_source=last, source=last.replace("wonderful", "beautiful"))
    assert decide(again) == Hold((Reason("repeats"),))
    assert decide(replace(again, source="I thought the second act was rather slow, to be honest with you")) == Publish()


def test_staff_are_not_screened_by_the_sites_rules(fine: Submission, moderator: User) -> None:
    assert decide(replace(fine, author=moderator, holds_all=True, html=LINK * 9)) == Publish()


def test_a_model_that_has_seen_little_says_nothing(fine: Submission) -> None:
    rules = Rules(1, {"learnt": "hold", "learnt_lessons": 100})
    spam = replace(fine, rules=rules, html="<p>cheap viagra</p>")
    assert isinstance(decide(replace(spam, model=MODEL)), Hold)
    assert decide(replace(spam, model=replace(MODEL, good=99))) == Publish()
    assert decide(replace(spam, model=None)) == Publish()


def test_what_the_model_says_names_the_words_that_weighed(fine: Submission) -> None:
    rules = Rules(1, {"learnt": "hold"})
    verdict = decide(replace(fine, rules=rules, model=MODEL, html="<p>So cheap, so much viagra</p>"))
    assert isinstance(verdict, Hold)
    percent, *words = verdict.reasons[0].words
    assert (int(percent[:-1]) >= 95, words) == (True, ["viagra", "cheap"])
