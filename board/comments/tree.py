"""The part of a thread that one page shows, as a tree, apart from storage and HTML."""

from collections.abc import Iterable, Iterator
from dataclasses import InitVar, dataclass, field

from board.comments.models import Comment
from board.comments.reading import ShownComment

DISPLAY_DEPTH = 6  # levels of replies under a root on one page; deeper ones continue on a page of their own

NOT_COUNTED = -1


@dataclass(slots=True)
class Node:
    """One comment on the page, and what hangs on it."""

    comment: ShownComment
    level: int = 0
    replies: list["Node"] = field(default_factory=list)
    more_count: int = 0  # replies that are not on the page; NOT_COUNTED if there may be some
    more_url: str = ""
    skipped_url: str = ""  # leads to replies that stand before this one and are not on the page
    is_continued: bool = False  # the replies are deeper than the page shows; `more_url` shows them
    is_new: bool = False  # posted by this very request
    next_new_url: str = ""  # set if it is new since the viewer's last visit: leads to the next such on the page
    parent_name: str = ""  # whom it answers, for replies so deep that the indent does not tell


class Paths:
    """The addresses inside a thread's page, each made from one that is asked of Flask once."""

    def __init__(self, comments: str, members: str) -> None:
        """Remember what stands before a comment's and before a member's ID."""
        self.comments, self.members = comments, members

    def replies(self, comment: ShownComment | Comment, after: int, before: int | None, level: int) -> str:
        """Return the address of more replies to a comment that stands at `level` of the page."""
        path = f"{self.comments}{comment.id}/replies?after={after}"
        if before is not None:
            path += f"&before={before}"
        return path if level == comment.depth else f"{path}&level={level}"


@dataclass
class Tree:
    """The comments of one page by their parents, and how to reach those that are not on it."""

    paths: Paths
    below: InitVar[Iterable[ShownComment]] = ()
    apart: frozenset[int] = frozenset()  # shown for the sake of a permalink, maybe with others left out before them
    by_parent: dict[int | None, dict[int, ShownComment]] = field(default_factory=dict)

    def __post_init__(self, below: Iterable[ShownComment]) -> None:
        """Put each comment under its parent, once."""
        for comment in below:
            self.by_parent.setdefault(comment.parent_id, {})[comment.id] = comment

    def branch(self, comment: ShownComment, level: int = 0, parent_name: str = "") -> Node:
        """Return the comment at this level of the page with all that hangs on it."""
        node = Node(comment, level, parent_name=parent_name)
        below = self.by_parent.get(comment.id)
        if below and level < DISPLAY_DEPTH:
            name = "" if comment.state == "deleted" else comment.author_name
            node.replies = [self.branch(reply, level + 1, name) for reply in sorted(below.values(), key=_place)]
        if comment.listed_reply_count:
            self._link_what_is_missing(node)
        return node

    def _link_what_is_missing(self, node: Node) -> None:
        """Set the links to replies that are not on the page: deeper, between those shown, or after them."""
        comment, listed = node.comment, [reply for reply in node.replies if reply.comment.is_listed]
        missing = comment.listed_reply_count - len(listed)
        if missing <= 0:
            return
        if node.level >= DISPLAY_DEPTH:
            node.is_continued, node.more_count, node.more_url = True, missing, f"{self.paths.comments}{comment.id}"
            return
        has_hole, last, was_apart = False, -1, False
        for reply in listed:
            ordinal, is_apart = reply.comment.ordinal, reply.comment.id in self.apart
            if is_apart and not was_apart and ordinal > last + 1:
                reply.skipped_url, has_hole = self.paths.replies(comment, last, ordinal, node.level), True
            last, was_apart = ordinal, is_apart
        if last < comment.reply_count - 1:
            node.more_count = NOT_COUNTED if has_hole else missing
            node.more_url = self.paths.replies(comment, last, None, node.level)


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Give every node, as they stand on the page."""
    for node in nodes:
        yield node
        yield from walk(node.replies)


def _place(comment: ShownComment) -> tuple[bool, int]:
    """Order replies as they were posted, those that wait for a moderator last."""
    return (not comment.is_listed, comment.ordinal)
