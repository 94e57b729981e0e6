"""Reporting, and a moderator's decisions: from the page or from the desk."""

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from board.access import NotThere, load, permit
from board.accounts.barred import refuse_barred
from board.accounts.current import member, staff
from board.accounts.reach import EVERYWHERE, Reach, reach
from board.answers import next_path
from board.articles.loading import article_path
from board.articles.models import Article
from board.comments.models import Comment
from board.csrf import SAFE_METHODS
from board.extensions import commit_and_keep, db
from board.languages import speak_for
from board.moderation.answers import flash_batch
from board.moderation.decisions import Batch, decide
from board.moderation.forms import RemovalForm, ReportForm
from board.moderation.operations import report_comment

blueprint = Blueprint("moderation", __name__)


@blueprint.route("/comments/<int:comment_id>/reports", methods=["GET", "POST"])
def report(comment_id: int) -> Response | tuple[str, int]:
    """Report a comment: the form alone, then the report."""
    comment = load_comment(comment_id)
    if request.method in SAFE_METHODS and not current_user.is_authenticated:
        return ways_to_report(comment)
    reporter = member()
    refuse_barred(reporter, comment.site_id)
    permit(comment.can_be_reported_by(reporter), _("You can report other people’s comments while they are shown."))
    form = ReportForm(site_ids=[comment.site_id])
    if not form.validate_on_submit():
        return shown("moderation/report.html", form, comment)
    is_new = report_comment(comment, reporter, form.reason.data, form.note.data, wants_outcome=form.wants_outcome.data)
    db.session.commit()
    flash(_("Thank you. A moderator will look at it.") if is_new else _("You have reported this comment already."))
    return redirect(comment_path(comment), 303)


@blueprint.route("/comments/<int:comment_id>/removal", methods=["GET", "POST"])
def removal(comment_id: int) -> Response | tuple[str, int]:
    """Remove a comment with a reason: the form alone, then the removal."""
    moderator = staff("moderator")
    comment = load_comment(comment_id, reach(moderator, "moderator"))
    permit(not comment.is_written_by(moderator), not_about_oneself())
    permit(comment.can_be_removed_by(moderator), _("This comment is not shown any more."))
    form = RemovalForm(site_ids=[comment.site_id])
    if not form.validate_on_submit():
        return shown("moderation/removal.html", form, comment)
    return decided(comment, decide([comment], "remove", moderator, reason=form.reason.data, note=form.note.data))


@blueprint.delete("/comments/<int:comment_id>/removal")
@blueprint.route("/comments/<int:comment_id>/restoration", methods=["GET", "POST"])
def restoration(comment_id: int) -> Response | tuple[str, int]:
    """Put a removed comment back, or publish a held one: the question alone, then the act."""
    moderator = staff("moderator")
    comment = load_comment(comment_id, reach(moderator, "moderator"))
    permit(not comment.is_written_by(moderator), not_about_oneself())
    if request.method in SAFE_METHODS:
        permit(comment.can_be_restored_by(moderator), _("This comment is shown already."))
        return render_template("moderation/restoration.html", comment=comment), 200
    return decided(comment, decide([comment], "approve" if comment.state == "held" else "restore", moderator))


@blueprint.post("/comments/<int:comment_id>/approval")
def approval(comment_id: int) -> Response:
    """Let a held or reported comment stand."""
    moderator = staff("moderator")
    comment = load_comment(comment_id, reach(moderator, "moderator"))
    permit(not comment.is_written_by(moderator), not_about_oneself())
    return decided(comment, decide([comment], "approve", moderator))


def not_about_oneself() -> str:
    """Say why somebody may not decide on this comment."""
    return str(_("Somebody else decides on your own comments; you can delete them."))


def ways_to_report(comment: Comment) -> tuple[str, int]:
    """Show what somebody who is not signed in can do about a comment. Raises NotThere for one that is not shown."""
    if comment.state != "published":
        raise NotThere
    return render_template("moderation/report_ways.html", comment=comment), 200


def load_comment(comment_id: int, within: Reach = EVERYWHERE) -> Comment:
    """Return the comment with what its page needs, if it is within reach. Raises NotThere."""
    with_page = (joinedload(Comment.author), joinedload(Comment.article).joinedload(Article.site))
    query = select(Comment).where(Comment.id == comment_id, within.covers(Comment.site_id))
    comment = load(query.options(*with_page))
    speak_for(comment.site_id)
    return comment


def shown(template: str, form: ReportForm | RemovalForm, comment: Comment) -> tuple[str, int]:
    """Show the form, with its errors if it was sent."""
    status = 422 if form.is_submitted() else 200
    return render_template(template, form=form, comment=comment, next=next_path(comment_path(comment))), status


def comment_path(comment: Comment) -> str:
    """Return the path of the article's page at this comment."""
    return f"{article_path(comment.article, comment=comment.id)}#comment-{comment.id}"


def decided(comment: Comment, batch: Batch) -> Response:
    """Commit, and go back to the desk or the page the decision was made on, which offers to undo it."""
    commit_and_keep()
    flash_batch(batch)
    return redirect(next_path(comment_path(comment)), 303)
