"""Decide on comments, one or many at once, and undo it: each change with its log entry, in one transaction.

Every decision of the house comes through here, from the desk, an article's page or a member's record, so that all of
them can be undone, and no comment is decided twice: `seen` says what a moderator knew when they pressed, and what
somebody else has decided since is left alone and told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload, lazyload, load_only

from board import audit, outbox
from board.access import Refused
from board.accounts.models import User
from board.accounts.reach import Reach
from board.articles.models import Article
from board.comments.models import Comment, Thread
from board.extensions import db
from board.moderation.batches import DecisionBatch, DecisionItem
from board.moderation.deeds import DEEDS, Decision, Deed
from board.storage import now

UNDO_SECONDS = 10  # for which a decision's undo stays in sight
UNDO_WITHIN = timedelta(hours=24)  # afterwards, comments are put back one by one
MAIL_WAITS = timedelta(seconds=UNDO_SECONDS + 2)  # so that nobody hears of what was undone at once
MAX_AT_ONCE = 500  # comments in one press, so that writers wait a second at most
PROOF_ABOVE = 50  # comments in one press that need a fresh proof of who presses
# Of an article; the rest, its text above all, is loaded when its comments are closed.
TO_DECIDE = (Article.site_id, Article.external_id, Article.title, Article.comments)


@dataclass(frozen=True)
class Missed:
    """A comment that was left as it is: it is their own, or somebody has decided since, or there was nothing to do."""

    comment_id: int
    item: DecisionItem | None = None
    is_own: bool = False


@dataclass
class Batch:
    """What came of one press."""

    act: str
    record: DecisionBatch | None = None  # None: nothing was changed
    done: list[int] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)


def decide(
    comments: Iterable[Comment],
    act: str,
    by: User,
    *,
    reason: str = "",
    note: str = "",
    seen: Mapping[int, int] | None = None,
) -> Batch:
    """Do the act to each of the comments; leave their own alone, and what somebody has decided since `seen`: say so.

    `seen` has, for each comment's ID, the ID of the latest decision on it that the moderator was shown (0: none). The
    caller has loaded the comments within the moderator's reach, and commits.
    """
    deed, decision = DEEDS[act], Decision(by, reason, note)
    batch = Batch(act)
    present = _of_others(_take_turns(comments), by, batch)
    later = _later_than(seen or {})
    record = DecisionBatch(act=act, by_id=by.id, reason=reason, note=note)
    for comment in _one_for_each_article(present) if deed.is_of_article else present:
        if comment.id in later:
            batch.missed.append(Missed(comment.id, later[comment.id]))
            continue
        before = _facts(comment)
        change = deed.do(comment, decision)
        if change is None:
            batch.missed.append(Missed(comment.id, latest_items([comment.id]).get(comment.id)))
            continue
        if batch.record is None:
            db.session.add(record)
            db.session.flush()
            batch.record = record
        _keep(record, comment, deed, decision, {**change, "log": before})
        batch.done.append(comment.id)
    record.count = len(batch.done)
    return batch


def undo(record: DecisionBatch, by: User, within: Reach) -> Batch:
    """Put back what the decision changed; leave alone what was changed since, and say so. Twice has one effect.

    Of a decision that reaches further than the moderator, their part is put back; the rest can still be. Raises
    Refused when it is too late.
    """
    if now() - record.decided_at > UNDO_WITHIN:
        raise Refused(_("This was decided more than a day ago. Put the comments back one by one."))
    batch = Batch(record.act, record)
    items = _items_of(record, within)
    chosen = db.session.scalars(_comments([item.comment_id for item in items])).unique()
    comments = {comment.id: comment for comment in _take_turns(chosen)}
    if comments and all(comment.is_written_by(by) for comment in comments.values()):
        batch.missed = [Missed(comment_id, is_own=True) for comment_id in comments]
        return batch  # and others can still undo it
    if not _is_claimed(record, by, within):
        return batch
    latest = latest_items(comments)
    for item in items:
        comment, last = comments[item.comment_id], latest.get(item.comment_id)
        is_untouched = last is not None and last.id == item.id and comment.state == item.after["state"]
        if comment.is_written_by(by):
            batch.missed.append(Missed(comment.id, is_own=True))
        elif is_untouched and _put_back(DEEDS[record.act], comment, item, by):
            batch.done.append(comment.id)
        else:
            batch.missed.append(Missed(comment.id, last if last and last.id != item.id else None))
    return batch


def _is_claimed(record: DecisionBatch, by: User, within: Reach) -> bool:
    """Note that the decision is undone, if all that is left of it is within reach; tell whether nobody did before."""
    left = select(DecisionItem.id).where(DecisionItem.batch_id == record.id, DecisionItem.undone_at.is_(None))
    if db.session.scalar(left.where(~within.covers(DecisionItem.site_id)).limit(1)):
        return record.undone_at is None
    claim = update(DecisionBatch).where(DecisionBatch.id == record.id, DecisionBatch.undone_at.is_(None))
    claimed = db.session.execute(claim.values(undone_at=now(), undone_by_id=by.id))
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def latest_items(comment_ids: Iterable[int]) -> dict[int, DecisionItem]:
    """Return the latest decision on each of the comments that was not undone, with who decided."""
    latest = (
        select(func.max(DecisionItem.id))
        .where(DecisionItem.comment_id.in_(list(comment_ids)), DecisionItem.undone_at.is_(None))
        .group_by(DecisionItem.comment_id)
    )
    query = select(DecisionItem).where(DecisionItem.id.in_(latest))
    query = query.options(joinedload(DecisionItem.batch).joinedload(DecisionBatch.by))
    return {item.comment_id: item for item in db.session.scalars(query).unique()}


def _of_others(comments: Sequence[Comment], by: User, batch: Batch) -> list[Comment]:
    """Return the comments that others wrote: nobody decides on their own (docs/decisions/0041)."""
    batch.missed += [Missed(comment.id, is_own=True) for comment in comments if comment.is_written_by(by)]
    return [comment for comment in comments if not comment.is_written_by(by)]


def _take_turns(comments: Iterable[Comment]) -> list[Comment]:
    """Wait for the threads' other changes, always in the same order, and return the comments as those left them."""
    chosen = list(comments)
    for article_id, site_id in sorted({(comment.article_id, comment.site_id) for comment in chosen}):
        Thread.change(site_id, article_id)
    present = _comments([comment.id for comment in chosen]).execution_options(populate_existing=True)
    return list(db.session.scalars(present).unique())


