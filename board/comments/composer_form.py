"""The form for a comment as HTML: the empty one, which every page has, filled into blanks; any other rendered."""

from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup, escape

from board.blanks import filled
from board.comments.composer import Composer
from board.comments.forms import CommentForm


@dataclass(frozen=True)
class BlankWriter:
    """Who writes."""

    display_name: str = "[[name]]"


@dataclass(frozen=True)
class EmptyComposer:
    """The form of a page's thread with nothing in it yet, with blanks for what differs from one page to the next."""

    is_member: bool
    is_open: bool
    guidelines_url: str  # a blank, or nothing where the site has none
    action: str = "[[action]]"
    draft: str = "[[draft]]"
    token: str = "[[token]]"  # noqa: S105 - a blank
    preview_url: str = "[[preview_url]]"
    register_url: str = "[[register_url]]"
    log_in_url: str = "[[log_in_url]]"
    element_id: str = "comment-form"
    parent: None = None
    is_discussion_open: bool = False  # asked only where the form is closed
    viewer: BlankWriter = BlankWriter()

    @property
    def key(self) -> str:
        """Return the blank for what makes sending it twice have one effect; signed-out readers' form has none."""
        return "[[key]]" if self.is_member else ""

    @property
    def form(self) -> CommentForm:
        """Return an empty form."""
        return CommentForm(formdata=None)


def composer_html(composer: Composer) -> Markup:
    """Return the form."""
    if not composer.is_untouched:
        return Markup(render_template("comments/_composer.html", composer=composer))  # noqa: S704 - a template
    guidelines_url = composer.guidelines_url
    empty = EmptyComposer(composer.is_member, composer.is_open, "[[guidelines_url]]" if guidelines_url else "")
    values = {
        "action": composer.action,
        "draft": composer.draft,
        "token": composer.token,
        "preview_url": composer.preview_url,
        "guidelines_url": guidelines_url,
    }
    if empty.is_member:
        values |= {"name": composer.viewer.display_name, "key": composer.key}
    else:
        values |= {"register_url": composer.register_url, "log_in_url": composer.log_in_url}
    safe = {name: escape(value) for name, value in values.items()}
    return Markup(filled("comments/_composer.html", safe, composer=empty))  # noqa: S704 - a template, filled
