"""A page of a thread: some roots in the reader's order, and under each a bounded part of its replies.

However large the thread, a page takes the same few queries and shows at most `thread_page_size` × (1 + 3 + 3 + 3)
comments; the rest is behind links. See docs/decisions/0008.
"""

from typing import Any

from flask import request, session

from board.answers import is_fragment
from board.articles.loading import article_path
from board.articles.models import Article
from board.comments import reading
from board.comments.composer import make_composer
from board.comments.featured import featured_in, shown_above
from board.comments.models import Comment, viewer_id
from board.comments.page import ThreadPage, comment_paths, page_url
from board.comments.reading import ShownComment
from board.comments.slices import Slice, slice_of
from board.comments.sorting import Sort, sort_named
from board.comments.threads import thread_of
from board.comments.tree import DISPLAY_DEPTH, NOT_COUNTED, Paths, Tree, walk
from board.comments.visits import Visit, visit_to

REPLIES_BELOW: tuple[int, ...] = (3, 1, 1)  # under each root, under each of those, under each of these
MORE_REPLIES = 10  # that "more replies" brings at once, each with a part of its own
BELOW_MORE = (2, 1)
SMALL_THREAD = 100  # comments; a thread up to this size shows every reply
ALL_BELOW = (SMALL_THREAD,) * DISPLAY_DEPTH
FOCUS_DEPTH = 4  # a permalink to a deeper comment shows its conversation from some way above it
SHOWN_ABOVE_FOCUS = 2
NEIGHBOURS_BEFORE, NEIGHBOURS_AFTER = 1, 2


def thread_page(article: Article, viewer: Any = None, path: str | None = None) -> ThreadPage:
    """Return the page of the article's thread that the request's `sort`, `after`, `before` and `comment` ask for.

    `path` is that of the page the thread stands on; what cannot be understood asks for the first page.
    """
    asked = request.args
    focus = asked.get("comment", "")
    page = load_page(
        article,
        sort_named(asked.get("sort", "")),
        comment_paths(),
        after=asked.get("after", ""),
        before=asked.get("before", ""),
        focus_id=int(focus) if focus.isascii() and focus.isdigit() and len(focus) < 19 else None,
        viewer=viewer,
        path=path or article_path(article),
        is_added=is_fragment() and "after" in asked,
    )
    page.composer = make_composer(article, viewer)
    if page.is_member:
        page.sent_drafts = session.pop("drafts_sent", [])
    return page


def load_page(
    article: Article,
    sort: Sort,
    paths: Paths,
    *,
    after: str = "",
    before: str = "",
    focus_id: int | None = None,
    viewer: Any = None,
    path: str = "",
    is_added: bool = False,
) -> ThreadPage:
    """Return a page of the thread: at the comment `focus_id` if it is there, else after or before a cursor.

    `is_added`: it is put below what the reader has on the page; where nothing is left, it is empty, not the nearest.
    """
    thread = thread_of(article.id)
    total = thread.comment_count if thread else 0
    page = ThreadPage(article, sort.name, total, [], paths, path, viewer, visit=visit_to(article, viewer_id(viewer)))
    way = _way_to(focus_id, article.id) if focus_id else []
    if len(way) > FOCUS_DEPTH + 1:
        tops, limits = [way[-1 - SHOWN_ABOVE_FOCUS]], REPLIES_BELOW
        page.whole_url = page_url(path, sort=sort.name)
    else:
        limits = ALL_BELOW if thread and thread.listed_count <= SMALL_THREAD else REPLIES_BELOW
        part = slice_of(article.id, sort, after, before, way[0] if way else None)
        if is_added and part.is_nearest:
            part = Slice([])
        tops = part.roots
        page.previous_url = page_url(path, sort=sort.name, before=part.before) if part.before else None
        page.next_url = page_url(path, sort=sort.name, after=part.after) if part.after else None
    below = reading.replies_below([top.id for top in tops], limits)
    around = _around(way, below)
    waiting = reading.held(article, viewer)
    is_first = page.previous_url is None and page.whole_url is None
    tops = [comment for comment in waiting if comment.parent_id is None and is_first] + tops
    grow(page, tops, [*below, *around, *waiting], apart=frozenset(comment.id for comment in around))
    if thread and thread.featured_ids:
        page.featured_ids = frozenset(thread.featured_ids)
        page.featured = shown_above(thread.featured_ids) if is_first else []
    page.focus_id = way[-1].id if way else None
    page.here_url = _here(page, sort, after, before)
    return page


