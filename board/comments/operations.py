"""Post and edit: what concerns a comment together with its thread, its parent and its author."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Executable, Select, bindparam, exists, func, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.text_keys import text_key
from board.comments.threads import Thread
from board.extensions import as_loaded, db, table_of
from board.markup import RENDERER_VERSION, MarkupError, normalise, render_comment
from board.screening import Hold, Refuse, Submission, TextRefused, decide
from board.screening.deciding import MAX_LINKS_OF_NEWCOMERS, links_of_newcomers
from board.storage import BigId, insert_for, now

A_MINUTE = timedelta(minutes=1)
# What every new comment begins with, besides what it says and where it stands.
NEW_COMMENT: dict[str, Any] = {
    **dict.fromkeys(("edited_at", "source", "source_id", "lock_id")),
    **dict.fromkeys(("removal_reason", "removal_note"), ""),
    **dict.fromkeys(("like_count", "imported_likes", "report_count"), 0),
    **dict.fromkeys(("reply_count", "listed_reply_count", "descendant_count"), 0),
    "rank": 0.0,
}
RETRY_MINUTES = 10  # without a form's key, the same text in the same place is a retry for this long


@dataclass(frozen=True)
class Posted:
    """The comment, and whether this call made it or an earlier one with the same key."""

    comment: Comment
    is_new: bool


@dataclass(frozen=True)
class Place:
    """Where in the tree a new comment hangs, claimed: nobody else gets the same ordinal."""

    parent_id: int | None
    root_id: int | None
    depth: int
    ordinal: int
    parent_takes_replies: bool = True


def post_comment(
    article: Article, author: User, body: str, parent: Comment | None = None, key: str | None = None
) -> Posted:
    """Screen the text and store it once for its `key`, whatever is pressed or sent twice at the same time.

    `key` is what the form carried; without it the same text in the same place within ten minutes is a retry. Raises
    TextRefused, with nothing changed. The caller commits.
    """
    source, html = rendered(body)
    submission_key = make_submission_key(article, source, parent, key)
    place = _claim_place(article, parent)
    lately = _author_lately(author, submission_key)
    if lately.has_posted_this:
        return _posted_before(author, submission_key)
    verdict = decide(
        Submission(
            author=author,
            source=source,
            html=html,
            is_thread_open=article.takes_comments,
            parent_takes_replies=place.parent_takes_replies,
            depth=place.depth,
            latest_source=lately.latest_source,
            count_in_last_minute=lately.count_in_last_minute,
            per_minute=current_app.config["BOARD"].comments_per_minute,
        )
    )
    if isinstance(verdict, Refuse):
        db.session.rollback()
        raise TextRefused(verdict.reason, verdict.status)
    is_held = isinstance(verdict, Hold)
    written: dict[str, Any] = {"body_source": source, "body_html": html, "renderer_version": RENDERER_VERSION}
    shown = {"state": "held" if is_held else "published", "is_listed": not is_held}
    written["text_key"] = text_key(source) if is_held else None
    comment = _insert_comment(article, author, place, submission_key=submission_key, **written, **shown)
    if comment is None:
        return _posted_before(author, submission_key)
    if is_held:
        _uncount(article, place)
    return Posted(comment, is_new=True)


def edit_comment(comment: Comment, body: str) -> bool:
    """Replace the comment's text; tell whether it changed. Raises TextRefused."""
    source, html = rendered(body)
    if comment.state == "published":
        _refuse_what_would_have_been_held(comment, source, html)
    return comment.edit(source, html)


def _refuse_what_would_have_been_held(comment: Comment, source: str, html: str) -> None:
    """Refuse to make of a first comment, once it is published, what would have waited for a moderator."""
    before = select(Comment.body_source).where(Comment.author_id == comment.author_id, Comment.id < comment.id).limit(1)
    earlier = db.session.scalar(before)
    if links_of_newcomers(Submission(comment.author, source, html, is_thread_open=True, latest_source=earlier)):
        raise TextRefused(_("A first comment can have at most %(n)d links. Take some out.", n=MAX_LINKS_OF_NEWCOMERS))


def rendered(body: str) -> tuple[str, str]:
    """Return the text as it is stored and its safe HTML. Raises TextRefused with what to mend."""
    source = normalise(body)
    try:
        return source, render_comment(source)
    except MarkupError as error:
        raise TextRefused(str(error)) from error


