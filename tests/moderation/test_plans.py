"""Each query of the desk and of its search walks an index of what it looks for, on both databases."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text, update

from board.accounts.models import User
from board.accounts.reach import EVERYWHERE, Reach
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.searching import index_due
from board.extensions import db
from board.moderation import queues
from board.moderation.items import load_items, records_of
from board.moderation.models import Report
from board.moderation.searching import Search, find
from board.storage import now
from tests.comments.test_plans import plans
from tests.factories import make_member

OWN, MINE = Reach(frozenset({1}), 2), Reach(None, 2)  # those of a member who wrote some of the comments
Run = Callable[[User], Any]
FEW = ("ix_comment_waiting", "ix_comment_held", "ix_comment_removed")  # they hold open or removed comments only

STATEMENTS: dict[str, Run] = {
    **{
        f"{queue}, cursor {cursor!r}, {within}": lambda _, q=queue, c=cursor, w=within: queues.page_of(q, c, w)  # type: ignore[misc]
        for queue in queues.QUEUES
        for cursor in ("", "1-6000")
        for within in (EVERYWHERE, OWN, MINE)
    },
    **{
        f"{queue} by {grouping}": lambda _, q=queue, g=grouping: queues.groups_of(q, g, "", MINE)  # type: ignore[misc]
        for queue, groupings in queues.GROUPINGS.items()
        for grouping in groupings
    },
    "ungrouped": lambda _: queues.has_ungrouped("held", "text", MINE),
    "first of groups": lambda _: queues.first_of_groups("reported", "author", [2, 3], MINE),
    "counts": lambda _: queues.count_queues(MINE),
    "counts within reach": lambda _: queues.count_queues(OWN),
    "items": lambda member: load_items(range(6000, 6050), EVERYWHERE, member),
    "records": lambda _: records_of([2, 3, 4], EVERYWHERE),
    "all": lambda _: find(Search(), "", EVERYWHERE),
    "words": lambda _: find(Search(words="seldom"), "", EVERYWHERE),
    "words and member": lambda member: find(Search(words="seldom", member=f"#{member.id}"), "", EVERYWHERE),
    "member": lambda member: find(Search(member=f"#{member.id}"), "", EVERYWHERE),
    "dates": lambda _: find(Search(since="2020-01-01", until="2020-01-02"), "", EVERYWHERE),
    "removed": lambda _: find(Search(state="removed"), "i6000", EVERYWHERE),
    "held": lambda _: find(Search(state="held"), "", EVERYWHERE),
}


@pytest.fixture
def full_store(article: Article, author: User) -> User:
    """Have 12,000 comments, of which few wait or are removed; return a member who wrote some."""
    long_ago = now() - timedelta(days=400)
    people = [
        make_member(
            f"Writer {number:03}", f"writer{number}@example.com", created_at=now() if number == 7 else long_ago
        ).id
        for number in range(300)
    ]
    db.session.execute(update(User).where(User.id == author.id).values(created_at=long_ago))
    states = {0: ("held", False, 0), 1: ("removed", True, 0), 2: ("published", True, 3)}
    rows = []
    for number in range(12_000):
        state, is_listed, reports = states.get(number % 100, ("published", True, 0))
        rows.append(
            {"id": 1 + number, "site_id": 1, "article_id": article.id, "author_id": people[number % 300],
             "body_source": f"Common words{' seldom' if number % 3000 == 0 else ''}, {number}.", "state": state,
             "is_listed": is_listed, "report_count": reports, "text_key": number % 7, "ordinal": number,
             "created_at": now() - timedelta(minutes=number)}
        )  # fmt: skip
    db.session.execute(insert(Comment), rows)
    reported = [row["id"] for row in rows if row["report_count"]]
    said = [{"comment_id": one, "reporter_id": author.id, "site_id": 1, "reason": "spam"} for one in reported]
    db.session.execute(insert(Report), said)
    db.session.commit()
    while index_due():
        pass
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    return author


def test_every_query_of_the_desk_uses_an_index(full_store: User) -> None:
    assert full_store.id and full_store.display_name  # loaded, as in a request
    for name, run in STATEMENTS.items():
        with plans() as explained:
            run(full_store)
        assert explained, name
        for plan in explained:
            assert not reads_all_comments(plan), f"{name}:\n{plan}"


def test_the_queues_are_read_from_indexes_that_hold_nothing_else(full_store: User) -> None:
    for name, run in STATEMENTS.items():
        if name.startswith(("reported", "held", "removed", "first")):
            with plans() as explained:
                run(full_store)
            assert any(index in explained[0] for index in FEW), f"{name}:\n{explained[0]}"


def reads_all_comments(plan: str) -> bool:
    """Tell whether the plan reads the whole table of comments, or an index that holds all of them from end to end."""
    if db.engine.dialect.name == "postgresql":
        return bool(re.search(r"Seq Scan on comment(_\d+)?( |$)", plan))
    lines = [line.strip() for line in plan.splitlines() if line.strip().startswith("SCAN comment")]
    in_order = "ix_comment_created"  # walked from its end, as far as the page goes
    return any(in_order not in line and "VIRTUAL" not in line and not any(few in line for few in FEW) for line in lines)
