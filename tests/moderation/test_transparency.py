"""The transparency report: true counts by reason, kind, finder and outcome, for a period and a reach."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.reach import EVERYWHERE, Reach
from board.articles.models import Article
from board.cli.moderation import moderation as command
from board.comments.models import Comment
from board.extensions import db
from board.moderation.decisions import decide
from board.moderation.operations import remove_comment, report_comment, restore_comment
from board.moderation.statements import Statement
from board.moderation.transparency import Decisions, as_csv, count_period, make_period
from board.storage import now
from tests.factories import make_comment, make_member, make_site

NOTICE = {"name": "Lou Law", "email": "lou@example.org", "explanation": "Libel.", "good_faith": "y"}


@pytest.fixture
def a_year(
    browser_for: Any, client: Any, author: User, other_member: User, moderator: User, colleague: User, article: Article,
    sanction: Any,
) -> None:  # fmt: skip
    """Let a few things be decided: two removals, one of them after a notice, a suspension, two appeals."""
    first, second, third = (make_comment(article, author, f"Bad {number}.") for number in range(3))
    mona, ada = browser_for(moderator), browser_for(author)
    browser_for(other_member).post(f"/comments/{first.id}/reports", {"reason": "abuse"})
    browser_for(other_member).post(f"/comments/{third.id}/reports", {"reason": "abuse"})
    client.post(f"/comments/{second.id}/notices", NOTICE)
    mona.post(f"/comments/{first.id}/removal", {"reason": "abuse"})
    mona.post(f"/comments/{second.id}/removal", {"reason": "illegal"})
    mona.post(f"/comments/{third.id}/approval")
    sanction(author, "suspension", until=now() + timedelta(days=7), site_id=article.site_id)
    about = list(db.session.scalars(select(Statement.id).order_by(Statement.id)))
    for statement_id in about[:2]:
        ada.post(f"/account/decisions/{statement_id}", {"text": "No."})
    outcome = {"outcome": "overturned", "words": "Yes."}
    with time_machine.travel(now() + timedelta(hours=5), tick=False):
        browser_for(colleague).post(f"/moderation/appeals/{about[0]}", outcome)


def test_every_decision_is_counted_by_kind_reason_and_finder(a_year: None) -> None:
    found = count_period(make_period("", ""), EVERYWHERE)
    assert set(found.decisions) == {
        Decisions("removal", "Abuse or harassment", "house", "report", False, 1),
        Decisions("removal", "Against the law", "law", "notice", False, 1),
        Decisions("suspension", "Abuse or harassment", "house", "moderator", False, 1),
    }
    assert (found.decision_count, found.automated_count) == (3, 0)


def test_outcomes_and_the_median_time_are_counted(a_year: None) -> None:
    found = count_period(make_period("", ""), EVERYWHERE)
    assert found.reports.counts == {"dismissed": 2}  # the one that had been upheld was overturned
    assert found.notices.counts == {"upheld": 1}
    assert found.appeals.counts == {"open": 1, "overturned": 1}
    assert found.appeals.median_hours == pytest.approx(5, abs=0.1)
    assert found.reports.median_hours is not None


@pytest.mark.parametrize(("hours", "median"), [([], None), ([3], 3), ([1, 30], 15.5), ([50, 1, 2], 2)])
def test_the_median_of_reports_runs_from_the_report_to_the_decision(
    article: Article, author: User, other_member: User, moderator: User, hours: list[int], median: float | None
) -> None:
    comments = [make_comment(article, author, f"Bad {number}.") for number in range(len(hours) + 1)]
    began = now() - timedelta(days=3)
    with time_machine.travel(began, tick=False):
        for comment in comments:  # the last one waits still
            report_comment(comment, other_member, "abuse", "")
    for comment, after in zip(comments, hours, strict=False):
        with time_machine.travel(began + timedelta(hours=after), tick=False):
            decide([comment], "approve", moderator)
    db.session.commit()
    found = count_period(make_period("", ""), EVERYWHERE)
    assert found.reports.counts == ({"dismissed": len(hours)} if hours else {}) | {"open": 1}
    assert found.reports.median_hours == (None if median is None else pytest.approx(median, abs=0.02))


def test_other_days_and_other_sites_count_for_themselves(a_year: None) -> None:
    assert count_period(make_period("2001-01-01", "2001-12-31"), EVERYWHERE).decision_count == 0
    assert count_period(make_period("", ""), Reach(frozenset({99}))).appeals.total == 0


def test_what_was_undone_before_it_was_told_is_no_decision(moderator: User, comment: Comment, told: Any) -> None:
    remove_comment(comment, moderator, "abuse")
    restore_comment(comment, moderator)
    db.session.commit()
    assert count_period(make_period("", ""), EVERYWHERE).decision_count == 0


def test_the_page_and_the_csv_say_the_same(browser_for: Any, moderator: User, a_year: None) -> None:
    mona = browser_for(moderator)
    page = mona.get("/moderation/transparency")
    assert page.status_code == 200
    assert "Against the law" in page.text and "1 open, 1 overturned" in page.text
    answer = mona.get("/moderation/transparency.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sum(int(row["count"]) for row in rows if row["section"] == "decisions") == 3
    assert [row["median_hours"] for row in rows if row["section"] == "appeals" and row["median_hours"]] == ["5.0"]


@pytest.mark.parametrize("days", ["from=2026-13-01", "from=2026-02-01&to=2026-01-01", "from=soon", "from=0001-01-01"])
def test_wrong_days_say_what_to_do(browser_for: Any, moderator: User, article: Article, days: str) -> None:
    answer = browser_for(moderator).get(f"/moderation/transparency?{days}")
    assert answer.status_code == 422
    assert "Enter two days" in answer.text
    assert browser_for(moderator).get(f"/moderation/transparency.csv?{days}").status_code == 200


def test_a_moderator_of_one_site_counts_that_site(browser_for: Any, article: Article, a_year: None) -> None:
    other, local = make_site("other", "The Other"), make_member("Lena Local", "lena@example.com")
    local.set_site_role(other.id, "moderator")
    db.session.commit()
    assert "Against the law" not in browser_for(local).get("/moderation/transparency").text


def test_members_do_not_see_it(browser_for: Any, author: User) -> None:
    assert browser_for(author).get("/moderation/transparency").status_code == 403
    assert browser_for(author).get("/moderation/transparency.csv").status_code == 403


def test_no_spreadsheet_runs_an_editors_words(a_year: None) -> None:
    db.session.execute(Statement.__table__.update().values(reason_name='=HYPERLINK("http://x")'))  # type: ignore[attr-defined]
    assert "'=HYPERLINK" in as_csv(count_period(make_period("", ""), EVERYWHERE))


def test_the_command_refuses_wrong_days(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("board.create_app", lambda: app)
    monkeypatch.setattr("board.operations.schema.ensure_schema", lambda: None)
    monkeypatch.setattr("board.operations.schema.must_be_there", lambda: None)
    answer = CliRunner().invoke(command, ["transparency", "--from", "never"])
    assert answer.exit_code == 1
    assert "2026-01-31" in answer.output
    fine = CliRunner().invoke(command, ["transparency"])
    assert fine.exit_code == 0
    assert fine.output.startswith("section,act,reason")
