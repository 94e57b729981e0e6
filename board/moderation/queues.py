"""What waits at the desk: each queue a condition that an index of open comments answers, whatever the store's size.

Counts are counted, never kept beside, so they are always true, and no further than anybody reads: "1,000+". The indexes
hold open comments only.
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
GROUPINGS = {  # texts are compared when a comment is held or reported
    "reported": ("author", "article", "text"),
    "held": ("author", "article", "text"),
    "new": ("author", "article"),
    "removed": (),
}
COUNTED_UP_TO = 1_000  # what is beyond is "and more": a page costs the same however much waits
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

    key: int
    count: int
    newest_id: int


def in_queue(queue: str, within: Reach) -> Select[int]:
    """Return the query for the IDs of the queue's comments within reach, and none of whose reach it is."""
    query = select(Comment.id).where(within.covers(Comment.site_id))
    if queue == "reported":
        return query.where(WAITS, IS_PUBLISHED, *_by_others(within, IS_PUBLISHED))
    if queue == "held":
        return query.where(WAITS, IS_HELD, *_by_others(within, IS_HELD))
    query = query.where(within.spares(Comment.author_id))
    return query.where(IS_REMOVED) if queue == "removed" else _of_newcomers(query)


def _by_others(within: Reach, state: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Hold for what others wrote, by a short list of one's own: groups are still counted from an index alone."""
    if within.whose is None:
        return []
    own = select(Comment.id).where(Comment.author_id == within.whose, WAITS, state).correlate(None)
    return [Comment.id.not_in(own)]


def _of_newcomers(query: Select[int]) -> Select[int]:
    """Narrow the query to what newcomers published: in the days since they joined, which an index holds together."""
    since = now() - NEW_FOR
    is_vouched = select(Vouched.user_id).where(Vouched.user_id == Comment.author_id, Vouched.site_id == Comment.site_id)
    newcomers = select(User.id).where(User.created_at > since, User.is_placeholder.is_(False), User.role == "member")
    query = query.where(Comment.created_at > since, Comment.author_id.in_(newcomers), ~is_vouched.exists())
    return query.where(IS_PUBLISHED, Comment.report_count == 0)


def count_queues(within: Reach) -> dict[str, int]:
    """Return how many comments within reach wait in each queue that can be cleared; above COUNTED_UP_TO, one more."""
    few = [in_queue(name, within).limit(COUNTED_UP_TO + 1).subquery() for name in COUNTED]
    row = db.session.execute(select(*(select(func.count()).select_from(one).scalar_subquery() for one in few))).one()
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
    if queue == "new":  # by the index that holds the days since newcomers joined together
        order, place = (Comment.created_at, Comment.id), _moment_of(place) if place else ()
    if place:
        query = query.where(tuple_(*order) > tuple_(*place) if rises else tuple_(*order) < tuple_(*place))
    query = query.order_by(*(key.asc() if rises else key.desc() for key in order))
    rows = db.session.execute(query.limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    return [row[0] for row in shown], f"{shown[-1][1]}-{shown[-1][0]}" if len(rows) > PAGE_SIZE else ""


def groups_of(queue: str, grouping: str, cursor: str, within: Reach) -> tuple[list[GroupRow], str]:
    """Return a page of the queue's groups, largest first, and the cursor of the next page.

    A comment without a key has none to stand with, and is left out (`has_ungrouped`).
    """
    key, count = GROUP_KEYS[grouping], func.count()
    query = (
        in_queue(queue, within)
        .where(key.is_not(None))
        .with_only_columns(key, count, func.max(Comment.id))
        .group_by(key)
        .order_by(count.desc(), key.desc())
        .limit(GROUPS_A_PAGE + 1)
    )
    place = _place(cursor)
    if place:
        query = query.having(tuple_(count, key) < tuple_(*place))
    rows = [GroupRow(*row) for row in db.session.execute(query)]
    shown = rows[:GROUPS_A_PAGE]
    return shown, f"{shown[-1].count}-{shown[-1].key}" if len(rows) > GROUPS_A_PAGE else ""


def has_ungrouped(queue: str, grouping: str, within: Reach) -> bool:
    """Tell whether comments wait that have no key: those of before texts were compared."""
    key = GROUP_KEYS[grouping]
    return (
        bool(key.property.columns[0].nullable)
        and db.session.scalar(in_queue(queue, within).where(key.is_(None)).limit(1)) is not None
    )


def first_of_groups(queue: str, grouping: str, keys: Sequence[int], within: Reach) -> dict[int, list[int]]:
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
    found: dict[int, list[int]] = {key: [] for key in keys}
    for number, comment_id in db.session.execute(union_all(*numbered)):
        found[keys[number]].append(comment_id)
    return found


def of_group(queue: str, grouping: str, key: int, within: Reach, up_to: int | None = None) -> Select[int]:
    """Return the query for the IDs of one group's comments, up to the one that was the newest when it was shown."""
    query = in_queue(queue, within).where(GROUP_KEYS[grouping] == key)
    return query if up_to is None else query.where(Comment.id <= up_to)


def _moment_of(place: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the comment's time and ID, by which newcomers' comments follow each other; () if there is none."""
    found = db.session.execute(select(Comment.created_at, Comment.id).where(Comment.id.in_(place))).first()
    return tuple(found) if found else ()


def _place(cursor: str) -> tuple[int, int] | None:
    """Return the two numbers that a cursor holds, or None if it is none of ours."""
    first, dash, second = cursor.partition("-")
    try:
        is_negative = second.startswith("-")
        key = row_number(second.removeprefix("-"))
        return (row_number(first), -key if is_negative else key) if dash else None
    except ValueError:
        return None