def make_submission_key(article: Article, source: str, parent: Comment | None, key: str | None) -> str:
    """Return what two sendings of the same form have in common, and two comments never have."""
    minted = key or f"bucket {int(now().timestamp()) // (RETRY_MINUTES * 60)}"
    parts = (minted[:100], str(article.id), str(parent.id if parent else 0), source)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _claim_place(article: Article, parent: Comment | None) -> Place:
    """Take the thread's turn and the next ordinal, counted as published; what is read after this is present."""
    root_count = Thread.change(article.site_id, article.id, comments=1, listed=1, roots=0 if parent else 1)
    if parent is None:
        return Place(None, None, 0, root_count - 1)
    counts = {"comment": parent.id, "replies": 1, "listed": 1, "below": int(parent.root_id is None)}
    reply_count, state, lock_id = db.session.connection().execute(_count_replies(), counts).one()
    if parent.root_id is not None:
        _count_below(parent.root_id, 1)
    takes_replies = state == "published" and lock_id is None
    return Place(parent.id, parent.root_id or parent.id, parent.depth + 1, reply_count - 1, takes_replies)


def _uncount(article: Article, place: Place) -> None:
    """Take a held comment out of the counts of what is published; its ordinal stays taken."""
    Thread.change(article.site_id, article.id, comments=-1, listed=-1)
    if place.parent_id is not None and place.root_id is not None:
        uncounted = {"comment": place.parent_id, "replies": 0, "listed": -1, "below": 0}
        db.session.connection().execute(_count_replies(), uncounted)
        _count_below(place.root_id, -1)


def _count_below(root_id: int, step: int) -> None:
    counts = {"comment": root_id, "replies": 0, "listed": 0, "below": step}
    db.session.connection().execute(_count_replies(), counts)


@cache
def _count_replies() -> ReturningUpdate[int, str, int | None]:
    """Build the update once, on the table, as all statements of a post."""
    comment = Comment.__table__.c
    return (
        update(table_of(Comment))
        .where(comment.id == bindparam("comment"))
        .values(
            reply_count=comment.reply_count + bindparam("replies"),
            listed_reply_count=comment.listed_reply_count + bindparam("listed"),
            descendant_count=comment.descendant_count + bindparam("below"),
        )
        .returning(comment.reply_count, comment.state, comment.lock_id)
    )


@dataclass(frozen=True)
class Lately:
    """What screening asks about the author, as it is once the thread's turn is taken."""

    latest_source: str | None  # None: this would be the author's first comment
    count_in_last_minute: int
    has_posted_this: bool


def _author_lately(author: User, submission_key: str) -> Lately:
    """Return what the author has posted of late, in one query."""
    per_minute = current_app.config["BOARD"].comments_per_minute
    values = {"author": author.id, "key": submission_key, "since": now() - A_MINUTE, "most": per_minute}
    return Lately(*db.session.connection().execute(_lately_query(), values).one())


@cache
def _lately_query() -> Select[Any]:
    comment = Comment.__table__.c
    own = comment.author_id == bindparam("author", type_=BigId)
    latest = select(comment.body_source).where(own).order_by(comment.created_at.desc(), comment.id.desc()).limit(1)
    recent = select(comment.id).where(own, comment.created_at > bindparam("since")).limit(bindparam("most"))
    this = select(comment.id).where(own, comment.submission_key == bindparam("key"))
    count = select(func.count()).select_from(recent.subquery())
    return select(latest.scalar_subquery(), count.scalar_subquery(), exists(this))


def _insert_comment(article: Article, author: User, place: Place, **values: Any) -> Comment | None:
    """Store the comment and return it; None if the author's key is there already."""
    values |= {
        **NEW_COMMENT,
        "site_id": article.site_id,
        "article_id": article.id,
        "author_id": author.id,
        "parent_id": place.parent_id,
        "root_id": place.root_id,
        "depth": place.depth,
        "ordinal": place.ordinal,
        "created_at": now(),
    }
    comment_id = db.session.connection().scalar(_insert(db.engine.dialect.name), values)
    if comment_id is None:
        return None
    comment = as_loaded(Comment, {"id": comment_id, **values})
    set_committed_value(comment, "article", article)
    set_committed_value(comment, "author", author)
    return comment


@cache
def _insert(dialect: str) -> Executable:
    """Build the insert once; its columns are those of the values that it is executed with."""
    once = insert_for(dialect)(Comment.__table__).on_conflict_do_nothing(index_elements=["author_id", "submission_key"])
    inserted: Executable = once.returning(Comment.__table__.c.id)
    return inserted


def _posted_before(author: User, submission_key: str) -> Posted:
    """Undo what this try has claimed, and return what the first try made."""
    author_id = author.id
    db.session.rollback()
    return Posted(_load(Comment.author_id == author_id, Comment.submission_key == submission_key), is_new=False)


def _load(*which: object) -> Comment:
    query = select(Comment).where(*which).options(joinedload(Comment.article), joinedload(Comment.author))  # type: ignore[arg-type]
    return db.session.scalars(query.execution_options(populate_existing=True)).unique().one()
