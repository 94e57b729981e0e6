"""What the author of a comment hears of a decision."""

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select

from board.accounts.models import User
from board.articles.loading import article_path
from board.comments.models import Comment
from board.comments.reasons import reason_text
from board.extensions import db
from board.markup import excerpt
from board.outbox import enqueue_mail
from board.urls import absolute


def tell_author(comment: Comment) -> None:
    """Write to the author that their comment is removed, or back."""
    author = db.session.scalars(select(User).where(User.id == comment.author_id)).one()
    if author.is_placeholder or not author.active:
        return
    is_removed = comment.state == "removed"
    text = render_template(
        "moderation/mail/removed.txt" if is_removed else "moderation/mail/restored.txt",
        author=author,
        comment=comment,
        quote=excerpt(comment.body_html, 300),
        link=absolute(article_path(comment.article, comment=comment.id) + f"#comment-{comment.id}"),
        reason=reason_text(comment.removal_reason),
    )
    subject = _("Your comment was removed") if is_removed else _("Your comment is back")
    enqueue_mail(author.email, subject, text, by_stranger=False)
