"""Decide and undo as the desk does."""

from typing import Any

from board.accounts.models import User
from board.accounts.reach import EVERYWHERE, Reach
from board.comments.models import Comment
from board.extensions import db
from board.moderation.decisions import Batch, decide, undo


def decided(comments: list[Comment], act: str, by: User, **more: Any) -> Batch:
    batch = decide(comments, act, by, **more)
    db.session.commit()
    return batch


def undone(batch: Batch, by: User, within: Reach = EVERYWHERE) -> Batch:
    assert batch.record
    result = undo(batch.record, by, within)
    db.session.commit()
    return result


def states(comments: list[Comment]) -> list[str]:
    return [db.session.get_one(Comment, comment.id).state for comment in comments]
