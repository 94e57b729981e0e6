"""Sites, articles, their videos and pictures."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    DDL,
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from board.articles.videos import Still, still
from board.extensions import Model
from board.markup import RENDERER_VERSION
from board.storage import now

MAX_EXTERNAL_ID_CHARACTERS = 255
PRIMARY_SITE_ID = 1


SITE_MODES = ("first", "held", "closed")  # comments are published first; all wait for a moderator; none are taken
ARTICLE_MODES = ("site", "first", "held")  # "site": as its site does


class Site(Model):
    """A publication: its name, and the origins whose pages may show its threads."""

    __tablename__ = "site"
    __table_args__ = (CheckConstraint("comment_mode IN ('first', 'held', 'closed')", name="comment_mode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    language: Mapped[str] = mapped_column(String(20), default="")  # of its pages and mails; empty: the operator's
    comment_mode: Mapped[str] = mapped_column(String(10), default="first")
    rules_version: Mapped[int] = mapped_column(default=0)  # of its screening rules; grows with each change of them
    lessons_version: Mapped[int] = mapped_column(default=0)  # of what its moderators' decisions have taught

    @property
    def is_primary(self) -> bool:
        """Tell whether this is the site whose pages need no `?site=`."""
        return self.id == PRIMARY_SITE_ID


# The primary site is inserted by its number, so PostgreSQL's own numbers begin behind it.
event.listen(
    Site.__table__,
    "after_create",
    DDL("ALTER SEQUENCE site_id_seq START WITH 2 RESTART WITH 2").execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call]
)


class Picture(Model):
    """An uploaded picture, made anew by us and served at `/media/<sha256>`, never from elsewhere."""

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    content_type: Mapped[str] = mapped_column(String(30))
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class CommentTimes:
    """When an article takes comments: for the stored article, and for the few columns of it that a hot path reads."""

    comments: Any
    comment_mode: Any
    published_at: Any
    comments_close_after_days: Any

    @property
    def site_mode(self) -> str:
        """Return its site's mode."""
        raise NotImplementedError

    @property
    def comments_close_at(self) -> datetime | None:
        """Return when the thread closes by itself, if it does."""
        if self.comments_close_after_days is None:
            return None
        end: datetime = self.published_at + timedelta(days=self.comments_close_after_days)
        return end

    @property
    def takes_comments(self) -> bool:
        """Tell whether new comments, replies and reactions are accepted now."""
        closes = self.comments_close_at
        is_open = self.comments == "open" and self.site_mode != "closed"
        return bool(is_open and (closes is None or now() < closes))

    @property
    def holds_all(self) -> bool:
        """Tell whether every new comment waits for a moderator."""
        return bool((self.site_mode if self.comment_mode == "site" else self.comment_mode) == "held")


class Article(Model, CommentTimes):
    """One article of a publisher, known by the publisher's own ID."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        CheckConstraint("gate IN ('open', 'email', 'members')", name="gate"),
        CheckConstraint("comments IN ('open', 'closed')", name="comments"),
        CheckConstraint("comment_mode IN ('site', 'first', 'held')", name="comment_mode"),
        Index("ix_article_site_published", "site_id", "published_at", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    external_id: Mapped[str] = mapped_column(String(MAX_EXTERNAL_ID_CHARACTERS))
    title: Mapped[str] = mapped_column(String(300))
    standfirst: Mapped[str] = mapped_column(Text, default="")
    byline: Mapped[str] = mapped_column(String(200), default="")
    section: Mapped[str] = mapped_column(String(80), default="")  # as in "Reviews": a ballot can be on all of one
    published_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    url: Mapped[str] = mapped_column(String(2000), default="")  # the publisher's own page, if it has one
    body_source: Mapped[str] = mapped_column(Text, default="")
    body_blocks: Mapped[list[str]] = mapped_column(JSON, default=list)  # safe HTML, one block each, made on write
    renderer_version: Mapped[int] = mapped_column(default=0)
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    picture_alt: Mapped[str] = mapped_column(String(300), default="")
    trailer_url: Mapped[str] = mapped_column(String(2000), default="")
    gate: Mapped[str] = mapped_column(String(10), default="open")
    gate_after_blocks: Mapped[int] = mapped_column(default=2)  # blocks of the body that everybody reads
    comments: Mapped[str] = mapped_column(String(10), default="open")
    comment_mode: Mapped[str] = mapped_column(String(10), default="site")
    comments_close_after_days: Mapped[int | None]
    # The article that this one's ID leads to, once their threads are one (comments/merging.py).
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)

    site: Mapped[Site] = relationship(lazy="joined")
    picture: Mapped[Picture | None] = relationship()
    videos: Mapped[list["Video"]] = relationship(
        order_by="Video.position", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def site_mode(self) -> str:
        """Return its site's mode."""
        return self.site.comment_mode

    def write_body(self, source: str, blocks: list[str]) -> None:
        """Take a new text: its Markdown, and the safe blocks that `board.markup` made of it."""
        if source != self.body_source or self.renderer_version != RENDERER_VERSION:
            self.body_source, self.body_blocks, self.renderer_version = source, blocks, RENDERER_VERSION

    @property
    def free_blocks(self) -> list[str]:
        """Return the blocks of the body that everybody reads; a gate withholds at least the last one."""
        if self.gate == "open":
            return self.body_blocks
        return self.body_blocks[:-1][: self.gate_after_blocks]

    @property
    def is_gated(self) -> bool:
        """Tell whether part of the body is only for those who pass the gate."""
        return len(self.free_blocks) < len(self.body_blocks)

    @property
    def trailer(self) -> Still | None:
        """Return the trailer under the article, if it has one."""
        return still(self.trailer_url, str(_("Trailer"))) if self.trailer_url else None

    @property
    def stills(self) -> list[Still]:
        """Return the videos in the article's rail."""
        return [still(video.url, video.title) for video in self.videos]

    def can_be_managed_by(self, user: Any) -> bool:
        """Editors of the site and admins manage its articles."""
        return bool(user.is_authenticated and user.edits(self.site_id))


class Video(Model):
    """A video in the article's rail: a link to its page, shown as a still until pressed."""

    __tablename__ = "article_video"
    __table_args__ = (Index("ix_article_video_article", "article_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    url: Mapped[str] = mapped_column(String(2000))
    title: Mapped[str] = mapped_column(String(200), default="")
