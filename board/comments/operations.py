"""Post and edit: what concerns a comment together with its thread, its parent and its author."""

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.threads import Thread
from board.extensions import db
from board.markup import RENDERER_VERSION, MarkupError, normalise, render_comment
from board.screening import Earlier, Hold, Refuse, Submission, TextRefused, decide
from board.screening.deciding import MAX_LINKS_OF_NEWCOMERS, links_of_newcomers
from board.storage import insert_for, now

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
    latest = _latest_of(author)
    if any(comment.submission_key == submission_key for comment in latest):
        return _posted_before(author, submission_key)
    verdict = decide(
        Submission(
            author=author,
            source=source,
            html=html,
            is_thread_open=article.takes_comments,
            parent_takes_replies=place.parent_takes_replies,
            depth=place.depth,
            earlier=[Earlier(comment.body_source, comment.created_at) for comment in latest],
            per_minute=current_app.config["BOARD"].comments_per_minute,
        )
    )
    if isinstance(verdict, Refuse):
        db.session.rollback()
        raise TextRefused(verdict.reason, verdict.status)
    is_held = isinstance(verdict, Hold)
    written = {"body_source": source, "body_html": html, "renderer_version": RENDERER_VERSION}
    shown = {"state": "held" if is_held else "published", "is_listed": not is_held}
    comment_id = _insert(article, author, place, submission_key=submission_key, **written, **shown)
    if comment_id is None:
        return _posted_before(author, submission_key)
    if is_held:
        _uncount(article, place)
    return Posted(_load(Comment.id == comment_id), is_new=True)


def edit_comment(comment: Comment, body: str) -> bool:
    """Replace the comment's text; tell whether it changed. Raises TextRefused."""
    source, html = rendered(body)
    if comment.state == "published":
        _refuse_what_would_have_been_held(comment, source, html)
    return comment.edit(source, html)


def _refuse_what_would_have_been_held(comment: Comment, source: str, html: str) -> None:
    """Refuse to make of a first comment, once it is published, what would have waited for a moderator."""
    before = select(Comment).where(Comment.author_id == comment.author_id, Comment.id < comment.id).limit(1)
    earlier = [Earlier(first.body_source, first.created_at) for first in db.session.scalars(before)]
    if links_of_newcomers(Submission(comment.author, source, html, is_thread_open=True, earlier=earlier)):
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
    claim = (
        update(Comment)
        .where(Comment.id == parent.id)
        .values(
            reply_count=Comment.reply_count + 1,
            listed_reply_count=Comment.listed_reply_count + 1,
            descendant_count=Comment.descendant_count + int(parent.root_id is None),
        )
        .returning(Comment.reply_count, Comment.state)
    )
    reply_count, state = db.session.execute(claim.execution_options(synchronize_session=False)).one()
    if parent.root_id is not None:
        _count_in(parent.root_id, descendant_count=Comment.descendant_count + 1)
    return Place(parent.id, parent.root_id or parent.id, parent.depth + 1, reply_count - 1, state == "published")


def _uncount(article: Article, place: Place) -> None:
    """Take a held comment out of the counts of what is published; its ordinal stays taken."""
    Thread.change(article.site_id, article.id, comments=-1, listed=-1)
    if place.parent_id is not None and place.root_id is not None:
        _count_in(place.parent_id, listed_reply_count=Comment.listed_reply_count - 1)
        _count_in(place.root_id, descendant_count=Comment.descendant_count - 1)


def _count_in(comment_id: int, **counts: Any) -> None:
    counting = update(Comment).where(Comment.id == comment_id).values(**counts)
    db.session.execute(counting.execution_options(synchronize_session=False))


def _latest_of(author: User) -> list[Comment]:
    """Return the author's last comments, as many as a minute may hold."""
    latest = (
        select(Comment)
        .where(Comment.author_id == author.id)
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(current_app.config["BOARD"].comments_per_minute)
    )
    return list(db.session.scalars(latest))


def _insert(article: Article, author: User, place: Place, **values: object) -> int | None:
    """Store the comment; return its ID, or None if the author's key is there already."""
    insert = insert_for(db.engine.dialect.name)(Comment).values(
        site_id=article.site_id,
        article_id=article.id,
        author_id=author.id,
        parent_id=place.parent_id,
        root_id=place.root_id,
        depth=place.depth,
        ordinal=place.ordinal,
        created_at=now(),
        **values,
    )
    once = insert.on_conflict_do_nothing(index_elements=["author_id", "submission_key"]).returning(Comment.id)
    comment_id: int | None = db.session.scalar(once)
    return comment_id


def _posted_before(author: User, submission_key: str) -> Posted:
    """Undo what this try has claimed, and return what the first try made."""
    author_id = author.id
    db.session.rollback()
    return Posted(_load(Comment.author_id == author_id, Comment.submission_key == submission_key), is_new=False)


def _load(*which: object) -> Comment:
    query = select(Comment).where(*which).options(joinedload(Comment.article), joinedload(Comment.author))  # type: ignore[arg-type]
    return db.session.scalars(query.execution_options(populate_existing=True)).unique().one()
