"""`board ballot ledger` and `board ballot verify`: what they write, and how they end."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text, update

from board.articles.models import Site
from board.ballots.choices import one
from board.ballots.ledger.verifying import verify
from board.ballots.models import Ballot
from board.ballots.tally import Tally
from board.ballots.votes import Vote
from board.cli.ballots import ballot as command
from board.extensions import db
from tests.ballots.ledger.conftest import close, decide, ledger_of, rehashed, seal, vote

Run = Callable[..., Result]


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


def test_a_downloaded_ledger_is_verified_without_a_board(
    counted: Ballot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "downloaded.jsonl"
    file.write_bytes(b"\n".join(ledger_of(counted)) + b"\n")
    monkeypatch.setenv("BOARD_INSTANCE_PATH", str(tmp_path / "instance"))
    monkeypatch.delenv("BOARD_DATABASE_URL", raising=False)
    result = CliRunner().invoke(command, ["verify", counted.slug, "--ledger", str(file)])
    assert (result.exit_code, "holds." in result.stdout) == (0, True), result.stderr
    nothing = CliRunner().invoke(command, ["verify", counted.slug])
    assert (nothing.exit_code, "There is no database" in nothing.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == [file]


@pytest.fixture
def counted(ballot: Ballot) -> Ballot:
    """Return a closed ballot with its result in the ledger."""
    for voter in range(6):
        vote(ballot, voter, voter % 2)
    vote(ballot, 0, 1)
    decide(ballot, 5, "voided", "burst")
    close(ballot)
    seal()
    return ballot


@pytest.fixture
def file(counted: Ballot, run: Run, tmp_path: Path) -> Path:
    """Return the ledger as the command wrote it."""
    written = tmp_path / "ledger.jsonl"
    written.write_bytes(run("ledger", counted.slug).stdout_bytes)
    return written


def test_ledger_is_written_one_record_a_line(counted: Ballot, file: Path) -> None:
    assert file.read_bytes().splitlines() == ledger_of(counted)
    assert verify(file.open("rb")).is_sound


def test_own_ledger_holds(run: Run, counted: Ballot) -> None:
    done = run("verify", counted.slug)
    assert done.exit_code == 0, done.output
    assert "7 votes, 3 entries" in done.output
    assert "Result: 5 votes counted. Winner: Musical 2" in done.output


def test_downloaded_ledger_holds(run: Run, counted: Ballot, file: Path) -> None:
    assert run("verify", counted.slug, "--ledger", str(file)).exit_code == 0


def test_ledger_downloaded_earlier_still_holds(run: Run, counted: Ballot, file: Path) -> None:
    decide(counted, 5, "counted")
    seal()
    assert run("verify", counted.slug, "--ledger", str(file)).exit_code == 0
    assert run("verify", counted.slug).exit_code == 0


def test_forged_ledger_that_fits_together_is_told_from_our_own(run: Run, counted: Ballot, file: Path) -> None:
    lines = ledger_of(counted)
    file.write_bytes(b"\n".join(rehashed([lines[0].replace(b"best musical", b"worst musical"), *lines[1:]])))
    assert verify(file.open("rb")).is_sound
    done = run("verify", counted.slug, "--ledger", str(file))
    assert done.exit_code == 1
    assert "line 1: this Board’s own ledger has another line here" in done.output


@pytest.mark.parametrize("line", [2, 5, 9, 14])
def test_dropped_line_is_named(run: Run, counted: Ballot, file: Path, line: int) -> None:
    lines = ledger_of(counted)
    file.write_bytes(b"\n".join([*lines[: line - 1], *lines[line:]]))
    done = run("verify", counted.slug, "--ledger", str(file))
    assert done.exit_code == 1
    assert f"line {line}: this Board’s own ledger has another line here" in done.output
    assert not re.search(r'[{"\[]', done.output), "no raw values"


def test_changed_tally_is_noticed(run: Run, counted: Ballot) -> None:
    db.session.execute(update(Tally).where(Tally.option_id == counted.options[0].id).values(count=40))
    done = run("verify", counted.slug)
    assert done.exit_code == 1
    assert "votes for “Musical 1”, and there are 2" in done.output


def test_changed_vote_is_noticed(run: Run, counted: Ballot) -> None:
    changed = update(Vote).where(Vote.voter_key == "d:1").values(choice=one(counted.options[2].id))
    db.session.execute(changed)
    assert (
        "the vote of device 1 is for “Musical 3”, and record 2 is for “Musical 2”" in run("verify", counted.slug).output
    )


def test_changed_question_is_noticed(run: Run, counted: Ballot) -> None:
    counted.question = "Which is the worst musical?"
    done = run("verify", counted.slug)
    assert done.exit_code == 1
    assert (
        "the ballot’s question is “Which is the worst musical?”, and the ledger has “Which is the best musical?”"
        in done.output
    )


@pytest.mark.only_on("sqlite")  # one will do: the guards have a test of their own
def test_record_changed_behind_the_guards_is_noticed(run: Run, counted: Ballot) -> None:
    db.session.execute(text("DROP TRIGGER vote_record_no_update"))
    db.session.execute(text("UPDATE vote_record SET choice = '[[3, 1]]' WHERE id = 2"))
    done = run("verify", counted.slug)
    assert done.exit_code == 1
    assert "seal 1 covers lines 2 to 8, and something in them was changed" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "There is no ballot “nothing”"),
        (["best-musical"], "has not begun"),
        (["best-musical", "--ledger", "/nowhere"], "No such file"),
    ],
)
def test_nothing_to_verify_is_another_status(run: Run, ballot: Ballot, arguments: list[str], said: str) -> None:
    done = run("verify", *arguments)
    assert done.exit_code == 2
    assert said in done.output


def test_another_ballots_ledger_is_refused(run: Run, counted: Ballot, file: Path) -> None:
    done = run("verify", "other", "--ledger", str(file))
    assert done.exit_code == 1
    assert "this is the ledger of “best-musical”, not of “other”" in done.output
