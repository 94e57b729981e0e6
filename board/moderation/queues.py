"""What waits at the desk: each queue a condition that an index of open comments answers, whatever the store's size.

Counts are counted, never kept beside, so they are always true; the indexes hold open comments only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute

from board.accounts.models import User
from board.accounts.reach import Reach
from board.comments.models import Comment
from board.extensions import db
from board.moderation.newcomers import NEW_FOR, Vouched
from board.storage import now
from board.urls import row_number

QUEUES = ("reported", "held", "new", "removed")
COUNTED = ("reported", "held", "new")
GROUPINGS = ("author", "article", "text")
PAGE_SIZE = 50
GROUPS_A_PAGE = 10
SHOWN_OF_GROUP = 10  # the rest is chosen with the group as a whole

# The words of the indexes' own conditions, so that both databases see that the index holds all that is asked for.
WAITS: ColumnElement[bool] = literal_column(
    "(comment.state = 'held' OR (comment.state = 'published' AND comment.report_count > 0))"
)
IS_PUBLISHED: ColumnElement[bool] = literal_column("(comment.state = 'published')")
IS_HELD: ColumnElement[bool] = literal_column("(comment.state = 'held')")
IS_REMOVED: ColumnElement[bool] = literal_column("(comment.state = 'removed')")

GROUP_KEYS: dict[str, InstrumentedAttribute[Any]] = {
    "author": Comment.author_id,
    "article": Comment.article_id,
    "text": Comment.text_key,
}


@dataclass(frozen=True)
class GroupRow:
    """Some open comments that belong together: how many, and up to which ID they were counted."""

    key: int | None
    count: int
    newest_id: int


def in_queue(queue: str, within: Reach) -> Select[int]:
    """Return the query for the IDs of the queue's comments within reach."""
    query = select(Comment.id).where(within.covers(Comment.site_id))
    if queue == "reported":
        return query.where(WAITS, IS_PUBLISHED)
    if queue == "held":
        return query.where(WAITS, IS_HELD)
    return query.where(IS_REMOVED) if queue == "removed" else _of_newcomers(query)


def _of_newcomers(query: Select[int]) -> Select[int]:
    is_vouched = select(Vouched.user_id).where(Vouched.user_id == Comment.author_id, Vouched.site_id == Comment.site_id)
    newcomers = select(User.id).where(
        User.created_at > now() - NEW_FOR, User.is_placeholder.is_(False), User.role == "member"
    )
    return query.where(Comment.author_id.in_(newcomers), IS_PUBLISHED, Comment.report_count == 0, ~is_vouched.exists())


def count_queues(within: Reach) -> dict[str, int]:
    """Return how many comments within reach wait in each queue that can be cleared."""
    counts = [select(func.count()).select_from(in_queue(name, within).subquery()) for name in COUNTED]
    row = db.session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return dict(zip(COUNTED, row, strict=True))


def page_of(queue: str, cursor: str, within: Reach) -> tuple[list[int], str]:
    """Return the IDs of a page of the queue behind the cursor, and the cursor of the next page ("" at the end).

    Reported: the heaviest reports first (see `reporters.py`), then newest. Held: who waits longest first. The others:
    newest first. A cursor that makes no sense begins at the top.
    """
    by_reports = queue in {"reported", "held"}
    order: tuple[Any, ...] = (Comment.report_weight, Comment.id) if by_reports else (Comment.id,)
    query: Select[Any] = in_queue(queue, within).add_columns(
        Comment.report_weight if by_reports else literal_column("0")
    )
    rises, place = queue == "held", (_place(cursor) or ())[-len(order) :]
    if place:
        query = query.where(tuple_(*order) > tuple_(*place) if rises else tuple_(*order) < tuple_(*place))
    if queue == "new":
        order = (Comment.id + 0,)  # sorted, so that no database walks through everybody's comments to find the newest
    query = query.order_by(*(key.asc() if rises else key.desc() for key in order))
    rows = db.session.execute(query.limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    return [row[0] for row in shown], f"{shown[-1][1]}-{shown[-1][0]}" if len(rows) > PAGE_SIZE else ""


def groups_of(queue: str, grouping: str, cursor: str, within: Reach) -> tuple[list[GroupRow], str]:
    """Return a page of the queue's groups, largest first, and the cursor of the next page."""
    key, count = func.coalesce(GROUP_KEYS[grouping], 0), func.count()
    query = (
        in_queue(queue, within)
        .with_only_columns(GROUP_KEYS[grouping], count, func.max(Comment.id))
        .group_by(GROUP_KEYS[grouping])
        .order_by(count.desc(), key.desc())
        .limit(GROUPS_A_PAGE + 1)
    )
    place = _place(cursor)
    if place:
        query = query.having(tuple_(count, key) < tuple_(*place))
    rows = [GroupRow(*row) for row in db.session.execute(query)]
    shown = rows[:GROUPS_A_PAGE]
    return shown, f"{shown[-1].count}-{shown[-1].key or 0}" if len(rows) > GROUPS_A_PAGE else ""


def first_of_groups(
    queue: str, grouping: str, keys: Sequence[int | None], within: Reach
) -> dict[int | None, list[int]]:
    """Return the first comments of each group: a short range of an index for each."""
    parts = [
        of_group(queue, grouping, key, within)
        .order_by(Comment.site_id.desc(), Comment.id.desc())
        .limit(SHOWN_OF_GROUP)
        .subquery()
        for key in keys
    ]
    if not parts:
        return {}
    numbered = [select(literal_column(str(n)), part.c.id) for n, part in enumerate(parts)]
    found: dict[int | None, list[int]] = {key: [] for key in keys}
    for number, comment_id in db.session.execute(union_all(*numbered)):
        found[keys[number]].append(comment_id)
    return found


def of_group(queue: str, grouping: str, key: int | None, within: Reach, up_to: int | None = None) -> Select[int]:
    """Return the query for the IDs of one group's comments, up to the one that was the newest when it was shown."""
    column = GROUP_KEYS[grouping]
    query = in_queue(queue, within).where(column == key if key is not None else column.is_(None))
    return query if up_to is None else query.where(Comment.id <= up_to)


def _place(cursor: str) -> tuple[int, int] | None:
    """Return the two numbers that a cursor holds, or None if it is none of ours."""
    first, dash, second = cursor.partition("-")
    try:
        is_negative = second.startswith("-")
        key = row_number(second.removeprefix("-"))
        return (row_number(first), -key if is_negative else key) if dash else None
    except ValueError:
        return None
