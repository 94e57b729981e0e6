"""`board article`: the same rules as the pages, in the words of a command."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

import board
from board.articles.models import Article, Site
from board.cli.articles import article as command
from board.comments.models import Thread
from board.extensions import db
from tests.articles.test_pictures import picture_file
from tests.factories import make_article, make_site


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs `board article …` on the test's database."""
    monkeypatch.setattr(board, "create_app", lambda: app)
    monkeypatch.setattr("board.operations.schema.ensure_schema", lambda: None)
    monkeypatch.setattr("board.operations.schema.must_be_there", lambda: None)

    def go(*words: str, stdin: str | bytes = "") -> Result:
        db.session.rollback()
        result = CliRunner().invoke(command, list(words), input=stdin)
        db.session.rollback()
        return result

    return go


def test_an_article_is_added_and_listed(run: Any, site: Site, tmp_path: Path) -> None:
    (tmp_path / "lead.png").write_bytes(picture_file(kind="PNG"))
    result = run(
        "add", "2026/opening night", "--title", "Opening", "--body-file", "-", "--gate", "members", "--gate-after", "1",
        "--published", "2026-11-22", "--video", "https://vimeo.com/1 | One", "--video", "https://vimeo.com/2",
        "--picture", str(tmp_path / "lead.png"), "--picture-alt", "Red", "--comments", "closed", "--close-after", "3",
        stdin="Eins ä.\n\nZwei.",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "http://localhost/articles/2026%252Fopening%20night" in result.output
    kept = db.session.scalars(select(Article)).unique().one()
    assert kept.body_blocks == ["<p>Eins ä.</p>", "<p>Zwei.</p>"]
    assert [video.title for video in kept.videos] == ["One", ""]
    assert (kept.gate_after_blocks, kept.comments, kept.comments_close_after_days) == (1, "closed", 3)
    db.session.add(Thread(article_id=kept.id, site_id=site.id, comment_count=7))
    db.session.commit()
    assert run("list").output == "2026-11-22  members       7  2026/opening night  Opening\n"


def test_an_edit_changes_only_what_is_given(run: Any, article: Article) -> None:
    assert run("edit", "opening-night", "--gate", "email", "--byline", "").exit_code == 0
    db.session.refresh(article)
    assert (article.gate, article.byline, article.title) == ("email", "", "Opening night")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "..", "--title", "T"], "ID: "),
        (["add", "x", "--title", " "], "--title: Give the article a title."),
        (["add", "opening-night", "--title", "T"], "already has an article with this ID"),
        (["add", "x", "--title", "T", "--published", "tomorrow"], "--published: Write the date as"),
        (["add", "x", "--title", "T", "--url", "https://foreign.example/"], "--url: The page must be on"),
        (["add", "x", "--title", "T", "--video", "nonsense"], "--video: Line 1"),
        (["add", "x", "--title", "T", "--close-after", "0"], "--close-after: Write a whole number"),
        (["add", "x", "--title", "T", "--site", "nowhere"], "There is no site nowhere. The sites are: main."),
        (["edit", "nothing", "--title", "T"], "has no article with the ID nothing"),
    ],
)
def test_a_mistake_is_one_clear_line_and_changes_nothing(
    run: Any, article: Article, words: list[str], said: str
) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.output
    assert len(db.session.scalars(select(Article)).unique().all()) == 1


def test_a_wrong_option_is_a_usage_error(run: Any, article: Article) -> None:
    assert run("add", "x").exit_code == 2
    assert run("add", "x", "--title", "T", "--gate", "wall").exit_code == 2
    assert run("add", "x", "--title", "T", "--picture", "/nowhere.png").exit_code == 2


def test_a_text_that_is_not_utf8_is_refused(run: Any, site: Site) -> None:
    result = run("add", "x", "--title", "T", "--body-file", "-", stdin=b"caf\xe9")
    assert result.exit_code == 1
    assert "Save it as UTF-8" in result.output


def test_a_site_is_named_by_its_name_or_short_name(run: Any, site: Site) -> None:
    evening = make_site("evening", "Evening Post")
    for number, name in enumerate(("evening", "Evening Post")):
        assert run("add", str(number), "--title", "T", "--site", name).exit_code == 0
    make_article(site, "ours")
    assert run("list", "--site", "evening").output.count("\n") == 2
    assert evening.id != site.id


def test_two_articles_are_merged_and_taken_apart(run: Any, site: Site) -> None:
    first, second = make_article(site, "opening-night"), make_article(site, "opening-night-2")
    assert run("merge", "opening-night-2", "opening-night").exit_code == 0
    assert db.session.get_one(Article, second.id).merged_into_id == first.id
    assert "opening-night-2" not in run("list").output
    assert run("merge", "--undo", "opening-night-2").exit_code == 0
    assert db.session.get_one(Article, second.id).merged_into_id is None
    refused = run("merge", "--undo", "opening-night-2")
    assert (refused.exit_code, refused.output) == (1, "Error: This article is not merged into another.\n")
    assert run("merge", "opening-night").exit_code == 1


def test_an_id_that_no_article_has_becomes_another_name(run: Any, site: Site) -> None:
    make_article(site, "opening-night")
    assert run("merge", "2026/11/opening", "opening-night").exit_code == 0
    assert run("merge", "elsewhere", "nowhere").exit_code == 1
