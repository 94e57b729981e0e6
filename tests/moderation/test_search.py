"""Search over all comments: right, harmless whatever is typed, within reach, and never behind an erasure."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from board.accounts.models import User
from board.accounts.reach import EVERYWHERE
from board.articles.models import Article, Site
from board.comments.models import Comment
from board.comments.operations import edit_comment
from board.comments.searching import SearchProgress, index_due
from board.extensions import db
from board.moderation.searching import Search, find, terms_in
from board.storage import now
from tests.conftest import Browser
from tests.factories import make_article, make_comment

Open = Callable[[User], Browser]


@pytest.fixture
def talk(article: Article, author: User, other_member: User) -> dict[str, Comment]:
    """Return some comments by what is in them, indexed."""
    second = make_article(article.site, "second-night", title="100% sold_out: a second night")
    texts = {
        "band": (article, author, "The band played well into the night."),
        "crème": (article, other_member, "The *crème brûlée* in the foyer was as good as the band."),
        "percent": (second, author, "I am 100% sure that x_y is not x-y."),
        "quoted": (second, other_member, 'He said "well played" and left; OR did he? NOT NEAR(me).'),
        "russian": (second, author, "Оркестр играл прекрасно."),
    }
    found = {name: make_comment(*values) for name, values in texts.items()}
    index_due()
    return found


def found(**asked: str) -> list[int]:
    db.session.rollback()
    return find(Search(**asked), "", EVERYWHERE).ids  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("band", ["crème", "band"]),
        ("BAND night", ["band"]),
        ("band -night", ["crème"]),
        ('"well played"', ["quoted"]),
        ('"played well"', ["band"]),
        ("play*", ["quoted", "band"]),
        ("play", []),
        ("оркестр", ["russian"]),
        ("100%", ["percent"]),
        ("said he", ["quoted"]),
        ("OR", ["quoted"]),
        ("near me", ["quoted"]),
        ("nothing-like-it", []),
    ],
)
def test_words_are_found(talk: dict[str, Comment], words: str, names: list[str]) -> None:
    assert found(words=words) == [talk[name].id for name in names]


@pytest.mark.parametrize(
    "words",
    ['"', '""', "'", "';--", "%", "_", "*", "-", "--", "AND", "NOT", "band AND", "( band", "band)", "NEAR(a b", "a:b",
     "^", "\\", "&|!:*", "<->", "'band' & !'x'", '"unclosed phrase', "body_source:band", "\u200b", "{}", "-only -never",
     "🎭", "x" * 500, " ".join("abcdefghijklmnopqrstuvwxyz")],
)  # fmt: skip
def test_whatever_is_typed_is_harmless(
    browser_for: Open, moderator: User, talk: dict[str, Comment], words: str
) -> None:
    browser = browser_for(moderator)
    for name in ("words", "member", "article", "since", "until", "state", "after"):
        answer = browser.get("/moderation/search", query_string={name: words})
        assert answer.status_code == 200, name
    assert db.session.scalars(select(Comment.id)).all()


def test_percent_and_underscore_are_no_patterns(talk: dict[str, Comment]) -> None:
    assert found(article="%") == found(article="_") == [talk[name].id for name in ("russian", "quoted", "percent")]
    assert found(article="sold out") == []
    assert found(member="%") == found(member="_da Author") == []


def test_filters_narrow_the_search_together(talk: dict[str, Comment], author: User) -> None:
    assert found(member="Ada Author") == [talk[name].id for name in ("russian", "percent", "band")]
    assert found(member=f"#{author.id}", words="band") == [talk["band"].id]
    assert found(member="otto") == [talk["quoted"].id, talk["crème"].id]
    assert found(article="second-night", member="Ada") == [talk["russian"].id, talk["percent"].id]
    db.session.execute(
        update(Comment).where(Comment.id == talk["band"].id).values(created_at=now() - timedelta(days=9))
    )
    db.session.commit()
    eight_days_ago = (now() - timedelta(days=8)).date().isoformat()
    assert found(until=eight_days_ago) == [talk["band"].id]
    assert talk["band"].id not in found(since=eight_days_ago)
    assert found(since=eight_days_ago, words="band") == [talk["crème"].id]


def test_comments_are_found_by_their_state(talk: dict[str, Comment], browser_for: Open, moderator: User) -> None:
    browser_for(moderator).post(f"/comments/{talk['band'].id}/removal", {"reason": "abuse"})
    talk["crème"].hold()
    db.session.commit()
    assert found(state="removed") == [talk["band"].id]
    assert found(state="held", words="band") == [talk["crème"].id]
    assert found(state="published", words="band") == []
    assert len(found(state="published")) == 3


def test_what_is_edited_or_erased_is_followed_at_once(talk: dict[str, Comment]) -> None:
    comment = db.session.get_one(Comment, talk["band"].id)
    edit_comment(comment, "The orchestra played.")
    db.session.commit()
    assert found(words="orchestra") == [comment.id]
    assert found(words="into") == []
    db.session.get_one(Comment, talk["crème"].id).delete()
    db.session.commit()
    assert found(words="foyer") == []
    if db.engine.dialect.name == "sqlite":  # what the index itself holds agrees with the texts
        db.session.execute(text("INSERT INTO comment_words (comment_words, rank) VALUES ('integrity-check', 1)"))


def test_what_is_edited_before_it_is_indexed_is_indexed_once(article: Article, author: User) -> None:
    comment = make_comment(article, author, "The band played.")
    edit_comment(comment, "The orchestra played.")
    db.session.commit()
    index_due()
    assert found(words="orchestra") == [comment.id]
    assert found(words="band") == []
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("INSERT INTO comment_words (comment_words, rank) VALUES ('integrity-check', 1)"))


def test_indexing_again_changes_nothing_and_goes_on_where_it_stopped(
    talk: dict[str, Comment], article: Article, author: User
) -> None:
    assert index_due() == 0
    later = make_comment(article, author, "A latecomer.")
    assert found(words="latecomer") == []
    assert index_due() == 1
    assert found(words="latecomer") == [later.id]


@pytest.mark.only_on("postgresql")  # SQLite has one writer at a time: numbers commit in their order
def test_a_comment_that_commits_late_is_still_indexed(article: Article, author: User) -> None:
    first, late = make_comment(article, author, "One."), make_comment(article, author, "Came late, with a low number.")
    last = make_comment(article, author, "Three.")
    late_id, last_id = late.id, last.id
    db.session.execute(text("DELETE FROM comment WHERE id = :id"), {"id": late_id})
    db.session.commit()
    assert index_due() == 2
    with db.engine.connect() as other:  # an older transaction is under way, which will commit a comment between the two
        other.execute(text("SELECT pg_current_xact_id()"))
        for _ in range(2):
            db.session.execute(update(SearchProgress).values(seen_at=now() - timedelta(minutes=1)))
            db.session.commit()
            index_due()
        assert db.session.scalars(select(SearchProgress.indexed_to)).one() < last_id
        other.execute(
            text(
                "INSERT INTO comment SELECT (jsonb_populate_record(c, jsonb_build_object('id', :id,"
                " 'submission_key', NULL, 'body_source', 'Latecomer.'))).* FROM comment c WHERE id = :first"
            ),
            {"id": late_id, "first": first.id},
        )
        other.commit()
    index_due()
    assert found(words="latecomer") == [late_id]
    for _ in range(2):
        db.session.execute(update(SearchProgress).values(seen_at=now() - timedelta(minutes=1)))
        db.session.commit()
        index_due()
    assert db.session.scalar(select(SearchProgress.indexed_to)) == last_id


@pytest.mark.parametrize("asked", [{}, {"words": "word"}, {"member": "Ada Author"}, {"state": "published"}])
def test_pages_follow_each_other_without_a_gap_or_a_double(
    article: Article, author: User, asked: dict[str, str]
) -> None:
    comments = [make_comment(article, author, f"My word, number {number}.").id for number in range(60)]
    index_due()
    first = find(Search(**asked), "", EVERYWHERE)  # type: ignore[arg-type]
    second = find(Search(**asked), first.next_cursor, EVERYWHERE)  # type: ignore[arg-type]
    assert len(first.ids) == 50
    assert first.ids + second.ids == comments[::-1]
    assert second.next_cursor == ""


def test_a_moderator_of_one_site_never_finds_anothers(
    browser_for: Open,
    talk: dict[str, Comment],
    foreign_moderator: User,
    moderator: User,
    other_site: Site,
    author: User,
) -> None:
    far = make_comment(make_article(other_site, "far"), author, "A band at the harbour.")
    index_due()
    foreign = browser_for(foreign_moderator)
    for asked in ({"words": "band"}, {"member": "Ada Author"}, {"article": "night"}, {"state": "published"}, {}):
        page = foreign.get("/moderation/search", query_string=asked).text
        assert "The band played" not in page and "second night" not in page, asked
    assert boxes(foreign.get("/moderation/search?words=band").text) == [far.id]
    assert len(boxes(browser_for(moderator).get("/moderation/search?words=band").text)) == 3


def test_what_is_found_can_be_decided_on(browser_for: Open, moderator: User, talk: dict[str, Comment]) -> None:
    browser = browser_for(moderator)
    path = "/moderation/search?words=band"
    chosen = re.findall(r'name="comment" value="([0-9-]+)"', browser.get(path).text)
    answer = browser.post("/moderation/decisions", {"act": "remove:spam", "comment": chosen, "next": path})
    assert answer.headers["Location"] == path
    assert "2 comments removed" in browser.get(path).text


@pytest.mark.parametrize("path", ["/moderation/search", "/moderation/members/1/removals"])
def test_searching_and_sweeping_is_for_moderators(browser_for: Open, author: User, path: str) -> None:
    assert browser_for(author).get(path).status_code == 403


def test_all_that_a_member_wrote_of_late_is_removed_in_one_press_and_put_back_in_another(
    browser_for: Open, moderator: User, author: User, other_member: User, talk: dict[str, Comment]
) -> None:
    db.session.execute(
        update(Comment).where(Comment.id == talk["band"].id).values(created_at=now() - timedelta(days=9))
    )
    db.session.commit()
    browser, path = browser_for(moderator), f"/moderation/members/{author.id}/removals"
    assert "2 from 7 days, 3 from 30 days" in browser.get(path).text
    assert browser.post(path, {"since": "week"}).status_code == 422
    answer = browser.post(path, {"since": "week", "reason": "spam", "note": "All of it is an advert."})
    assert answer.headers["Location"] == f"/moderation/members/{author.id}"

    def states() -> list[str]:
        db.session.rollback()
        return [db.session.get_one(Comment, talk[name].id).state for name in ("band", "percent", "russian", "crème")]

    assert states() == ["published", "removed", "removed", "published"]
    assert "2 comments removed" in browser.get(f"/moderation/members/{author.id}").text
    assert browser.post("/moderation/decisions/1/undoing").status_code == 303
    assert states() == ["published"] * 4


def test_sweeping_keeps_to_the_moderators_sites(
    browser_for: Open, foreign_moderator: User, author: User, talk: dict[str, Comment]
) -> None:
    path = f"/moderation/members/{author.id}/removals"
    browser_for(foreign_moderator).post(path, {"since": "all", "reason": "spam"})
    db.session.rollback()
    assert db.session.get_one(Comment, talk["band"].id).state == "published"


def test_terms() -> None:
    assert terms_in("-a -b") == terms_in("") == terms_in("% _ *") == []
    assert len(terms_in(" ".join(f"w{n}" for n in range(100)))) == 12


def boxes(page: str) -> list[Any]:
    return [int(number) for number in re.findall(r'name="comment" value="([0-9]+)-', page)]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30"])
def test_a_day_that_nobody_means_is_refused_in_words(browser_for: Open, moderator: User, site: Site, day: str) -> None:
    answer = browser_for(moderator).get(f"/moderation/search?since={day}&until={day}")
    assert answer.status_code == 200
    assert "Write a date like 2026-11-28." in answer.text
