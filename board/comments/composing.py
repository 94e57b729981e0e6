"""From a sent form to a posted comment, a kept text, or the form again with what to mend."""

from collections.abc import Sequence

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from board.access import permit
from board.accounts.current import member
from board.accounts.limits import TooManyTries, count_in_network
from board.answers import is_fragment, private
from board.articles.loading import article_path
from board.articles.models import Article
from board.comments import answers, drafts
from board.comments.forms import CommentForm, draft_name, new_form
from board.comments.models import Comment
from board.comments.operations import post_comment, rendered
from board.comments.visits import note_visit
from board.extensions import commit_and_keep, db
from board.screening import TextRefused

KEPT_PER_NETWORK = 200  # texts of signed-out people in 15 minutes: more than a school writes, too few to fill a disk


def sent_form() -> CommentForm:
    """Return the form as it was sent."""
    return CommentForm(request.form)


def sent_text() -> str:
    """Return what was typed, without the form around it, which only a refusal shows again."""
    return request.form.get("body", "")


def post(article: Article, parent: Comment | None = None) -> Response:
    """Post the text for a member, keep it for everybody else; say beside the field what is wrong with it."""
    try:
        if "preview" in request.form:
            return show_preview(article, parent, sent_form())
        user = current_user._get_current_object()
        if user.is_authenticated and (user.is_confirmed or not user.active):
            return _post(article, parent)
        return _keep(article, parent)
    except TextRefused as refusal:
        db.session.rollback()
        if parent:
            db.session.refresh(parent, ["author", "article"])  # the form names whom it answers
        form = sent_form().refuse(refusal.reason)
        return answers.show_form(article, parent, form, refusal.status, refusal=refusal)


def _post(article: Article, parent: Comment | None) -> Response:
    author = member()
    asked = {"has_read": "read" in request.form, "is_sure": "anyway" in request.form}
    posted = post_comment(article, author, sent_text(), parent, request.form.get("key"), **asked)
    drafts.forget_kept(author, article, parent)
    if not is_fragment():
        note_visit(article, author)
    commit_and_keep()
    comment = posted.comment
    if comment.state == "deleted":
        return redirect(article_path(article) + "#comments", 303)
    if is_fragment():
        return answers.show_posted(comment, parent)
    drafts.note_sent(draft_name(article.id, parent))
    if comment.state == "held":
        say_that_it_waits()
    return redirect(answers.way_to(comment), 303)


def say_that_it_waits() -> None:
    """Tell an author on the next page that their comment is held; the page's script shows the mark on it instead."""
    if not is_fragment():
        flash(_("Your comment waits for a moderator. Until then only you can see it."), "message")


def _keep(article: Article, parent: Comment | None) -> Response:
    """Keep the text until its author can post it, and show the way there."""
    if not article.takes_comments:
        raise TextRefused(_("This discussion is closed. New comments are no longer accepted."), 409)
    if parent and parent.state != "published":
        raise TextRefused(
            _("The comment you reply to is no longer there. You can post your text as a comment of its own."), 409
        )
    source, _html = rendered(sent_text())
    user = member() if current_user.is_authenticated else None
    try:
        count_in_network("draft", KEPT_PER_NETWORK)
    except TooManyTries as refusal:
        raise TextRefused(str(refusal), 429) from refusal
    drafts.keep(article, parent, source, user)
    db.session.commit()
    here = answers.way_to(parent) if parent else article_path(article) + "#comment-form"
    if user:
        flash(_("Your comment is kept. Confirm your e-mail address, and it is posted."), "message")
        return _go(here)
    flash(_("Your comment is kept. Log in or register, and it is posted."), "message")
    return _go(url_for("security.login", next=here))


def _go(way: str) -> Response:
    """Lead the browser there, also from within the page's script."""
    if not is_fragment():
        return redirect(way, 303)
    response = make_response("")
    response.headers["HX-Redirect"] = way
    return private(response)


def preview() -> Response:
    """Show what the text will look like: alone to the page's script, on a page of its own to others."""
    template = "comments/_preview.html" if is_fragment() else "comments/preview.html"
    try:
        html = rendered(sent_form().text)[1]
    except TextRefused as refusal:
        return answers.page(template, refusal.status, problem=refusal.reason)
    return answers.page(template, preview_html=html)


def show_preview(article: Article, parent: Comment | None, form: CommentForm) -> Response:
    """Show the text as it will look, above the form that still holds it."""
    html = rendered(form.text)[1]
    return answers.show_form(article, parent, form, preview_html=html)


def show_edit_form(
    comment: Comment, form: CommentForm | None = None, status: int = 200, advice: Sequence[str] = ()
) -> Response:
    """Show the form in which a comment is edited."""
    permit(comment.is_written_by(current_user))
    template = "comments/_edit.html" if is_fragment() else "comments/edit.html"
    return answers.page(
        template,
        status,
        comment=comment,
        form=form or new_form(current_user, comment.body_source),
        action=url_for("comments.edit", comment_id=comment.id),
        back_url=answers.way_to(comment),
        advice=advice,
    )
