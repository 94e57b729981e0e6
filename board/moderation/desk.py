"""The desk's lists: bounded pages, a fixed number of queries, most urgent first."""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from board.accounts.models import User
from board.accounts.reach import Reach
from board.articles.models import Article
from board.audit import AuditEntry
from board.comments.models import Comment
from board.extensions import db
from board.moderation.models import Report
from board.urls import row_number

QUEUES = ("reported", "held", "removed")
PAGE_SIZE = 25
LOG_PAGE_SIZE = 50


@dataclass
class Item:
    """A comment that waits, with the reports about it."""

    comment: Comment
    reports: list[tuple[Report, str]] = field(default_factory=list)


@dataclass
class QueuePage:
    """One page of a queue, and how many wait in each."""

    queue: str
    items: list[Item]
    counts: dict[str, int]
    next_cursor: str = ""


@dataclass
class LogPage:
    """One page of the log, newest first."""

    entries: list[AuditEntry]
    next_before: int | None


def load_queue(queue: str, cursor: str, within: Reach) -> QueuePage:
    """Return a page of the queue within reach, behind the cursor; a cursor that makes no sense begins at the top."""
    rows = _reported(cursor, within) if queue == "reported" else _by_age(queue, cursor, within)
    page = rows[:PAGE_SIZE]
    items = [Item(comment) for comment in page]
    _add_reports(items)
    following = _cursor(page[-1]) if len(rows) > PAGE_SIZE else ""
    return QueuePage(queue, items, count_queues(within), following)


def count_queues(within: Reach) -> dict[str, int]:
    """Return how many comments within reach wait in each queue."""
    own = within.covers(Comment.site_id)
    reported = select(func.count()).select_from(Comment).where(_is_reported(), own)
    held = select(func.count()).select_from(Comment).where(Comment.state == "held", own)
    both = db.session.execute(select(reported.scalar_subquery(), held.scalar_subquery())).one()
    return {"reported": both[0], "held": both[1]}


def load_log(before: int | None, within: Reach) -> LogPage:
    """Return the entries within reach before the given one, newest first."""
    query = (
        select(AuditEntry)
        .where(within.covers(AuditEntry.site_id))
        .order_by(AuditEntry.id.desc())
        .limit(LOG_PAGE_SIZE + 1)
    )
    if before:
        query = query.where(AuditEntry.id < before)
    entries = list(db.session.scalars(query))
    following = entries[LOG_PAGE_SIZE - 1].id if len(entries) > LOG_PAGE_SIZE else None
    return LogPage(entries[:LOG_PAGE_SIZE], following)


def _is_reported() -> ColumnElement[bool]:
    """Hold for a shown comment with an open report; `report_count` lets the index do the work."""
    has_open_report = select(Report.comment_id).where(Report.comment_id == Comment.id, Report.state == "open").exists()
    return (Comment.report_count > 0) & (Comment.state.in_(("published", "held"))) & has_open_report


def _reported(cursor: str, within: Reach) -> list[Comment]:
    query = _comments(within).where(_is_reported()).order_by(Comment.report_count.desc(), Comment.id.desc())
    place = _place(cursor)
    if place:
        query = query.where(tuple_(Comment.report_count, Comment.id) < tuple_(*place))
    return list(db.session.scalars(query.limit(PAGE_SIZE + 1)).unique())


def _by_age(state: str, cursor: str, within: Reach) -> list[Comment]:
    query = _comments(within).where(Comment.state == state).order_by(Comment.id.desc())
    place = _place(cursor)
    if place:
        query = query.where(Comment.id < place[1])
    return list(db.session.scalars(query.limit(PAGE_SIZE + 1)).unique())


def _comments(within: Reach) -> Select[Comment]:
    with_parent = joinedload(Comment.parent).joinedload(Comment.author)
    return (
        select(Comment)
        .where(within.covers(Comment.site_id))
        .join(Comment.author)
        .join(Comment.article)
        .options(
            contains_eager(Comment.author),
            contains_eager(Comment.article).joinedload(Article.site),
            with_parent,
        )
    )


def _cursor(comment: Comment) -> str:
    return f"{comment.report_count}-{comment.id}"


def _place(cursor: str) -> tuple[int, int] | None:
    """Return the report count and ID that a cursor holds, or None if it is none of ours."""
    count, _dash, comment_id = cursor.partition("-")
    try:
        return row_number(count), row_number(comment_id)
    except ValueError:
        return None


def _add_reports(items: list[Item]) -> None:
    by_id = {item.comment.id: item for item in items}
    found = db.session.execute(
        select(Report, User.display_name)
        .join(User, User.id == Report.reporter_id)
        .where(Report.comment_id.in_(by_id), Report.state == "open")
        .order_by(Report.created_at)
    )
    for report, reporter_name in found:
        by_id[report.comment_id].reports.append((report, reporter_name))
