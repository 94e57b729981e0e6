"""The answer to a post from the page's script, as the page shows the comment, in a template with blanks.

For what most who write are: members without an office, whose comment has nothing to show yet but itself. It is the same
`comments/_posted.html` that everybody else's answer is rendered from.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from board.articles.loading import article_path
from board.blanks import BLANK_TIME, BlankTime, filled
from board.comments.composer import guidelines_url_on
from board.comments.forms import CommentForm, draft_name
from board.comments.models import Comment
from board.comments.tree import Paths
from board.csrf import form_token
from board.web import exact_time, time_ago


@dataclass(frozen=True)
class BlankComment:
    """A comment that was just posted, to `comments/_comment.html`."""

    state: str
    has_open_thread: bool
    can_be_edited: bool
    id: str = "[[id]]"
    author_id: str = "[[author_id]]"
    author_name: str = "[[author_name]]"
    badge: str = ""
    body_html: str = "[[body_html]]"
    created_at: BlankTime = BLANK_TIME
    edited_at: None = None
    lock_id: None = None
    like_count: int = 0

    @property
    def is_listed(self) -> bool:
        """Tell whether it has a place on everybody's page; one that waits has none yet."""
        return self.state == "published"

    def is_written_by(self, _viewer: Any) -> bool:
        """Say yes: the author is shown it."""
        return True

    def can_be_edited_by(self, _viewer: Any) -> bool:
        """Tell whether the author may edit it."""
        return self.can_be_edited

    def can_be_deleted_by(self, _viewer: Any) -> bool:
        """Say yes: authors always may."""
        return True

    def no(self, _viewer: Any) -> bool:
        """Say no: that is for others."""
        return False

    can_be_reported_by = can_be_removed_by = can_be_restored_by = can_show_history_to = no


@dataclass(frozen=True)
class BlankNode:
    """The comment's place on the page, at its top level."""

    comment: BlankComment
    is_new: bool = True
    level: int = 0
    replies: tuple[()] = ()


@dataclass(frozen=True)
class BlankAuthor:
    """Who posted."""

    display_name: str = "[[author_name]]"
    is_moderator: bool = False


@dataclass(frozen=True)
class BlankThread:
    """The page of the thread, as much of it as one comment needs."""

    nodes: tuple[BlankNode, ...]
    comments_path: str
    members_path: str
    viewer: BlankAuthor = BlankAuthor()
    is_member: bool = True
    is_staff: bool = False
    liked: frozenset[int] = frozenset()
    featured_ids: tuple[()] = ()

    @property
    def paths(self) -> Paths:
        """Return the addresses inside the thread."""
        return Paths(self.comments_path, self.members_path)


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
    shown = BlankComment(comment.state, comment.article.takes_comments, comment.can_be_edited_by(comment.author))
    thread = BlankThread((BlankNode(shown),), paths.comments, paths.members)
    values = {
        "id": str(comment.id),
        "author_id": str(comment.author_id),
        "author_name": str(escape(comment.author.display_name)),
        "body_html": comment.body_html,
        "isoformat": comment.created_at.isoformat(),
        "timeago": time_ago(comment.created_at),
        "exact_time": exact_time(comment.created_at),
        "draft": draft_name(comment.article_id, parent),
    }
    composer = BlankComposer(parent is not None or None)
    if parent is None:
        composer = BlankComposer(None, guidelines_url_on(comment.article.site))
        action = str(escape(article_path(comment.article, "comments.post")))
        values |= {"action": action, "token": form_token(), "key": secrets.token_hex(8)}
    return filled("comments/_posted.html", values, thread=thread, composer=composer)


def is_plain(comment: Comment) -> bool:
    """Tell whether its author holds no office, and nobody has done anything with it since it was posted."""
    is_untouched = comment.edited_at is None and not comment.like_count and not comment.listed_reply_count
    author = comment.author
    holds_office = author.role != "member" or author.has_site_roles or author.title
    return not holds_office and comment.state in {"published", "held"} and is_untouched
