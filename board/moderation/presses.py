"""Past decisions as the desk lists them: of each, what lies within the moderator's reach, and no more."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from board.accounts.reach import Reach
from board.comments.models import Comment
from board.extensions import db
from board.moderation.batches import DecisionBatch, DecisionItem
from board.moderation.decisions import UNDO_WITHIN
from board.moderation.statements import Statement
from board.storage import now

PAGE_SIZE = 50


@dataclass(frozen=True)
class Press:
    """One decision: how many comments within reach it changed, of how many that still stands, and how many of these
    the moderator could put back.
    """

    record: DecisionBatch
    count: int
    standing: int
    left: int
    is_whole: bool  # nothing of it lies beyond reach

    @property
    def note(self) -> str:
        """Return the note, where nobody beyond reach was meant too."""
        return self.record.note if self.is_whole else ""

    @property
    def can_be_undone(self) -> bool:
        """Tell whether there is something left to undo, and time."""
        return bool(self.left) and self.has_time

    @property
    def has_time(self) -> bool:
        """Tell whether decisions of that time can be undone."""
        return now() - self.record.decided_at < UNDO_WITHIN


def load_presses(within: Reach, before: int | None) -> tuple[list[Press], int | None]:
    """Return a page of the decisions within reach, the newest first, and behind which number the next page begins."""
    item = select(DecisionItem.id).where(DecisionItem.batch_id == DecisionBatch.id)
    is_within = item.where(within.covers(DecisionItem.site_id)).exists()
    query = select(DecisionBatch).where(is_within).options(joinedload(DecisionBatch.by))
    if before:
        query = query.where(DecisionBatch.id < before)
    found = db.session.scalars(query.order_by(DecisionBatch.id.desc()).limit(PAGE_SIZE + 1)).all()
    following = found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
    shown = found[:PAGE_SIZE]
    return _counted(shown, within), following


def _counted(records: Sequence[DecisionBatch], within: Reach) -> list[Press]:
    item, still = DecisionItem, func.count() - func.count(DecisionItem.undone_at)
    query = select(item.batch_id, item.site_id, func.count(), still).group_by(item.batch_id, item.site_id)
    parts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    beyond: set[int] = set()
    for batch_id, site_id, count, standing in db.session.execute(
        query.where(item.batch_id.in_([record.id for record in records]))
    ):
        if within.includes(site_id):
            parts[batch_id].append((count, standing))
        else:
            beyond.add(batch_id)
    left = _left(records, within)
    return [
        Press(
            record,
            sum(count for count, _standing in parts[record.id]),
            sum(standing for _count, standing in parts[record.id]),
            left.get(record.id, 0),
            record.id not in beyond,
        )
        for record in records
    ]


def _left(records: Sequence[DecisionBatch], within: Reach) -> dict[int, int]:
    """Return of how many comments each decision is the last word, and not one that they may not touch."""
    item, later = DecisionItem, aliased(DecisionItem)
    is_overtaken = exists().where(later.comment_id == item.comment_id, later.id > item.id, later.undone_at.is_(None))
    query = (
        select(item.batch_id, func.count().label("left"))
        .join(Comment, Comment.id == item.comment_id)
        .join(DecisionBatch, DecisionBatch.id == item.batch_id)
        .where(item.batch_id.in_([record.id for record in records]), item.undone_at.is_(None), ~is_overtaken)
        .where(Comment.state == item.after["state"].as_string(), within.covers(item.site_id))
        .where(within.spares(Comment.author_id), or_(DecisionBatch.act != "restore", ~_is_lost(within.whose)))
        .group_by(item.batch_id)
    )
    return {row.batch_id: row.left for row in db.session.execute(query)}


def _is_lost(moderator: int | None) -> ColumnElement[bool]:
    """Return the condition that an appeal overturned what the moderator decided on the comment last."""
    newer = aliased(Statement)
    is_latest = ~exists().where(newer.comment_id == Statement.comment_id, newer.id > Statement.id)
    judged = or_(Statement.decided_by_id == moderator, Statement.again_by_id == moderator)
    return exists().where(Statement.comment_id == Comment.id, Statement.state == "overturned", judged, is_latest)
