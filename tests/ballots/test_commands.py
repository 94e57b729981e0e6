"""`board ballot`: what it writes, what it refuses and how it says so."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.ballots.audience import BallotDay
from board.ballots.models import Ballot, Placement
from board.cli.ballots import ballot as command
from board.extensions import db
from tests.ballots.conftest import cast, make_ballot
from tests.conftest import Browser

Run = Callable[..., Result]
TWO = ["--option", "Six", "--option", "Hamilton"]


@pytest.fixture
def run(app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `board ballot …` inside the test's application."""
    monkeypatch.setattr("board.create_app", lambda: app)
    monkeypatch.setattr("board.operations.schema.ensure_schema", lambda: None)
    monkeypatch.setattr("board.operations.schema.must_be_there", lambda: None)

    def run_command(*arguments: str) -> Result:
        db.session.commit()
        result = CliRunner().invoke(command, list(arguments))
        db.session.rollback()
        return result

    return run_command


def test_ballot_is_published_with_its_disclosure_on_its_articles(run: Run, article: Article, reader: Browser) -> None:
    sponsor = ["--sponsor", "Stagecraft Ltd", "--sponsor-url", "https://stagecraft.example/"]
    result = run("add", "best", "--question", "Best?", *TWO, *sponsor, "--place", article.external_id)
    assert result.exit_code == 0, result.output
    made = db.session.scalars(select(Ballot)).unique().one()
    assert made.disclosure == "Sponsored · presented by Stagecraft Ltd"
    assert made.is_open
    assert db.session.scalar(select(Placement.article_id)) == article.id
    assert 'rel="sponsored nofollow noopener"' in reader.get("/ballots/best").text
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert actions == {"sponsor.added", "ballot.written", "ballot.placed", "ballot.published"}


