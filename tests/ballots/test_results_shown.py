"""Who sees a ballot's results, and when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.ballots.models import Ballot
from board.ballots.recounts import recount
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import cast, make_ballot, place
from tests.ballots.resulting import answers, close
from tests.conftest import Browser

HIDING: list[dict[str, Any]] = [{"results": "after-vote"}, {"results": "after-close"}, {"results": "by-hand"}]


@pytest.mark.parametrize("terms", HIDING, ids=str)
def test_what_outsiders_get_of_a_hidden_ballot_is_the_same_with_and_without_votes(
    new_reader: Callable[[], Browser], site: Site, article: Article, terms: dict[str, Any]
) -> None:
    ballot = make_ballot(site, closes_at=now() + timedelta(days=1), **terms)
    place(ballot, article)
    with time_machine.travel(now(), tick=False):
        before = answers(new_reader(), ballot)
        for number in range(7):
            cast(new_reader(), ballot, number % 2)
        recount(ballot)
        after = answers(new_reader(), ballot)
    assert before == after
    assert before["/results"][0] == 200
    assert before["/results.csv"][0] == 403


def test_results_by_hand_stay_hidden_after_the_close(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, results="by-hand")
    voter = new_reader()
    cast(voter, ballot, 0)
    close(ballot)
    for reader in (voter, new_reader()):
        assert "The editors show them" in reader.get("/ballots/best-musical/results").text
        assert reader.get("/ballots/best-musical/results.json").status_code == 403
        assert "Musical 1 wins" not in reader.get("/ballots/best-musical").text


def test_editor_shows_them_and_the_log_says_so(
    browser_for: Callable[[User], Browser], new_reader: Callable[[], Browser], site: Site, editor: User
) -> None:
    ballot = make_ballot(site, results="by-hand")
    cast(new_reader(), ballot, 0)
    close(ballot)
    desk = browser_for(editor)
    for _ in range(2):
        assert desk.post("/manage/ballots/best-musical/results").status_code == 303
    assert "Musical 1 wins with 100% of the votes." in new_reader().get("/ballots/best-musical/results").text
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "ballot.results_shown")).all()
    assert len(actions) == 1


def test_nobody_shows_them_before_the_close(
    browser_for: Callable[[User], Browser], site: Site, editor: User, moderator: User
) -> None:
    make_ballot(site, results="by-hand")
    make_ballot(site, "other", results="always", state="closed", closes_at=now())
    assert browser_for(editor).post("/manage/ballots/best-musical/results").status_code == 409
    assert browser_for(editor).post("/manage/ballots/other/results").status_code == 409
    assert browser_for(moderator).post("/manage/ballots/best-musical/results").status_code == 403


def test_voter_sees_results_after_voting_and_only_they(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    voter, outsider = new_reader(), new_reader()
    cast(voter, ballot, 0)
    page = voter.get("/ballots/best-musical/results")
    assert "100%" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert voter.get("/ballots/best-musical/results.json").json["voters"] == 1
    assert outsider.get("/ballots/best-musical/results.json").status_code == 403
    assert "100%" not in outsider.get("/ballots/best-musical/results").text
