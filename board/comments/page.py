"""What a page of a thread shows, and the addresses that lead on from it."""

from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from board.articles.loading import article_path
from board.articles.models import Article
from board.comments.composer import Composer
from board.comments.models import viewer_id
from board.comments.reading import ShownComment
from board.comments.tree import Node, Paths
from board.comments.visits import Visit


@dataclass
class ThreadPage:
    """What a thread's page shows; `layout.py` makes HTML of it."""

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
    def overlay_url(self) -> str:
        """Return where the page's script finds what is personal; empty where every page is rendered for its reader.

        So it is in a frame; behind a gate, which must not flash; for moderators, whose buttons are on every comment.
        """
        if self.part_path or self.article.is_gated or (self.is_member and self.viewer.works_as("moderator")):
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

    def fragment_url(self, url: str) -> str:
        """Return the address of the same part of the thread without the page around it."""
        part_path = self.part_path or article_path(self.article, "comments.thread")
        asked = url[len(self.path) :].removesuffix("#comments")[1:]
        return f"{part_path}{'&' if '?' in part_path else '?'}{asked}" if asked else part_path


def comment_paths() -> Paths:
    """Return the addresses of comments, asked of Flask once a page."""
    return Paths(url_for("comments.permalink", comment_id=0)[:-1], url_for("comments.profile", member_id=0)[:-1])


def page_url(path: str, **asked: str) -> str:
    """Return the address of a page of the thread, the first one under the usual order without any arguments."""
    wanted = "&".join(f"{name}={value}" for name, value in asked.items() if (name, value) != ("sort", "best"))
    glue = "&" if "?" in path else "?"
    return f"{path}{glue}{wanted}#comments" if wanted else f"{path}#comments"
