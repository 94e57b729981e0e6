"""The form in which a comment, a reply or an edit is written."""

import secrets
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from board.comments.models import Comment


class CommentForm(FlaskForm):  # type: ignore[misc]
    """A text, and the key that makes sending it twice have one effect."""

    class Meta:
        """The request's token was checked before the view; a token of our own would make public pages personal."""

        csrf = False

    body = TextAreaField(_l("Your comment"))
    key = HiddenField("")  # a label of its own would be looked up among the translations

    @property
    def text(self) -> str:
        """Return what was typed."""
        return self.body.data or ""

    def refuse(self, reason: str) -> "CommentForm":
        """Say beside the field what is wrong."""
        self.body.errors = [reason]
        return self


def new_form(viewer: Any, text: str = "") -> CommentForm:
    """Return an empty form; only a member's has a key, because signed-out readers all get the same page."""
    return CommentForm(formdata=None, data={"body": text, "key": new_key(viewer)})


def new_key(viewer: Any) -> str:
    """Return the key of a new form; empty for signed-out readers."""
    return secrets.token_hex(8) if viewer is not None and viewer.is_authenticated else ""


def draft_name(article_id: int, parent: Comment | None = None) -> str:
    """Return the name under which the browser keeps what is being typed here."""
    return f"reply-{parent.id}" if parent else f"comment-{article_id}"
