"""What becomes of a submitted text: each step of screening, alone."""

from dataclasses import replace

import pytest

from board.accounts.models import User
from board.screening import Hold, Publish, Refuse, Submission, decide
from board.screening.deciding import MAX_DEPTH, STEPS
from tests.factories import make_member

LINKS = '<a href="https://a.example">a</a>' * 3


@pytest.fixture
def fine(author: User) -> Submission:
    """Return a submission that nothing speaks against."""
    return Submission(author, "Bravo.", "<p>Bravo.</p>", is_thread_open=True)


def test_a_fine_text_is_published(fine: Submission) -> None:
    assert decide(fine) == Publish()


def test_each_step_is_named_for_its_rule_and_explained() -> None:
    assert len({step.__name__ for step in STEPS}) == len(STEPS)
    assert all(step.__doc__ for step in STEPS)


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
    assert decide(replace(fine, html=LINKS)) == Hold("links_of_newcomers")
    assert decide(replace(fine, html=LINKS, latest_source="Hello.")) == Publish()
