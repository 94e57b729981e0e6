"""`board screening` and `board site`: the same rules as the pages, in the words of a command."""

from pathlib import Path
from typing import Any

import pytest
from click import Command
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

import board
from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.cli.articles import article as article_command
from board.cli.screening import screening
from board.cli.sites import site as site_command
from board.extensions import db
from board.screening.learning import learn
from board.screening.taught import rules_of
from tests.factories import make_comment


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs a command on the test's database."""
    monkeypatch.setattr(board, "create_app", lambda: app)
    monkeypatch.setattr("board.operations.schema.ensure_schema", lambda: None)
    monkeypatch.setattr("board.operations.schema.must_be_there", lambda: None)

    def go(command: Command, *words: str, stdin: str = "") -> Result:
        db.session.rollback()
        result = CliRunner().invoke(command, list(words), input=stdin)
        db.session.rollback()
        return result

    return go


def test_fields_are_set_and_shown(run: Any, site: Site, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("idiot*\nfool\n")
    result = run(screening, "set", "links=hold", "links_most=3", f"held_words_list=@{tmp_path / 'words.txt'}")
    assert result.output == "Saved as version 1.\n"
    assert rules_of(site).values == {"links": "hold", "links_most": 3, "held_words_list": "idiot*\nfool"}
    assert run(screening, "set", "links=hold").output == "Nothing was changed.\n"
    shown = run(screening, "show").output
    assert "version 1, mode first" in shown
    assert "  links_most=3\n" in shown and "    idiot*\n    fool\n" in shown
    assert db.session.scalars(select(AuditEntry.action)).all() == ["screening.changed"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("links", "write FIELD=VALUE"),
        ("links=maybe", "links: Choose one of: off, hold, refuse."),
        ("nonsense=1", "nonsense: There is no such field."),
        ("held_words_list=@/no/such/file", "cannot be read"),
    ],
)
def test_a_wrong_field_is_told_how_to_mend_it(run: Any, site: Site, field: str, said: str) -> None:
    result = run(screening, "set", field)
    assert (result.exit_code, said in result.output) == (1, True), result.output
    assert site.rules_version == 0


def test_a_text_is_tried_with_fields_that_are_not_saved(run: Any, site: Site) -> None:
    result = run(screening, "test", "You 1d10ts", "held_words_list=idiot*", "held_words_alike=yes")
    assert result.output == "hold\n  Words on the list: idiot*.\n"
    assert run(screening, "test", "-", stdin="Fine.").output == "publish\n"
    assert run(screening, "test", "-", "first_comments=hold", "--first", stdin="Fine.").output.startswith("hold\n")
    assert site.rules_version == 0


def test_rules_are_replayed(run: Any, article: Article, author: User) -> None:
    make_comment(article, author, "It drags.")
    output = run(screening, "replay", "refused_words_list=drags").output
    assert "1 comments looked at" in output and "0 would have waited, 1 would have been refused" in output
    assert "Words that are refused: drags." in output


def test_the_model_is_shown(run: Any, article: Article, author: User) -> None:
    assert "has learnt nothing yet" in run(screening, "model").output
    for n in range(6):
        learn(
            make_comment(article, author, f"cheap watches {n}" if n % 2 else f"lovely overture {n}"), is_bad=n % 2 == 1
        )
    db.session.commit()
    output = run(screening, "model").output
    assert "3 removed and 3 kept comments, 4 words" in output
    assert "removed ones: watches 88%, cheap 88%" in output


def test_labelled_texts_are_cross_validated(run: Any, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "labelled.csv"
    lines = [f"Buy cheap watches and bags {n},1" if n % 2 else f"A lovely overture and cast {n},0" for n in range(100)]
    file.write_text("\n".join(["text,spam", *lines]))
    output = run(screening, "model", "--cross-validate", str(file), "--text", "text", "--bad", "spam").output
    assert "100 texts, 50 bad (50.0%)" in output and "area under the curve 1.000" in output
    assert [line.split() for line in output.splitlines() if "95%" in line] == [["95%", "50", "50", "100.0%", "100.0%"]]
    wrong = run(screening, "model", "--cross-validate", str(file), "--bad", "ham")
    assert wrong.exit_code == 1 and "has no column comment, ham. It has: text, spam." in wrong.output


def test_sites_are_added_edited_and_listed(run: Any, site: Site, article: Article) -> None:
    assert (
        run(site_command, "add", "evening", "--name", "Evening", "--origin", "https://evening.example").exit_code == 0
    )
    assert run(site_command, "edit", "main", "--mode", "held").output == "Saved: The Callboard (main), mode held.\n"
    assert run(site_command, "list").output.splitlines() == [
        "main\theld\tThe Callboard\t\t",
        "evening\tfirst\tEvening\thttps://evening.example\t",
    ]
    assert run(site_command, "edit", "evening", "--short-name", "main").exit_code == 1
    assert run(article_command, "edit", "opening-night", "--mode", "first").exit_code == 0
    assert (article.comment_mode, article.holds_all) == ("first", False)