def test_draft_stays_a_draft(run: Run) -> None:
    assert "Draft, not published." in run("add", "best", "--question", "Best?", *TWO, "--draft").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["best", "--question", "Best?", "--option", "Six"], "--option: Give at least two options"),
        (["best", "--question", "Best?", *TWO, "--option", "six"], "is there already"),
        (["best", "--question", "Best?", *TWO, "--option", "x" * 201], "Too long by 1 character"),
        (["best", "--question", "Best?", *[p for n in range(51) for p in ("--option", str(n))]], "at most 50 options"),
        (["best", "--question", " ", *TWO], "--question: Write the question"),
        (["Best Of", "--question", "Best?", *TWO], "SLUG: Use small letters"),
        (["new", "--question", "Best?", *TWO], "SLUG: The address “new” is taken"),
        (["taken", "--question", "Best?", *TWO], "There is a ballot at “taken” already"),
        (["best", "--question", "Best?", *TWO, "--closes", "soon"], "--closes: “soon” is not a date and time"),
        (["best", "--question", "Best?", *TWO, "--closes", "2020-01-01"], "--closes: This closing time has passed"),
        (["best", "--question", "B?", *TWO, "--opens", "2999-02-01", "--closes", "2999-01-01"], "close after it opens"),
        (["best", "--question", "Best?", *TWO, "--place", "nowhere"], "--place: There is no article “nowhere”"),
        (["best", "--question", "Best?", *TWO, "--site", "nowhere"], "There is no site “nowhere”"),
        (["best", "--question", "B?", *TWO, "--sponsor", "S", "--sponsor-url", "javascript:x"], "--sponsor-url: Write"),
    ],
)
def test_mistake_is_explained_and_changes_nothing(run: Run, site: Site, arguments: list[str], said: str) -> None:
    make_ballot(site, "taken")
    result = run("add", *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert db.session.scalar(select(func.count()).select_from(Ballot)) == 1
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_numbers_stand_in_a_table_with_their_total(run: Run, new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    for position in (0, 0, 1):
        cast(new_reader(), ballot, position)
    output = run("results", ballot.slug).output
    assert [" ".join(line.split()) for line in output.splitlines()][1:6] == [
        "Votes Share",
        "Musical 1 2 67%",
        "Musical 2 1 33%",
        "Musical 3 0 0%",
        "Total: 3 votes; set aside: 0; voided: 0.",
    ]


def test_closing_twice_is_closing_once(run: Run, ballot: Ballot) -> None:
    assert "has closed." in run("close", ballot.slug).output
    assert "has closed already." in run("close", ballot.slug).output
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1
    assert "Voting has closed." in run("list").output


@pytest.mark.parametrize("verb", ["results", "close"])
def test_unknown_ballot_is_said(run: Run, verb: str) -> None:
    result = run(verb, "nothing")
    assert result.exit_code == 1
    assert "There is no ballot “nothing”" in result.output


def test_whole_command_runs(tmp_path: Path) -> None:
    environment = {**os.environ, "BOARD_INSTANCE_PATH": str(tmp_path), "BOARD_DATABASE_URL": ""}
    arguments = ["ballot", "add", "best", "--question", "Best?", *TWO]
    done = subprocess.run(
        [sys.executable, "-m", "board", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "/ballots/best" in done.stdout


def test_ballot_is_written_with_its_method_order_notes_and_picture(run: Run, tmp_path: Path) -> None:
    from PIL import Image

    picture = tmp_path / "six.png"
    Image.new("RGB", (40, 20), "red").save(picture)
    rules = ["--method", "several", "--most", "2", "--order", "random", "--write-ins", "yes"]
    options = ["--option", "Six | Six wives", "--option", "Hamilton", "--picture", "Six", str(picture)]
    result = run("add", "best", "--question", "Best?", *options, *rules)
    assert result.exit_code == 0, result.output
    made = db.session.scalars(select(Ballot)).unique().one()
    assert (made.method, made.max_choices, made.option_order, made.takes_write_ins) == ("several", 2, "random", True)
    assert [(option.text, option.note) for option in made.options] == [("Six", "Six wives"), ("Hamilton", "")]
    assert made.options[0].picture is not None


def test_edit_changes_what_is_given_and_nothing_else(run: Run) -> None:
    run("add", "best", "--question", "Best?", *TWO, "--sponsor", "Old Ltd", "--draft")
    result = run("edit", "best", "--method", "ranked", "--sponsor", "New Ltd")
    assert result.exit_code == 0, result.output
    made = db.session.scalars(select(Ballot)).unique().one()
    assert (made.method, made.question, made.is_draft) == ("ranked", "Best?", True)
    assert made.disclosure == "Sponsored · presented by New Ltd"
    assert run("open", "best").exit_code == 0
    assert db.session.scalars(select(Ballot)).unique().one().is_open


def test_edit_of_an_open_ballot_only_tightens(run: Run, site: Site) -> None:
    make_ballot(site, "open")
    assert "stay as they are" in run("edit", "open", "--method", "ranked").output
    assert run("edit", "open", "--results", "always").exit_code == 1
    assert run("edit", "open", "--results", "after-close").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--method", "several", "--most", "3"], "--most: Write how many options a voter may choose: from 1 to 2"),
        (["--picture", "Cats", __file__], "--picture: There is no option “Cats”"),
        (["--picture", "Six", __file__], "not a picture"),
        (["--option", "A | " + "x" * 501], "Note of option 3: Too long by 1 character"),
        (["--option", "| nothing"], "Option 3: Write its text"),
    ],
)
def test_rules_that_cannot_be_are_refused(run: Run, arguments: list[str], said: str) -> None:
    result = run("add", "best", "--question", "Best?", *TWO, *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert db.session.scalar(select(func.count()).select_from(Ballot)) == 0


def test_report_is_printed_and_linked_and_its_link_withdrawn(run: Run, site: Site, reader: Browser) -> None:
    ballot = make_ballot(site)
    db.session.add(BallotDay(ballot_id=ballot.id, day=date(2026, 11, 22), article_id=0, impressions=900, votes=80))
    printed = run("report", ballot.slug).output
    assert "In all: seen 900, votes 80, link presses 0" in printed
    assert "2026-11-22: seen 900" in printed
    address = run("report", ballot.slug, "--link").output.split()[0]
    path = address.removeprefix("http://localhost")
    assert reader.get(path).status_code == 200
    assert "no longer works" in run("report", ballot.slug, "--withdraw").output
    assert reader.get(path).status_code == 404
    assert run("report", ballot.slug, "--link", "--withdraw").exit_code == 1
