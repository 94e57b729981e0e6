"""Report, remove, restore, approve: each with its log entry, and word to the author, in one transaction."""

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select, update

from board import audit
from board.accounts.models import User
from board.articles.loading import article_path
from board.comments.models import Comment, Thread
from board.comments.reasons import reason_text
from board.extensions import db, insert_once
from board.markup import excerpt
from board.moderation.models import Report
from board.outbox import enqueue_mail
from board.storage import now
from board.urls import absolute


def report_comment(comment: Comment, by: User, reason: str, note: str) -> bool:
    """Report once per member; tell whether this is their first report of the comment."""
    take_turn(comment)
    is_new = insert_once(
        Report,
        comment_id=comment.id,
        reporter_id=by.id,
        site_id=comment.site_id,
        reason=reason,
        note=note,
        state="open",
        created_at=now(),
    )
    if is_new:
        comment.count_report(1)
        audit.record("comment.reported", comment, by=by, reason=reason)
    return is_new


def remove_comment(comment: Comment, by: User, reason: str, note: str = "") -> bool:
    """Remove, close the reports as upheld, tell the author; tell whether anything changed."""
    take_turn(comment)
    before = {"state": comment.state}
    if not comment.remove(reason, note):
        return False
    _close_reports(comment, "upheld")
    audit.record("comment.removed", comment, by=by, reason=reason, note=note, before=before, after={"state": "removed"})
    _tell_author(comment, "moderation/mail/removed.txt", _("Your comment was removed"), reason=reason_text(reason))
    return True


def restore_comment(comment: Comment, by: User, note: str = "") -> bool:
    """Undo a removal and tell the author; tell whether anything changed."""
    take_turn(comment)
    if comment.state != "removed":
        return False
    before = {"state": "removed", "reason": comment.removal_reason}
    comment.restore()
    _reopen_reports(comment)
    audit.record("comment.restored", comment, by=by, note=note, before=before, after={"state": comment.state})
    _tell_author(comment, "moderation/mail/restored.txt", _("Your comment is back"))
    return True


def approve_comment(comment: Comment, by: User) -> bool:
    """Publish what was held, and dismiss what was reported; tell whether anything changed."""
    take_turn(comment)
    before = {"state": comment.state, "reports": comment.report_count}
    was_held = comment.state == "held"
    if was_held:
        comment.restore()
    dismissed = _close_reports(comment, "dismissed")
    if dismissed:
        comment.count_report(-dismissed)
    if not (was_held or dismissed):
        return False
    audit.record("comment.approved", comment, by=by, before=before, after={"state": comment.state, "reports": 0})
    return True


def take_turn(comment: Comment) -> None:
    """Wait for the thread's other changes and see the comment as they left it: of two moderators, one acts."""
    Thread.change(comment.site_id, comment.article_id)
    db.session.refresh(comment, ["state", "removal_reason", "removal_note", "report_count"])


def _close_reports(comment: Comment, state: str) -> int:
    closing = update(Report).where(Report.comment_id == comment.id, Report.state == "open").values(state=state)
    closed = closing.returning(Report.reporter_id).execution_options(synchronize_session=False)
    return len(db.session.scalars(closed).all())


def _reopen_reports(comment: Comment) -> None:
    """After an undo the reports wait again for a decision."""
    upheld = update(Report).where(Report.comment_id == comment.id, Report.state == "upheld")
    db.session.execute(upheld.values(state="open").execution_options(synchronize_session=False))


def _tell_author(comment: Comment, template: str, subject: str, **words: str) -> None:
    author = db.session.scalars(select(User).where(User.id == comment.author_id)).one()
    if author.is_placeholder or not author.active:
        return
    text = render_template(
        template,
        author=author,
        comment=comment,
        quote=excerpt(comment.body_html, 300),
        link=absolute(article_path(comment.article, comment=comment.id) + f"#comment-{comment.id}"),
        **words,
    )
    enqueue_mail(author.email, subject, text, by_stranger=False)
