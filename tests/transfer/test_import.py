"""What becomes of another system's comments."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.comments.counting import faults
from board.comments.models import Comment
from board.comments.threads import Thread
from board.extensions import db
from board.transfer.titles import title_from
from tests.factories import make_article, make_member, make_site
from tests.transfer.conftest import jsonl, line, packed

Importing = Callable[..., Any]


def comment(source_id: str) -> Comment:
    """Return an imported comment."""
    return db.session.scalars(select(Comment).where(Comment.source_id == source_id)).one()


def count(model: Any) -> int:
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_thread_comes_whole(importing: Importing) -> None:
    report, refused = importing(
        jsonl(
            line("a", score=12, created="2020-01-01 10:00:00+00:00"),
            line("b", parent_id="a", author="Ben", created="2020-01-01T13:00:00+02:00"),
            line("c", parent_id="b", created="2020-01-01T12:00:00.5Z"),
            line("d", created="2020-01-02T00:00:00"),
        )
    )
    assert (report.comments, report.articles, report.new_articles, report.authors, refused) == (4, 1, 1, 2, [])
    article = db.session.scalars(select(Article)).one()
    assert (article.external_id, article.title) == ("first-night", "First night")
    assert article.published_at == datetime(2020, 1, 1, 10, tzinfo=UTC)
    assert comment("b").created_at == datetime(2020, 1, 1, 11, tzinfo=UTC)
    assert [comment(i).depth for i in "abcd"] == [0, 1, 2, 0]
    assert comment("c").root_id == comment("a").id
    assert (comment("a").like_count, comment("a").rank > 0.5, comment("a").descendant_count) == (12, True, 2)
    thread = db.session.get_one(Thread, article.id)
    assert (thread.comment_count, thread.root_count) == (4, 2)
    assert faults(article.id) == []


def test_replies_may_come_before_their_parents(importing: Importing) -> None:
    _report, refused = importing(jsonl(line("c", parent_id="b"), line("b", parent_id="a"), line("a")))
    assert refused == []
    assert [comment(i).depth for i in "abc"] == [0, 1, 2]


def test_a_file_may_be_gzipped(importing: Importing) -> None:
    report, _refused = importing(packed(jsonl(line("a"), line("b"))))
    assert report.comments == 2


def test_importing_again_changes_nothing(importing: Importing) -> None:
    file = jsonl(line("a"), line("b", parent_id="a"))
    importing(file)
    before = (count(Comment), count(User), count(Article), comment("a").id)
    report, _refused = importing(file)
    assert (report.comments, report.known) == (0, 2)
    assert (count(Comment), count(User), count(Article), comment("a").id) == before


def test_a_later_file_continues_the_thread(importing: Importing) -> None:
    importing(jsonl(line("a"), line("b", parent_id="a", created="2020-01-03T00:00:00Z")))
    report, refused = importing(
        jsonl(
            line("c", parent_id="a", created="2020-01-02T00:00:00Z"), line("d", parent_id="c"), line("e", author="Ben")
        )
    )
    assert (report.comments, refused) == (3, [])
    assert (comment("c").ordinal, comment("b").ordinal) == (0, 1)
    assert comment("d").root_id == comment("a").id
    assert count(User) == 2
    assert faults(comment("a").article_id) == []


def test_one_sites_comments_are_not_anothers(importing: Importing, site: Site) -> None:
    other = make_site("other", "Other Stage")
    importing(jsonl(line("a")))
    report, refused = importing(jsonl(line("a"), line("b", parent_id="a")), into=other)
    assert (report.comments, refused) == (2, [])
    _report, refused = importing(jsonl(line("z", parent_id="b")), into=site)
    assert len(refused) == 1


def test_a_dry_run_reports_the_same_and_changes_nothing(importing: Importing) -> None:
    file = jsonl(line("a"), line("b", parent_id="nowhere"), line("c", thread="second"))
    dry = importing(file, dry_run=True)
    assert (count(Comment), count(User), count(Article)) == (0, 0, 0)
    assert importing(file) == dry


def test_comments_join_an_article_that_is_there(importing: Importing, site: Site) -> None:
    article = make_article(site, "first-night")
    report, _refused = importing(jsonl(line("a")))
    assert (report.articles, report.new_articles) == (1, 0)
    assert comment("a").article_id == article.id
    assert article.title == "Opening night"


def test_a_reply_goes_where_its_parent_is(importing: Importing) -> None:
    report, refused = importing(
        jsonl(line("a"), line("b", parent_id="a", thread="first-night/"), line("c", parent_id="b", thread="x"))
    )
    assert (report.articles, refused) == (1, [])
    assert comment("c").article_id == comment("a").article_id


def test_html_and_markdown_both_become_safe_html(importing: Importing) -> None:
    importing(
        jsonl(line("a", body="Some *words*"), line("b", body="<p>Some <em>words</em><script>alert(1)</script></p>"))
    )
    assert comment("a").body_html == "<p>Some <em>words</em></p>"
    assert "<em>words</em>" in comment("b").body_html
    assert "<script" not in comment("b").body_html
    assert comment("b").body_source.startswith("<p>")


def test_line_breaks_that_only_make_blank_space_go(importing: Importing) -> None:
    importing(jsonl(line("a", body="<p><br>One.<br/><br><br>\n<br>Two.<br><br></p><p>Three.<br></p>")))
    assert comment("a").body_html == "<p>One.<br><br>Two.</p><p>Three.</p>"


def test_a_negative_score_is_no_like(importing: Importing) -> None:
    importing(jsonl(line("a", score=-7), line("b", score=None), line("c", score=2.9)))
    assert [comment(i).like_count for i in "abc"] == [0, 0, 2]


def test_an_author_is_one_placeholder_nobody_can_sign_in_as(importing: Importing) -> None:
    importing(jsonl(line("a"), line("b"), line("c", source="elsewhere")))
    authors = db.session.scalars(select(User).order_by(User.id)).all()
    assert [author.display_name for author in authors] == ["Ann", "Ann 2"]
    assert all(author.is_placeholder and author.password is None for author in authors)
    assert all(author.email.endswith("@placeholder.invalid") and not author.can_post() for author in authors)


NAMES = [
    "Ann",
    "ann",
    "АNN",
    "A n n",
    "admin",
    "Moderator Joe",
    "",
    " ",
    "\u202eevil",
    "x" * 200,
    "a@b.example",
    "\0",
    "\ud800",
    "👩‍🚀",
    "名前",
]


def test_no_imported_name_passes_for_another(importing: Importing) -> None:
    make_member("Ann", "ann@example.com")
    report, refused = importing(jsonl(*(line(f"c{n}", author=name) for n, name in enumerate(NAMES))))
    assert (report.comments, refused) == (len(NAMES), [])
    names = db.session.scalars(select(User.display_name).where(User.is_placeholder)).all()
    assert len({*names}) == len(names) == len(NAMES) - 2  # three of them are the same nothing
    assert "Ann" not in names
    assert not any("admin" in name.lower() or "moderator" in name.lower() for name in names)
    assert max(map(len, names)) <= 50


@pytest.mark.parametrize(
    ("thread", "title"),
    [
        ("http://blog.example/archives/2007/06/a_day-out.html", "A day out"),
        ("365-days-of-drawing", "365 days of drawing"),
        ("n49rw", "n49rw"),
        ("https://blog.example/", "https://blog.example/"),
        ("http://blog.example/2006/01/mt.html", "Mt"),
        ("https://blog.example/2020/caf%C3%A9-noir/", "Café noir"),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_title_is_made_of_the_last_part_of_a_path(thread: str, title: str) -> None:
    assert title_from(thread) == title