def load_replies(
    article: Article,
    parent: Comment,
    paths: Paths,
    *,
    after: int,
    before: int | None,
    level: int | None = None,
    viewer: Any = None,
) -> ThreadPage:
    """Return the next replies to one comment, with ordinals between the two, each with the first of its own.

    `level` is where the parent stands on the reader's page: how deep it may be nested there.
    """
    level = parent.depth if level is None else level
    end = reading.NO_END if before is None else before
    page = ThreadPage(article, "oldest", 0, [], paths, "", viewer, visit=visit_to(article, viewer_id(viewer)))
    replies = reading.replies_between(parent.id, after, end, MORE_REPLIES)
    below = reading.replies_below([reply.id for reply in replies], BELOW_MORE)
    waiting = reading.held(article, viewer)
    grow(page, replies, [*below, *waiting], level=level + 1, parent_name=parent.author.display_name)
    page.featured_ids = featured_in(article.id)
    if len(replies) == MORE_REPLIES:
        last = replies[-1].ordinal
        left = reading.count_replies_between(parent.id, last, end, SMALL_THREAD)
        page.total = NOT_COUNTED if left == SMALL_THREAD else left
        page.next_url = page.paths.replies(parent, last, before, level) if left else None
    return page


def grow(
    page: ThreadPage,
    tops: list[ShownComment],
    below: list[ShownComment],
    *,
    apart: frozenset[int] = frozenset(),
    level: int = 0,
    parent_name: str = "",
) -> None:
    """Make the page's tree of these comments, and mark what the viewer likes."""
    for comment in (*tops, *below):
        comment.has_open_thread = page.is_open
    tree = Tree(page.paths, below, apart)
    page.nodes = [tree.branch(top, level, parent_name) for top in tops]
    if page.visit and page.visit.since:
        _mark_new(page, page.visit)
    page.liked = reading.liked_by(viewer_id(page.viewer), {comment.id for comment in (*tops, *below)})


def _mark_new(page: ThreadPage, visit: Visit) -> None:
    """Link the comments that are new since the viewer's last visit, each to the next one, the last to the top."""
    found = [node for node in walk(page.nodes) if visit.is_new(node.comment)]
    ways = [f"#comment-{node.comment.id}" for node in found] + ["#comments"]
    for node, way in zip(found, ways[1:], strict=True):
        node.next_new_url = way
    page.first_new_here = ways[0] if found else ""


def _here(page: ThreadPage, sort: Sort, after: str, before: str) -> str:
    """Return the address of this very page, without what was not understood."""
    asked = {"sort": sort.name}
    if page.focus_id:
        asked["comment"] = str(page.focus_id)
    elif sort.place(before):
        asked["before"] = before
    elif sort.place(after):
        asked["after"] = after
    return page_url(page.path, **asked)


def _way_to(focus_id: int, article_id: int) -> list[ShownComment]:
    """Return the comment and what is above it, root first, all with a place on the page; nothing if it has none."""
    way = reading.way_up(focus_id)
    if not way or way[-1].article_id != article_id:
        return []
    while way and not way[-1].is_listed:
        way.pop()
    return way


def _around(way: list[ShownComment], below: list[ShownComment]) -> list[ShownComment]:
    """Return what a permalink shows besides the page's usual part: the way down, the neighbours, the replies."""
    if len(way) < 2:
        return []
    there, focus = {comment.id for comment in below}, way[-1]
    neighbours = reading.replies_between(
        way[-2].id,
        focus.ordinal - NEIGHBOURS_BEFORE - 1,
        focus.ordinal + NEIGHBOURS_AFTER + 1,
        NEIGHBOURS_BEFORE + 1 + NEIGHBOURS_AFTER,
    )
    replies = reading.replies_below([focus.id], REPLIES_BELOW)
    return [comment for comment in (*way[1:], *neighbours, *replies) if comment.id not in there]
