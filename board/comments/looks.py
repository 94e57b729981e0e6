"""How comments look: each in one of few forms, which are rendered once, with what is its own filled in.

A page shows up to two hundred comments. Rendering one takes twenty times as long as filling its blanks, so
`comments/_comment.html` is rendered for each `Look` that occurs, and only there is said what it looks like: for
readers, members and moderators, on pages, in fragments and in answers. See docs/decisions/0026.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from markupsafe import Markup, escape

from board.blanks import frames_of
from board.comments.reading import ShownComment
from board.comments.reasons import reason_text
from board.comments.tree import Node, Paths
from board.comments.words import BADGES, more_replies_text, replies_text
from board.web import TimeWords

TOLD_BY_INDENT = 3  # levels of replies whose parent the eye still finds


class Rights(NamedTuple):
    """What the viewer may do with a comment that is their own, or that they moderate."""

    edit: bool
    delete: bool
    report: bool
    remove: bool
    restore: bool
    history: bool


class Look(NamedTuple):
    """The form that a comment takes: all that `comments/_comment.html` decides anything by."""

    state: str
    body: str  # what stands for its text: "text", "removed", "removed for", "waits", "muted" or nothing
    rights: Rights | None  # in place of the link to report it
    takes_replies: bool
    takes_likes: bool
    is_liked: bool
    has_likes: bool
    has_badge: bool
    is_edited: bool
    is_featured: bool
    is_locked: bool  # it is here that its branch was locked
    names_parent: bool
    branch: str  # what hangs on it: nothing, "whole", "goes on" behind a link, or all of it "elsewhere"
    skips: bool  # a link before it leads to others that are not on the page
    is_new: bool
    leads_to_new: bool
    is_own_only: bool  # without what hangs on it and the frame around both


class Showing(Protocol):
    """The page or part of one that the comments stand on, and who looks at it."""

    paths: Paths
    viewer: Any
    liked: Any
    featured_ids: Any

    @property
    def is_member(self) -> bool:
        """Tell whether the viewer is signed in."""

    @property
    def is_staff(self) -> bool:
        """Tell whether the viewer moderates the site."""


def comments_html(thread: Showing, nodes: Iterable[Node], *, is_own_only: bool = False) -> Markup:
    """Return the comments with all that hangs on them; `is_own_only` leaves out all but what they say themselves."""
    return Markup(Shown(thread, is_own_only).html(nodes))  # noqa: S704 - a template, filled with what is escaped


class Shown:
    """The comments of one page as one viewer sees them."""

    def __init__(self, thread: Showing, is_own_only: bool) -> None:
        """Ask once for what all the page's comments need."""
        self._frames = frames_of("comments/_comment.html", "look")
        self._times = TimeWords()
        self._comments, self._members = thread.paths.comments, thread.paths.members
        self._viewer = thread.viewer if thread.is_member else None
        self._is_staff = thread.is_staff
        self._muted = frozenset(thread.viewer.muted_ids or ()) if thread.is_member else frozenset()
        self._liked, self._featured = thread.liked, thread.featured_ids
        self._is_own_only = is_own_only

    def html(self, nodes: Iterable[Node]) -> str:
        """Return the comments, one after the other."""
        return "".join([self._one(node) for node in nodes])

    def _one(self, node: Node) -> str:
        look = self._look(node)
        return self._frames[look] % self._values(node, look)

    def _look(self, node: Node) -> Look:
        """Decide the comment's form."""
        comment = node.comment
        state, comment_id = comment.state, comment.id
        is_published, is_gone = state == "published", state == "deleted"
        is_own = self._viewer is not None and comment.is_written_by(self._viewer)
        is_open = is_published and comment.has_open_thread
        takes_likes = is_open and not is_own
        return Look(
            state,
            self._body(comment, is_own),
            self._rights(comment) if is_own or self._is_staff else None,
            is_open and comment.lock_id is None,
            takes_likes,
            takes_likes and comment_id in self._liked,
            comment.like_count > 0,
            bool(comment.badge),
            comment.edited_at is not None and not is_gone,
            is_published and comment_id in self._featured,
            comment.lock_id == comment_id,
            node.level > TOLD_BY_INDENT and bool(node.parent_name),
            "" if self._is_own_only else _branch(node),
            bool(node.skipped_url),
            node.is_new,
            bool(node.next_new_url),
            self._is_own_only,
        )

    def _body(self, comment: ShownComment, is_own: bool) -> str:
        if comment.state == "removed":
            return "removed for" if comment.removal_reason else "removed"
        if comment.state == "held" and comment.is_listed and not (is_own or self._is_staff):
            return "waits"
        if comment.author_id in self._muted:
            return "muted"
        return "text" if comment.body_html else ""

    def _rights(self, comment: ShownComment) -> Rights:
        viewer = self._viewer
        return Rights(
            comment.can_be_edited_by(viewer),
            comment.can_be_deleted_by(viewer),
            comment.can_be_reported_by(viewer),
            comment.can_be_removed_by(viewer),
            comment.can_be_restored_by(viewer),
            comment.edited_at is not None and comment.can_show_history_to(viewer),
        )

    def _values(self, node: Node, look: Look) -> dict[str, object]:
        """Return what goes into the form's blanks; all of it is safe HTML."""
        comment, times = node.comment, self._times
        moment = comment.created_at
        values: dict[str, object] = {
            "id": comment.id,
            "path": f"{self._comments}{comment.id}",
            "author_path": f"{self._members}{comment.author_id}",
            "author_name": escape(comment.author_name),
            "isoformat": moment.isoformat(),
            "exact_time": times.exact(moment),
            "timeago": times.ago(moment),
            "body_html": comment.body_html,
            "likes": comment.like_count,
        }
        if look.branch:
            values["replies_text"] = replies_text(comment.listed_reply_count, times.locale)
            values["replies"] = self.html(node.replies)
            if node.more_url:
                values["more_url"] = escape(node.more_url)
                values["more_text"] = more_replies_text(node.more_count, times.locale)
        if look.has_badge:
            values["badge"] = escape(BADGES.get(comment.badge) or comment.badge)
        if look.body == "removed for":
            values["reason"] = escape(reason_text(comment.removal_reason))
        if look.names_parent:
            values |= {"parent_id": comment.parent_id, "parent_name": escape(node.parent_name)}
        if look.skips:
            values["skipped_url"] = escape(node.skipped_url)
        if look.leads_to_new:
            values["next_new_url"] = node.next_new_url
        return values


def _branch(node: Node) -> str:
    if node.is_continued:
        return "elsewhere"
    if node.more_url:
        return "goes on"
    return "whole" if node.replies else ""
