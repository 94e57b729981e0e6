"""A comment at the desk with all that a decision takes: what it answers, who wrote it, who complained, who decided.

However many comments a page shows, this is a fixed number of queries, each a bounded range of an index.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, load_only

from board.accounts.models import User
from board.accounts.reach import Reach
from board.articles.models import Article
from board.comments.models import Comment, Thread
from board.extensions import db
from board.moderation.batches import DecisionItem
from board.moderation.decisions import latest_items
from board.moderation.models import Report
from board.moderation.presence import Present, present_at
from board.moderation.queues import IS_REMOVED

MANY = 1000  # comments of a member that are counted; beyond that there are "more than"
NOTES_SHOWN = 3  # of those who reported the same comment
TO_NAME = (Article.site_id, Article.external_id, Article.title, Article.comments)


@dataclass(frozen=True)
class MemberRecord:
    """What is known of an author on the sites within reach."""

    joined_at: datetime
    comments: int
    removed: int
    upheld: int  # reports about what was removed

    @property
    def has_more(self) -> bool:
        """Tell whether there are more comments than were counted."""
        return self.comments >= MANY


@dataclass(frozen=True)
class Note:
    """What somebody who reported said."""

    reporter_id: int
    reporter: str
    reason: str
    text: str


@dataclass
class Item:
    """A comment at the desk."""

    comment: Comment
    record: MemberRecord
    reasons: list[tuple[str, int]] = field(default_factory=list)  # of open reports, the most frequent first
    notes: list[Note] = field(default_factory=list)
    latest: DecisionItem | None = None
    present: list[Present] = field(default_factory=list)  # others who work on it
    is_featured: bool = False
    is_own: bool = False  # whoever looks wrote it: somebody else decides

    @property
    def seen(self) -> int:
        """Return the number of the latest decision that is shown; 0 if there is none."""
        return self.latest.id if self.latest else 0

    @property
    def value(self) -> str:
        """Return what a form sends to name the comment and what was known of it."""
        return f"{self.comment.id}-{self.seen}"

    @property
    def reported(self) -> int:
        """Return how many open reports there are."""
        return sum(count for _reason, count in self.reasons)


def load_items(comment_ids: Sequence[int], within: Reach, viewer: User) -> list[Item]:
    """Return the comments within reach, in this order, each with its context."""
    ids = list(comment_ids)
    if not ids:
        return []
    rows = db.session.scalars(_comments().where(Comment.id.in_(ids), within.covers(Comment.site_id))).unique()
    comments = {comment.id: comment for comment in rows}
    records = records_of({comment.author_id for comment in comments.values()}, within)
    items = {
        number: Item(comment, records[comment.author_id], is_own=comment.author_id == viewer.id)
        for number, comment in comments.items()
    }
    _add_reports({number: item for number, item in items.items() if not item.is_own})
    _add_featured(items)
    for number, latest in latest_items(items).items():
        items[number].latest = latest
    for number, present in present_at(items, but=viewer.id).items():
        items[number].present = present
    return [items[number] for number in ids if number in items]


def records_of(author_ids: Iterable[int], within: Reach) -> dict[int, MemberRecord]:
    """Return the record of each of the members, in one query."""
    own = within.covers(Comment.site_id)
    removed = select(Comment.id).where(Comment.author_id == User.id, IS_REMOVED, own).limit(MANY).correlate(User)
    upheld = (
        select(Report.comment_id)
        .join(Comment, Comment.id == Report.comment_id)
        .where(Comment.author_id == User.id, IS_REMOVED, own, Report.state == "upheld")
        .limit(MANY)
        .correlate(User)
    )
    written = select(Comment.id).where(Comment.author_id == User.id, own).limit(MANY).correlate(User)
    query = select(User.id, User.created_at, *(_count(each) for each in (written, removed, upheld)))
    rows = db.session.execute(query.where(User.id.in_(list(author_ids))))
    return {row[0]: MemberRecord(*row[1:]) for row in rows}


def _count(some: Select[Any]) -> Any:
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _comments() -> Select[Comment]:
    with_parent = joinedload(Comment.parent).joinedload(Comment.author)
    return (
        select(Comment)
        .join(Comment.author)
        .join(Comment.article)
        .options(
            contains_eager(Comment.author),
            contains_eager(Comment.article).options(
                load_only(*TO_NAME), joinedload(Article.site), lazyload(Article.videos)
            ),
            with_parent,
        )
    )


def _add_reports(items: dict[int, Item]) -> None:
    """Count the open reports by reason, and quote a few of those that say something."""
    is_open = (Report.comment_id.in_(items), Report.state == "open")
    counted = select(Report.comment_id, Report.reason, func.count()).where(*is_open)
    for comment_id, reason, count in db.session.execute(counted.group_by(Report.comment_id, Report.reason)):
        items[comment_id].reasons.append((reason, count))
    for item in items.values():
        item.reasons.sort(key=lambda reason: (-reason[1], reason[0]))
    turn = func.row_number().over(partition_by=Report.comment_id, order_by=(Report.created_at, Report.reporter_id))
    said = (
        select(Report.comment_id, Report.reporter_id, Report.reason, Report.note, turn.label("turn"))
        .where(*is_open, Report.note != "")
        .subquery()
    )
    quoted = (
        select(said.c.comment_id, said.c.reporter_id, User.display_name, said.c.reason, said.c.note)
        .join(User, User.id == said.c.reporter_id)
        .where(said.c.turn <= NOTES_SHOWN)
        .order_by(said.c.comment_id, said.c.turn)
    )
    for comment_id, *note in db.session.execute(quoted):
        items[comment_id].notes.append(Note(*note))


def _add_featured(items: dict[int, Item]) -> None:
    articles: dict[int, list[Item]] = defaultdict(list)
    for item in items.values():
        articles[item.comment.article_id].append(item)
    rows = select(Thread.article_id, Thread.featured_ids).where(Thread.article_id.in_(articles))
    for article_id, featured in db.session.execute(rows):
        for item in articles[article_id]:
            item.is_featured = item.comment.id in (featured or ())
