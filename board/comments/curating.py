"""What the staff does with a thread besides taking comments off it: lock a branch, feature comments, take likes back.

Each says what it changed, and each can be put back exactly. The caller commits.
"""

from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import aliased

from board.accounts.models import User
from board.comments.models import Comment, Reaction
from board.comments.ranking import wilson
from board.comments.threads import Thread
from board.extensions import db, table_of
from board.statements import insert_once

MAX_FEATURED = 5  # in one thread; the oldest makes room


def lock_branch(comment: Comment) -> bool:
    """Let nobody reply to the comment or below it any more; tell whether this call did it.

    Every comment of the branch is marked with the lock that closed it, so a reply asks only its parent. What has a lock
    of its own keeps that one.
    """
    Thread.change(comment.site_id, comment.article_id)
    db.session.refresh(comment, ["lock_id"])
    if comment.lock_id is not None:
        return False
    branch = _branch(comment.id)
    _set_lock(Comment.id.in_(branch) & Comment.lock_id.is_(None), comment.id)
    db.session.refresh(comment, ["lock_id"])
    return True


def unlock_branch(comment: Comment) -> bool:
    """Take the comment's own lock away; tell whether this call did it."""
    Thread.change(comment.site_id, comment.article_id)
    db.session.refresh(comment, ["lock_id"])
    if comment.lock_id != comment.id:
        return False
    _set_lock(Comment.id.in_(_branch(comment.id)) & (Comment.lock_id == comment.id), None)
    db.session.refresh(comment, ["lock_id"])
    return True


def _branch(comment_id: int) -> Select[int]:
    """Return the query for the comment and all below it."""
    reply = aliased(Comment)
    branch = select(Comment.id).where(Comment.id == comment_id).cte("branch", recursive=True)
    branch = branch.union_all(select(reply.id).where(reply.parent_id == branch.c.id))
    return select(branch.c.id)


def _set_lock(which: Any, lock_id: int | None) -> None:
    db.session.execute(
        update(Comment).where(which).values(lock_id=lock_id).execution_options(synchronize_session=False)
    )


def feature(comment: Comment) -> list[int] | None:
    """Show the comment above the thread; return which were featured before, or None if it was among them."""
    thread = _thread_of(comment)
    before = list(thread.featured_ids or [])
    if comment.id in before or comment.state != "published":
        return None
    thread.featured_ids = [comment.id, *before][:MAX_FEATURED]
    return before


def unfeature(comment: Comment) -> list[int] | None:
    """Show the comment above the thread no longer; return which were featured before, or None if it was not."""
    thread = _thread_of(comment)
    before = list(thread.featured_ids or [])
    if comment.id not in before:
        return None
    thread.featured_ids = [number for number in before if number != comment.id] or None
    return before


def feature_again(comment: Comment, before: list[int]) -> None:
    """Put the thread's featured comments back as they were."""
    _thread_of(comment).featured_ids = before or None


def _thread_of(comment: Comment) -> Thread:
    """Return the comment's thread, with its turn taken and its version grown."""
    Thread.change(comment.site_id, comment.article_id)
    db.session.refresh(comment, ["state"])
    return db.session.get_one(Thread, comment.article_id, populate_existing=True)


def reset_likes(comment: Comment) -> dict[str, Any] | None:
    """Take every like of the comment back; return what `give_back_likes` needs, or None if there was none."""
    Thread.change(comment.site_id, comment.article_id)
    db.session.refresh(comment, ["like_count", "imported_likes", "report_count"])
    if not comment.like_count:
        return None
    gone = delete(table_of(Reaction)).where(Reaction.comment_id == comment.id).returning(Reaction.user_id)
    before = {"imported": comment.imported_likes, "members": list(db.session.execute(gone).scalars())}
    comment.imported_likes = 0
    _count_likes(comment)
    return before


def give_back_likes(comment: Comment, before: dict[str, Any]) -> None:
    """Put likes back that were taken, besides those given since; who has left the site since gives none."""
    Thread.change(comment.site_id, comment.article_id)
    db.session.refresh(comment, ["like_count", "imported_likes", "report_count"])
    comment.imported_likes = before["imported"]
    for user_id in db.session.scalars(select(User.id).where(User.id.in_(before["members"]), User.active)).all():
        insert_once(Reaction, comment_id=comment.id, user_id=user_id, created_at=comment.created_at)
    _count_likes(comment)


def _count_likes(comment: Comment) -> None:
    members = db.session.scalar(select(func.count()).select_from(Reaction).where(Reaction.comment_id == comment.id))
    comment.like_count = comment.imported_likes + (members or 0)
    comment.rank = wilson(comment.like_count, comment.report_count)
