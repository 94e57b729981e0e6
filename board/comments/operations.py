"""Post and edit: what concerns a comment together with its thread, its parent and its author."""

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Executable, bindparam, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from board.accounts.models import User
from board.articles.models import Article
from board.audit import fingerprint, record
from board.comments.lately import before_editing, before_posting
from board.comments.models import Comment
from board.comments.text_keys import text_key
from board.comments.threads import Thread
from board.extensions import as_loaded, db, table_of
from board.markup import RENDERER_VERSION, MarkupError, normalise, render_comment
from board.screening import (
    GuidelinesUnread,
    Hold,
    MayBreakRules,
    Refuse,
    Submission,
    TextRefused,
    Verdict,
    decide,
    decide_by_rules,
)
from board.screening.likeness import likeness_of
from board.screening.questions import note_questions
from board.screening.rules import Rules
from board.screening.submissions import Lately, merged
from board.screening.taught import model_of, rules_of
from board.statements import prepared
from board.storage import insert_for, now

# What every new comment begins with, besides what it says and where it stands.
NEW_COMMENT: dict[str, Any] = {
    **dict.fromkeys(("edited_at", "source", "source_id", "lock_id")),
    **dict.fromkeys(("removal_reason", "removal_note"), ""),
    **dict.fromkeys(("like_count", "imported_likes", "report_count", "report_weight"), 0),
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
    article: Article,
    author: User,
    body: str,
    parent: Comment | None = None,
    key: str | None = None,
    *,
    has_read: bool = True,
    is_sure: bool = True,
) -> Posted:
    """Screen the text and store it once for its `key`, whatever is pressed or sent twice at the same time.

    `key` is what the form carried; without it the same text in the same place within ten minutes is a retry.
    `has_read`: the author was shown the guidelines; `is_sure`: and what may break the rules. Raises TextRefused, with
    nothing changed. The caller commits.
    """
    source, html = rendered(body)
    submission_key = make_submission_key(article, source, parent, key)
    rules, likeness = rules_of(article.site), likeness_of(html)
    place = _claim_place(article, parent)
    lately, has_posted_this = before_posting(article, author, rules, likeness, submission_key)
    if has_posted_this:
        return _posted_before(author, submission_key)
    verdict = decide(
        Submission(
            author=author,
            source=source,
            html=html,
            is_thread_open=article.takes_comments,
            parent_takes_replies=place.parent_takes_replies,
            depth=place.depth,
            per_minute=current_app.config["BOARD"].comments_per_minute,
            **_as_things_stand(article, rules, lately),
        )
    )
    _turn_back(verdict, rules, is_unread=not has_read and lately.latest_source is None, is_sure=is_sure)
    written = {"body_source": source, "body_html": html, "renderer_version": RENDERER_VERSION, "likeness": likeness}
    decided = _as_decided(verdict, source)
    comment = _insert_comment(article, author, place, submission_key=submission_key, **written, **decided)
    if comment is None:
        return _posted_before(author, submission_key)
    if isinstance(verdict, Hold):
        _uncount(article, place)
        record("comment.held", comment, after={"state": "held", "reasons": decided["hold_reasons"]})
    note_questions(rules, comment.id)
    return Posted(comment, is_new=True)


def edit_comment(comment: Comment, body: str, *, is_sure: bool = True) -> bool:
    """Replace the comment's text, through the same steps as a new one; tell whether it changed. Raises TextRefused.

    A published comment that would have been held is held now. The caller commits.
    """
    source, html = rendered(body)
    if source == comment.body_source:
        return False
    rules, author = rules_of(comment.article.site), comment.author
    lately = before_editing(comment, rules, likeness_of(html))
    facts = _as_things_stand(comment.article, rules, lately)
    verdict = decide_by_rules(Submission(author, source, html, is_thread_open=True, **facts))
    if isinstance(verdict, Refuse):
        raise TextRefused(verdict.reason, verdict.status)
    if not is_sure and comment.state == "published":
        _nudge(verdict, rules)
    before = _in_short(comment)
    if not comment.edit(source, html):
        return False
    record("comment.edited", comment, by=author, before=before, after=_in_short(comment))
    if isinstance(verdict, Hold):
        reasons = merged(comment.hold_reasons if comment.state == "held" else None, verdict.kept())
        if not hold_comment(comment, reasons, by=author):
            comment.hold_reasons = reasons
    note_questions(rules, comment.id)
    return True


