"""Each query of a page walks an index, on both databases, however many comments there are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from board.accounts.models import User
from board.articles.models import Article
from board.comments import reading, visits
from board.comments.models import Comment, Reaction
from board.comments.own import own_comments
from board.comments.profile import written_by
from board.comments.sorting import EPOCH, SORTS, Sort
from board.comments.thread import ALL_BELOW, BELOW_MORE, REPLIES_BELOW, load_page
from board.comments.tree import Paths
from board.extensions import db
from board.storage import now
from tests.comments.test_counts import import_thread
from tests.factories import make_member

ANY_COMMENT = 1500
Run = Callable[[Article, User], Any]


def roots_from(sort: Sort, has_place: bool, towards_start: bool) -> Run:
    """Return the query for a page of roots in this order."""

    def run(article: Article, _: User) -> Any:
        place = sort.place(sort.cursor(db.session.get_one(Comment, ANY_COMMENT))) if has_place else None
        return reading.roots(article.id, sort, 21, place, towards_start=towards_start)

    return run


def visited(article: Article, member: User) -> visits.Visit:
    """Return a visit after one of an hour ago."""
    return visits.Visit(member.id, True, now() - timedelta(hours=1))


def roots_from_nowhere(sort: Sort, towards_start: bool, sign: int) -> Run:
    """Return the query for a page of roots at a forged place, far outside of what there is."""
    keys = {"best": 1e300, "newest": timedelta(days=300_000), "oldest": timedelta(days=300_000), "replied": 2**62}
    key: Any = keys[sort.name]
    place = EPOCH + sign * key if isinstance(key, timedelta) else sign * key
    return lambda article, _: reading.roots(article.id, sort, 21, (place, sign * 2**62), towards_start=towards_start)


STATEMENTS: dict[str, Run] = {
    **{
        f"roots, {sort.name}, forged {sign}, towards start {towards_start}": roots_from_nowhere(
            sort, towards_start, sign
        )
        for sort in SORTS.values()
        for sign in (1, -1)
        for towards_start in (False, True)
    },
    **{
        f"roots, {sort.name}, cursor {has_place}, towards start {towards_start}": roots_from(
            sort, has_place, towards_start
        )
        for sort in SORTS.values()
        for has_place in (False, True)
        for towards_start in (False, True)
    },
    "replies": lambda *_: reading.replies_below(list(range(1, 21)), REPLIES_BELOW),
    "replies of a small thread": lambda *_: reading.replies_below(list(range(20_001, 20_021)), ALL_BELOW),
    "replies below more": lambda *_: reading.replies_below(list(range(1, 11)), BELOW_MORE),
    "more replies": lambda *_: reading.replies_between(1, 5, reading.NO_END, 10),
    "count of more replies": lambda *_: reading.count_replies_between(1, 5, reading.NO_END, 100),
    "way up": lambda *_: reading.way_up(ANY_COMMENT),
    "one comment": lambda *_: reading.with_ids([ANY_COMMENT]),
    "held": reading.held,
    "liked": lambda _, member: reading.liked_by(member.id, range(1, 51)),
    "own": lambda article, member: own_comments(member, article.id, True, range(1, 51)),
    "visit": lambda article, member: visits.visit_to(article, member.id),
    "first new": lambda article, member: visits.first_new(article, visited(article, member)),
    "profile": lambda _, member: db.session.scalars(written_by(member.id, None, 21)).unique().all(),
}  # fmt: skip


@pytest.fixture
def big_stage(article: Article, author: User) -> Article:
    """Return an article with 3,000 comments in a store of 12,000 of many authors."""
    import_thread(article, author, 3000)
    others = [make_member(f"Reader {number:03}", f"reader{number}@example.com").id for number in range(30)]
    rows = [
        {"id": 10_000 + number, "site_id": 1, "article_id": article.id, "author_id": others[number % 30],
         "parent_id": 1 + number % 40, "ordinal": 5000 + number, "depth": 9,
         "state": ("published", "held")[number % 300 == 0], "is_listed": True}
        for number in range(9000)
    ]  # fmt: skip
    small = [
        {"id": 20_000 + number, "site_id": 1, "article_id": article.id, "author_id": author.id,
         "parent_id": None if number <= 20 else 20_000 + number // 2}
        for number in range(1, 91)
    ]  # fmt: skip
    db.session.execute(insert(Comment), rows)
    db.session.execute(insert(Comment), small)
    likes = [{"comment_id": number, "user_id": user} for number in range(1, 200) for user in others]
    db.session.execute(insert(Reaction), likes)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    return article


def test_every_query_of_a_page_uses_an_index(big_stage: Article, other_member: User) -> None:
    visits.note_visit(big_stage, other_member, seconds_ago=3600)
    db.session.commit()
    assert big_stage.id and other_member.display_name  # loaded, as in a request
    for name, run in STATEMENTS.items():
        with plans() as explained:
            run(big_stage, other_member)
        assert explained, name
        for plan in explained:
            assert not scans_comments(plan), f"{name}:\n{plan}"


def test_what_is_ones_own_is_found_from_the_page_not_from_all_one_ever_wrote(big_stage: Article, author: User) -> None:
    article_id = big_stage.id
    assert author.display_name  # loaded, as in a request
    with plans() as explained:
        own_comments(author, article_id, True, range(1, 51))
    assert len(explained) == 1
    assert "ix_comment_author" not in explained[0] and "ix_comment_article" not in explained[0]


def test_the_number_of_queries_does_not_grow(article: Article, author: User, other_member: User) -> None:
    def queries(viewer: User | None, **asked: Any) -> int:
        db.session.expire_all()
        _ = article.id, viewer and viewer.id
        with plans(explain=False) as run:
            load_page(article, SORTS["best"], Paths("/comments/", "/members/"), viewer=viewer, path="/x", **asked)
        return len(run)

    import_thread(article, author, 10)
    few = queries(None), queries(other_member), queries(None, focus_id=9)
    db.session.execute(text("DELETE FROM comment"))
    import_thread(article, author, 1000)
    assert (queries(None), queries(other_member), queries(None, focus_id=999)) == few
    assert few[0] == 3


@contextmanager
def plans(explain: bool = True) -> Iterator[list[str]]:
    """Collect the plan (or just the text) of each query that runs inside."""
    found: list[str] = []
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, _m: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")) and "EXPLAIN" not in statement:
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)
    how = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    for statement, parameters in seen:
        if explain:
            rows = db.session.connection().exec_driver_sql(how + statement, parameters)
            found.append("\n".join(str(row[-1]) for row in rows))
        else:
            found.append(statement)


def scans_comments(plan: str) -> bool:
    """Tell whether the plan reads the whole table of comments."""
    lines = [line.strip(" ->") for line in plan.splitlines()]
    if db.engine.dialect.name == "sqlite":
        return any(line.startswith("SCAN") and line.split()[1].startswith(("comment", "c", "p0")) for line in lines)
    return "Seq Scan on comment" in plan or "Seq Scan on reaction" in plan
