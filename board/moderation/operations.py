"""Report a comment; and the decisions on a single one, by name."""

from board import audit
from board.accounts.models import User
from board.comments.models import Comment, Thread
from board.extensions import db
from board.moderation.decisions import decide
from board.moderation.models import Report
from board.moderation.reporters import weight_of
from board.statements import insert_once
from board.storage import now


def report_comment(comment: Comment, by: User, reason: str, note: str, *, wants_outcome: bool = False) -> bool:
    """Report once per member; tell whether this is their first report of the comment."""
    take_turn(comment)
    weight = weight_of(by)
    is_new = insert_once(
        Report,
        comment_id=comment.id,
        reporter_id=by.id,
        site_id=comment.site_id,
        reason=reason,
        note=note,
        state="open",
        created_at=now(),
        closed_at=None,
        weight=weight,
        wants_outcome=wants_outcome,
    )
    if is_new:
        comment.count_report(1, weight)
        audit.record("comment.reported", comment, by=by, reason=reason)
    return is_new


def remove_comment(comment: Comment, by: User, reason: str, note: str = "") -> bool:
    """Remove, close the reports as upheld, tell the author; tell whether anything changed."""
    return bool(decide([comment], "remove", by, reason=reason, note=note).done)


def restore_comment(comment: Comment, by: User) -> bool:
    """Take back a removal and tell the author; tell whether anything changed."""
    return bool(decide([comment], "restore", by).done)


def approve_comment(comment: Comment, by: User) -> bool:
    """Publish what was held, and dismiss what was reported; tell whether anything changed."""
    return bool(decide([comment], "approve", by).done)


def take_turn(comment: Comment) -> None:
    """Wait for the thread's other changes and see the comment as they left it: of two moderators, one acts."""
    Thread.change(comment.site_id, comment.article_id)
    db.session.refresh(comment, ["state", "removal_reason", "removal_note", "report_count", "report_weight"])
