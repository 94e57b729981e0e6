"""A page of a thread: some roots in the reader's order, and under each a bounded part of its replies.

However large the thread, a page takes the same few queries and shows at most `thread_page_size` × (1 + 3 + 3 + 3)
comments; the rest is behind links. See docs/decisions/0008.
"""

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request, session, url_for

from board.answers import is_fragment
from board.articles.loading import article_path
from board.articles.models import Article
from board.comments import reading
from board.comments.composer import Composer, make_composer
from board.comments.featured import featured_in, shown_above
from board.comments.models import Comment, viewer_id
from board.comments.reading import ShownComment
from board.comments.sorting import SORTS, Sort, sort_named
from board.comments.threads import Thread
from board.comments.tree import DISPLAY_DEPTH, NOT_COUNTED, Node, Paths, Tree, walk
from board.comments.visits import Visit, visit_to
from board.extensions import db

REPLIES_BELOW: tuple[int, ...] = (3, 1, 1)  # under each root, under each of those, under each of these
MORE_REPLIES = 10  # that "more replies" brings at once, each with a part of its own
BELOW_MORE = (2, 1)
SMALL_THREAD = 100  # comments; a thread up to this size shows every reply
ALL_BELOW = (SMALL_THREAD,) * DISPLAY_DEPTH
FOCUS_DEPTH = 4  # a permalink to a deeper comment shows its conversation from some way above it
SHOWN_ABOVE_FOCUS = 2
NEIGHBOURS_BEFORE, NEIGHBOURS_AFTER = 1, 2


@dataclass
class ThreadPage:
    """What `comments/_thread.html` shows."""

    article: Article
    sort: str
    total: int
    nodes: list[Node]
    paths: Paths
    path: str  # of the page it stands on
    part_path: str = field(default="", kw_only=True)  # of the parts that the page's script asks for
    viewer: Any = None
    liked: frozenset[int] = frozenset()
    previous_url: str | None = None
    next_url: str | None = None
    visit: Visit | None = None
    first_new_here: str = ""  # leads to the first comment that is new since the viewer's last visit
    focus_id: int | None = None
    whole_url: str | None = None  # of the whole thread, when the page shows one conversation of it
    here_url: str = ""  # this very page again
    composer: Composer | None = None
    sent_drafts: list[str] = field(default_factory=list)  # texts that the browser need not keep any longer
    featured_ids: frozenset[int] = frozenset()
    featured: list[ShownComment] = field(default_factory=list)  # shown above the first page
    is_open: bool = field(init=False)

    def __post_init__(self) -> None:
        """Ask once whether the thread is open."""
        self.is_open = self.article.takes_comments

    @property
    def is_member(self) -> bool:
        """Tell whether it is shown to somebody who is signed in."""
        return bool(viewer_id(self.viewer))

    @property
    def is_staff(self) -> bool:
        """Tell whether it is shown to a moderator of its site."""
        return self.is_member and bool(self.viewer.moderates(self.article.site_id))

    @property
    def sort_urls(self) -> list[tuple[str, str]]:
        """Return each sort's name and address."""
        return [(name, page_url(self.path, sort=name)) for name in SORTS]

    @property
    def overlay_url(self) -> str:
        """Return where the page's script finds what is personal; empty where every page is rendered for its reader.

        So it is behind a gate, which must not flash, and for moderators, whose buttons are on every comment.
        """
        if self.article.is_gated or (self.is_member and self.viewer.works_as("moderator")):
            return ""
        return article_path(self.article, "pages.overlay")

    @property
    def version_url(self) -> str:
        """Return where the page's script learns of new comments."""
        return article_path(self.article, "comments.version")

    @property
    def visit_url(self) -> str:
        """Return where a member's visit is noted; a GET there leads to the first comment that is new to them."""
        return article_path(self.article, "comments.visit")

    @property
    def hiding_url(self) -> str:
        """Return where a member hides the thread."""
        return article_path(self.article, "comments.hiding")

    @property
    def newest_url(self) -> str:
        """Return the address of the thread with its newest comments first."""
        return page_url(self.path, sort="newest")

    def fragment_url(self, url: str) -> str:
        """Return the address of the same part of the thread without the page around it."""
        part_path = self.part_path or article_path(self.article, "comments.thread")
        asked = url[len(self.path) :].removesuffix("#comments")[1:]
        return f"{part_path}{'&' if '?' in part_path else '?'}{asked}" if asked else part_path


@dataclass
class Slice:
    """Some roots in order, and the cursors that lead on from both ends."""

    roots: list[ShownComment]
    before: str | None = None
    after: str | None = None
    is_nearest: bool = False  # there is nothing where it was asked for


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
    thread = db.session.get(Thread, article.id)
    total = thread.comment_count if thread else 0
    page = ThreadPage(article, sort.name, total, [], paths, path, viewer, visit=visit_to(article, viewer_id(viewer)))
    way = _way_to(focus_id, article.id) if focus_id else []
    if len(way) > FOCUS_DEPTH + 1:
        tops, limits = [way[-1 - SHOWN_ABOVE_FOCUS]], REPLIES_BELOW
        page.whole_url = page_url(path, sort=sort.name)
    else:
        limits = ALL_BELOW if thread and thread.listed_count <= SMALL_THREAD else REPLIES_BELOW
        part = _slice(article.id, sort, after, before, way[0] if way else None)
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


def comment_paths() -> Paths:
    """Return the addresses of comments, asked of Flask once a page."""
    return Paths(url_for("comments.permalink", comment_id=0)[:-1], url_for("comments.profile", member_id=0)[:-1])


def page_url(path: str, **asked: str) -> str:
    """Return the address of a page of the thread, the first one under the usual order without any arguments."""
    wanted = "&".join(f"{name}={value}" for name, value in asked.items() if (name, value) != ("sort", "best"))
    glue = "&" if "?" in path else "?"
    return f"{path}{glue}{wanted}#comments" if wanted else f"{path}#comments"


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


def _slice(article_id: int, sort: Sort, after: str, before: str, first: ShownComment | None) -> Slice:
    """Return the first page of roots if `first` is on it, else one that begins with it; or one at a cursor."""
    size: int = current_app.config["BOARD"].thread_page_size
    if first is not None:
        at = sort.place(sort.cursor(first))
        earlier = reading.roots(article_id, sort, size, at, towards_start=True)
        is_far = len(earlier) == size
        found = reading.roots(article_id, sort, size + 1, at, is_inclusive=True)
        return _going_on(sort, found if is_far else earlier + found, size, is_far)
    back = sort.place(before)
    if back:
        found = reading.roots(article_id, sort, size + 1, back, towards_start=True)
        if len(found) > size:
            return Slice(found[1:], sort.cursor(found[1]), sort.cursor(found[-1]))
    at = None if back else sort.place(after)
    found = reading.roots(article_id, sort, size + 1, at)
    if not found and at:  # past the end: the last page is the nearest
        found = reading.roots(article_id, sort, size + 1, None, towards_start=True)
        return Slice(found[-size:], sort.cursor(found[-size]) if len(found) > size else None, is_nearest=True)
    return _going_on(sort, found, size, at is not None)


def _going_on(sort: Sort, found: list[ShownComment], size: int, has_before: bool) -> Slice:
    shown = found[:size]
    return Slice(
        shown,
        sort.cursor(shown[0]) if has_before and shown else None,
        sort.cursor(shown[-1]) if len(found) > size else None,
    )


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