def delete_comment(comment: Comment) -> bool:
    """Delete what its author does not want to have said; tell whether anything changed."""
    before = {"state": comment.state}
    if not comment.delete():
        return False
    record("comment.deleted", comment, by=comment.author, before=before, after={"state": comment.state})
    return True


def _in_short(comment: Comment) -> dict[str, Any]:
    """Return what the log keeps of a text: nothing that could be read."""
    return {"text": fingerprint(comment.body_source), "characters": len(comment.body_source)}


def hold_comment(comment: Comment, reasons: list[dict[str, Any]], *, by: User | None = None) -> bool:
    """Take a published comment off the page until a moderator decides; tell whether this call did it."""
    if not comment.hold(reasons):
        return False
    record("comment.held", comment, by=by, before={"state": "published"}, after={"state": "held", "reasons": reasons})
    return True


def _as_things_stand(article: Article, rules: Rules, lately: Lately) -> dict[str, Any]:
    """Return what the site's steps look at besides the text."""
    return {
        "latest_source": lately.latest_source,
        "count_in_last_minute": lately.count_in_last_minute,
        "published_count": lately.published_count,
        "count_in_ten_minutes": lately.count_in_ten_minutes,
        "copies": lately.copies,
        "account_age": now() - lately.member_since if lately.member_since else None,
        "rules": rules,
        "model": model_of(article.site) if rules.is_on("learnt") else None,
        "holds_all": article.holds_all,
        "site_id": article.site_id,
    }


def _turn_back(verdict: Verdict, rules: Rules, *, is_unread: bool, is_sure: bool) -> None:
    """Raise why the text is not stored now, if it is not. `is_unread`: a first text, and the guidelines not seen."""
    if isinstance(verdict, Refuse):
        db.session.rollback()
        raise TextRefused(verdict.reason, verdict.status)
    if is_unread and rules.text("guidelines"):
        db.session.rollback()
        raise GuidelinesUnread(_("Before your first comment, please read our guidelines. Then post it."))
    if not is_sure:
        _nudge(verdict, rules)


def _as_decided(verdict: Verdict, source: str) -> dict[str, Any]:
    """Return what the verdict makes of a new comment."""
    if isinstance(verdict, Hold):
        held = {"state": "held", "is_listed": False}
        return held | {"text_key": text_key(source), "hold_reasons": verdict.kept()}
    return {"state": "published", "is_listed": True, "text_key": None, "hold_reasons": None}


def _nudge(verdict: Verdict, rules: Rules) -> None:
    """Tell the author what may break the rules, where the site wants that and they could mend it."""
    if isinstance(verdict, Hold) and verdict.advice and rules.is_on("nudge"):
        db.session.rollback()
        raise MayBreakRules(_("This may break our rules. Change it, or post it anyway."), verdict.advice)


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
    reply_count, state, lock_id = _count_replies.one(**counts)
    if parent.root_id is not None:
        _count_below(parent.root_id, 1)
    takes_replies = state == "published" and lock_id is None
    return Place(parent.id, parent.root_id or parent.id, parent.depth + 1, reply_count - 1, takes_replies)


def _uncount(article: Article, place: Place) -> None:
    """Take a held comment out of the counts of what is published; its ordinal stays taken."""
    Thread.change(article.site_id, article.id, comments=-1, listed=-1)
    if place.parent_id is not None and place.root_id is not None:
        uncounted = {"comment": place.parent_id, "replies": 0, "listed": -1, "below": 0}
        _count_replies.run(**uncounted)
        _count_below(place.root_id, -1)


def _count_below(root_id: int, step: int) -> None:
    counts = {"comment": root_id, "replies": 0, "listed": 0, "below": step}
    _count_replies.run(**counts)


@prepared
def _count_replies(_dialect: str) -> ReturningUpdate[int, str, int | None]:
    """Count what was posted below a comment."""
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
    comment_id = _insert.scalar(**values)
    if comment_id is None:
        return None
    comment = as_loaded(Comment, {"id": comment_id, **values})
    set_committed_value(comment, "article", article)
    set_committed_value(comment, "author", author)
    return comment


@prepared
def _insert(dialect: str) -> Executable:
    """Store a comment; the columns are those of the values that this is sent with."""
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
