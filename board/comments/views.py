"""The routes of comments: each loads, permits, acts, answers."""

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from board.access import NotThere, permit
from board.accounts.barred import refuse_barred
from board.accounts.current import member, staff
from board.articles.loading import load_article, load_place, load_site
from board.comments import answers, composing, reading, visits
from board.comments.answers import way_to
from board.comments.loading import load_comment, load_to_like, load_to_reply_to
from board.comments.operations import delete_comment, edit_comment
from board.extensions import commit_and_keep, db
from board.screening import MayBreakRules, TextRefused

comments = Blueprint("comments", __name__)

NOT_TO_EDIT = _l("The time to edit this comment is over, or it is not yours.")
NOT_TO_LIKE = _l("You can like what others wrote, while the discussion is open.")


@comments.get("/articles/<path:article_id>/thread")
def thread(article_id: str) -> Response:
    """Show the thread alone."""
    return answers.show_thread(load_article(article_id))


@comments.get("/articles/<path:article_id>/thread/version")
def version(article_id: str) -> Response:
    """Tell whether there is something new."""
    return answers.show_version(load_article(article_id))


@comments.get("/articles/<path:article_id>/comments")
def compose(article_id: str) -> Response:
    """Show the form for a comment alone."""
    return answers.show_form(load_article(article_id))


@comments.post("/articles/<path:article_id>/comments")
def post(article_id: str) -> Response:
    """Post a comment."""
    return composing.post(load_place(article_id))


@comments.get("/articles/<path:article_id>/visit")
def first_new(article_id: str) -> Response:
    """Lead to the first comment that is new to the member."""
    return answers.lead_to_first_new(load_article(article_id), member())


@comments.post("/articles/<path:article_id>/visit")
def visit(article_id: str) -> Response:
    """Note that the member came to the thread; `seconds` is how long ago."""
    article, visitor = load_article(article_id), member()
    visits.note_visit(article, visitor, seconds_ago=answers.number(request.form.get("seconds"), 0))
    db.session.commit()
    return answers.show_visit(article)


@comments.get("/comments/<int:comment_id>/replies")
def replies(comment_id: int) -> Response:
    """Show the form for a reply alone; with `after`, the replies from there on."""
    comment = load_comment(comment_id, current_user)
    if "after" in request.args:
        return answers.show_replies(comment)
    return answers.show_form(comment.article, comment)


@comments.post("/comments/<int:comment_id>/replies")
def reply(comment_id: int) -> Response:
    """Post a reply."""
    comment = load_to_reply_to(comment_id, current_user)
    return composing.post(comment.article, comment)


@comments.post("/comments/preview")
def preview() -> Response:
    """Show what a text will look like."""
    return composing.preview()


@comments.get("/comments/<int:comment_id>")
def permalink(comment_id: int) -> Response:
    """Lead to the comment on its article's page; give the page's script the comment alone."""
    comment = load_comment(comment_id, current_user)
    return answers.show_comment(comment, redirect(way_to(comment), 302))


@comments.get("/comments/<int:comment_id>/edit")
def edit_form(comment_id: int) -> Response:
    """Show the form for editing."""
    comment = load_comment(comment_id, current_user)
    refuse_barred(current_user, comment.site_id)
    permit(comment.can_be_edited_by(current_user), NOT_TO_EDIT)
    return composing.show_edit_form(comment)


@comments.post("/comments/<int:comment_id>/edit")
def edit(comment_id: int) -> Response:
    """Replace the comment's text."""
    comment = load_comment(comment_id, current_user)
    refuse_barred(current_user, comment.site_id)
    permit(comment.can_be_edited_by(current_user), NOT_TO_EDIT)
    form = composing.sent_form()
    try:
        edit_comment(comment, form.text, is_sure="anyway" in request.form)
    except TextRefused as refusal:
        advice = refusal.advice if isinstance(refusal, MayBreakRules) else ()
        return composing.show_edit_form(comment, form.refuse(refusal.reason), refusal.status, advice)
    db.session.commit()
    if comment.state == "held":
        composing.say_that_it_waits()
    return answers.show_comment(comment, redirect(way_to(comment), 303))


@comments.get("/comments/<int:comment_id>/deletion")
def deletion_form(comment_id: int) -> Response:
    """Ask whether to delete."""
    comment = load_comment(comment_id, current_user)
    permit(comment.can_be_deleted_by(current_user), _("Only the author can delete a comment."))
    return answers.ask_for_deletion(comment)


@comments.post("/comments/<int:comment_id>/deletion")
def deletion(comment_id: int) -> Response:
    """Delete one's own comment."""
    comment = load_comment(comment_id, current_user)
    is_own_and_gone = comment.state == "deleted" and comment.is_written_by(current_user)
    permit(is_own_and_gone or comment.can_be_deleted_by(current_user), _("Only the author can delete a comment."))
    delete_comment(comment)
    db.session.commit()
    return answers.show_what_is_left(comment)


@comments.post("/comments/<int:comment_id>/reaction")
def reaction(comment_id: int) -> Response:
    """Like the comment, or no longer: the form says which, so sending it twice has one effect."""
    comment = load_to_like(comment_id, current_user)
    user = member()
    refuse_barred(user, comment.site_id)
    permit(comment.can_be_liked_by(user), NOT_TO_LIKE)
    is_liked = request.form.get("liked") != "no"
    if comment.set_liked(user, is_liked):
        commit_and_keep()
    else:
        db.session.rollback()
        is_liked = bool(reading.liked_by(user.id, [comment_id]))
    return answers.show_reaction(comment, is_liked)


@comments.get("/comments/<int:comment_id>/history")
def history(comment_id: int) -> Response:
    """Show a moderator what an edited comment said before."""
    moderator = staff("moderator")
    comment = load_comment(comment_id, moderator)
    if not comment.can_show_history_to(moderator):
        raise NotThere
    return answers.show_history(comment)


@comments.get("/guidelines")
def guidelines() -> Response:
    """Show the site's guidelines."""
    return answers.show_guidelines(load_site())


@comments.get("/members/<int:member_id>")
def profile(member_id: int) -> Response:
    """Show a member's public page with their comments."""
    return answers.show_profile(member_id)
