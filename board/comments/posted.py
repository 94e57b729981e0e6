"""The answer to a post from the page's script: the new comment, and with it the form, empty again.

Everybody who writes gets it, so it is filled into blanks like the comment itself.
"""

import secrets
from dataclasses import dataclass

from markupsafe import escape

from board.articles.loading import article_path
from board.blanks import filled
from board.comments import reading
from board.comments.composer import guidelines_url_on
from board.comments.forms import CommentForm, draft_name
from board.comments.looks import comments_html
from board.comments.models import Comment
from board.comments.page import ThreadPage
from board.comments.tree import Node, Paths
from board.csrf import form_token


@dataclass(frozen=True)
class BlankAuthor:
    """Who posted."""

    display_name: str = "[[author_name]]"


@dataclass(frozen=True)
class BlankComposer:
    """The form above the comment, empty again; a reply takes the place of its own."""

    parent: bool | None  # None: it is no reply's
    guidelines_url: str = ""
    draft: str = "[[draft]]"
    action: str = "[[action]]"
    token: str = "[[token]]"  # noqa: S105 - a blank
    key: str = "[[key]]"
    element_id: str = "comment-form"
    viewer: BlankAuthor = BlankAuthor()
    is_member: bool = True
    is_open: bool = True

    @property
    def form(self) -> CommentForm:
        """Return an empty form."""
        return CommentForm(formdata=None)


def posted_html(comment: Comment, parent: Comment | None, paths: Paths) -> str:
    """Return what takes the form's place once the comment is stored."""
    article = comment.article
    shown = reading.shown(comment)
    shown.has_open_thread = article.takes_comments
    nodes = [Node(shown, is_new=True)]
    thread = ThreadPage(article, "oldest", 0, nodes, paths, "", comment.author)
    values = {"comment": str(comments_html(thread, nodes)), "draft": draft_name(comment.article_id, parent)}
    composer = BlankComposer(parent is not None or None)
    if parent is None:
        composer = BlankComposer(None, guidelines_url_on(article.site))
        action = str(escape(article_path(article, "comments.post")))
        who = str(escape(comment.author.display_name))
        values |= {"author_name": who, "action": action, "token": form_token(), "key": secrets.token_hex(8)}
    is_published = comment.state == "published"
    return filled("comments/_posted.html", values, composer=composer, is_published=is_published, place=paths.comments)