def _comments(ids: Sequence[int]) -> Select[Comment]:
    with_page = (
        joinedload(Comment.author),
        joinedload(Comment.article).options(load_only(*TO_DECIDE), joinedload(Article.site), lazyload(Article.videos)),
    )
    return select(Comment).where(Comment.id.in_(ids)).options(*with_page).order_by(Comment.id)


def _one_for_each_article(comments: Sequence[Comment]) -> list[Comment]:
    return list({comment.article_id: comment for comment in reversed(comments)}.values())[::-1]


def _later_than(seen: Mapping[int, int]) -> dict[int, DecisionItem]:
    latest = latest_items(seen)
    return {comment_id: item for comment_id, item in latest.items() if item.id > seen[comment_id]}


def _items_of(record: DecisionBatch, within: Reach) -> list[DecisionItem]:
    query = select(DecisionItem).where(DecisionItem.batch_id == record.id, within.covers(DecisionItem.site_id))
    return list(db.session.scalars(query.where(DecisionItem.undone_at.is_(None)).order_by(DecisionItem.id)))


def _keep(record: DecisionBatch, comment: Comment, deed: Deed, decision: Decision, change: dict[str, Any]) -> None:
    """Write down what was changed: for the undoing, for the log, for the author."""
    before = change.pop("log")
    places = {"site_id": comment.site_id, "article_id": comment.article_id, "comment_id": comment.id}
    after = _facts(comment)
    db.session.add(DecisionItem(batch_id=record.id, **places, before=change, after={"state": comment.state}))
    was, is_now = {**before, "vouched": False}, {**after, "vouched": bool(change.get("vouched"))}
    _log(deed.done, comment, was, is_now, by=decision.by, reason=decision.reason, note=decision.note)
    if deed.tell:
        with outbox.waiting(_tag(record.id, comment.id), MAIL_WAITS):
            deed.tell(comment, decision, change)


def _put_back(deed: Deed, comment: Comment, item: DecisionItem, by: User) -> bool:
    before = _facts(comment)
    if not deed.undo(comment, item.before, by):
        return False
    item.undone_at = now()
    _log(deed.undone, comment, before, _facts(comment), by=by)
    outbox.take_back(_tag(item.batch_id, comment.id))
    if deed.tell_undone:
        deed.tell_undone(comment, by)
    return True


def _tag(batch_id: int, comment_id: int) -> str:
    return f"decision {batch_id} {comment_id}"


def _facts(comment: Comment) -> dict[str, Any]:
    """Return what a decision may change, for the log."""
    thread = db.session.get_one(Thread, comment.article_id)
    return {
        "state": comment.state,
        "reports": comment.report_count,
        "likes": comment.like_count,
        "locked": comment.lock_id == comment.id,
        "featured": comment.id in (thread.featured_ids or []),
        "comments": comment.article.comments,
    }


def _log(action: str, comment: Comment, before: dict[str, Any], after: dict[str, Any], **more: Any) -> None:
    """Log the act with what it changed."""
    changed = [name for name in after if before[name] != after[name]]
    audit.record(
        action,
        comment,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        **more,
    )
