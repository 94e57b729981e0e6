"""What a moderator can do to a comment, each deed with its way back.

`do` changes the comment and returns what `undo` will need, or None if there was nothing to do; `undo` tells whether it
could. Whoever calls them has taken the thread's turn and seen the comment as it is: see `decisions.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from board.articles.operations import edit_article
from board.comments import curating
from board.comments.models import Comment
from board.extensions import db
from board.moderation.batches import DecisionBatch, DecisionItem
from board.moderation.newcomers import is_new_member, take_back_vouching, vouch
from board.moderation.notices import move_notices
from board.moderation.reporters import move_reports
from board.moderation.statements import lost_appeal, reinstate, tell_author, withdraw
from board.screening.learning import learn, unlearn

Before = dict[str, Any]


@dataclass(frozen=True)
class Decision:
    """Who decides, and why."""

    by: Any
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Deed:
    """One kind of decision: the log's name for it and for its undoing, and how each is done."""

    done: str
    undone: str
    do: Callable[[Comment, Decision], Before | None]
    undo: Callable[[Comment, Before, Any], bool]  # the last is who undoes it
    tell: Callable[[Comment, Decision, Before], None] | None = None  # the author hears of it …
    tell_undone: Callable[[Comment, Any], None] | None = None  # … and of its undoing
    needs_reason: bool = False
    is_of_article: bool = False  # of several comments of one article, one stands for all


def remove(comment: Comment, decision: Decision) -> Before | None:
    """Take the comment off the page, and uphold the reports about it."""
    before: Before = {"state": comment.state, "is_listed": comment.is_listed}
    if not comment.remove(decision.reason, decision.note):
        return None
    learn(comment, is_bad=True)
    return {**before, **settle(comment, "upheld")}


def undo_remove(comment: Comment, before: Before, _by: Any) -> bool:
    """Bring the comment back as it was, published or held, and let the reports wait again."""
    is_back = comment.hold_again() if before["state"] == "held" else comment.state == "removed" and comment.restore()
    if is_back:
        unlearn(comment)
        unsettle(comment, "upheld", before)
    return is_back


def approve(comment: Comment, _decision: Decision) -> Before | None:
    """Publish what was held, dismiss what was reported, and take a newcomer for no newcomer any more.

    What a newcomer has published can be let stand once even if another comment has vouched for them meanwhile: on the
    page it may still be there to be seen, and is then done with.
    """
    before: Before = {"state": comment.state}
    was_held = comment.state == "held" and comment.restore()
    if comment.state != "published":
        return None
    settled = settle(comment, "dismissed")
    is_newcomers = is_new_member(comment.author)
    vouched = is_newcomers and vouch(comment)
    is_news = was_held or vouched or any(settled.values())
    if not is_news and (not is_newcomers or is_let_stand(comment)):
        return None
    learn(comment, is_bad=False)
    return {**before, **settled, "vouched": vouched}


def is_let_stand(comment: Comment) -> bool:
    """Tell whether a moderator has let the comment stand, and nobody took that back."""
    approved = select(DecisionItem.id).join(DecisionItem.batch).where(DecisionBatch.act == "approve")
    still = approved.where(DecisionItem.comment_id == comment.id, DecisionItem.undone_at.is_(None))
    return db.session.scalar(still.limit(1)) is not None


def undo_approve(comment: Comment, before: Before, _by: Any) -> bool:
    """Let the comment wait again, with its reports."""
    was_held = before["state"] == "held"
    if comment.state != "published" or (was_held and (comment.listed_reply_count or not comment.hold())):
        return False  # not if somebody has replied meanwhile
    unlearn(comment)
    unsettle(comment, "dismissed", before)
    if before.get("vouched"):
        take_back_vouching(comment)
    return True


def restore(comment: Comment, _decision: Decision) -> Before | None:
    """Put a removed comment back, and let its reports wait again."""
    before: Before = {"state": "removed", "reason": comment.removal_reason, "note": comment.removal_note}
    if comment.state != "removed" or not comment.restore():
        return None
    learn(comment, is_bad=False)
    return {**before, **unsettle(comment, "upheld")}


def undo_restore(comment: Comment, before: Before, by: Any) -> bool:
    """Take the comment off the page again, with the reason that it had; not against an appeal of one's own decision."""
    if comment.state != "published" or lost_appeal(comment, by):
        return False
    if not comment.remove(before["reason"], before["note"]):
        return False
    learn(comment, is_bad=True)
    move_reports(comment, "open", "upheld", before["reports"])
    move_notices(comment, "open", "upheld", before["notices"])
    return True


def lock(comment: Comment, _decision: Decision) -> Before | None:
    """Let the branch take no more replies."""
    return {"is_locked": False} if curating.lock_branch(comment) else None


def unlock(comment: Comment, _decision: Decision) -> Before | None:
    """Let the branch take replies again."""
    return {"is_locked": True} if curating.unlock_branch(comment) else None


def feature(comment: Comment, _decision: Decision) -> Before | None:
    """Show the comment above the thread."""
    before = curating.feature(comment)
    return None if before is None else {"featured": before}


def unfeature(comment: Comment, _decision: Decision) -> Before | None:
    """Show the comment above the thread no longer."""
    before = curating.unfeature(comment)
    return None if before is None else {"featured": before}


def undo_featuring(comment: Comment, before: Before, _by: Any) -> bool:
    """Put the thread's featured comments back as they were."""
    curating.feature_again(comment, before["featured"])
    return True


def reset_likes(comment: Comment, _decision: Decision) -> Before | None:
    """Take every like of the comment back."""
    return curating.reset_likes(comment)


def undo_reset_likes(comment: Comment, before: Before, _by: Any) -> bool:
    """Give the likes back."""
    curating.give_back_likes(comment, before)
    return True


def close(comment: Comment, decision: Decision) -> Before | None:
    """Let the comment's article take no more comments."""
    return _set_comments(comment, "closed", decision.by)


def reopen(comment: Comment, decision: Decision) -> Before | None:
    """Let the comment's article take comments again."""
    return _set_comments(comment, "open", decision.by)


def undo_closing(comment: Comment, before: Before, by: Any) -> bool:
    """Let the article take comments, or none, as before."""
    return _set_comments(comment, before["comments"], by) is not None


def _set_comments(comment: Comment, wanted: str, by: Any) -> Before | None:
    article = comment.article
    before = article.comments
    if before == wanted:
        return None
    edit_article(article, {"comments": wanted}, by=by)
    return {"comments": before}


def settle(comment: Comment, outcome: str) -> Before:
    """Close the reports and notices about the comment as upheld or dismissed; return whose and which they are."""
    return {
        "reports": move_reports(comment, "open", outcome),
        "notices": move_notices(comment, "open", outcome),
    }


def unsettle(comment: Comment, outcome: str, before: Before | None = None) -> Before:
    """Let those that were closed with this outcome wait again: all, or those of an earlier decision."""
    reports, notices = (before["reports"], before.get("notices", [])) if before else (None, None)
    return {
        "reports": move_reports(comment, outcome, "open", reports),
        "notices": move_notices(comment, outcome, "open", notices),
    }


def tell_removed(comment: Comment, decision: Decision, before: Before) -> None:
    """State the reasons for the removal to the author."""
    found_by = "machine" if before["state"] == "held" else "moderator"
    if before["notices"] or before["reports"]:
        found_by = "notice" if before["notices"] else "report"
    tell_author(comment, by=decision.by, reason=decision.reason, note=decision.note, found_by=found_by)


def tell_restored(comment: Comment, *_more: Any) -> None:
    """Take back what was stated, and tell the author if they were told of it."""
    withdraw([comment.id])


def tell_removed_again(comment: Comment, by: Any) -> None:
    """Let what was stated stand again."""
    if not reinstate(comment, by):
        tell_author(comment, by=by, reason=comment.removal_reason, note=comment.removal_note)


def back(other: Callable[[Comment, Decision], Before | None]) -> Callable[[Comment, Before, Any], bool]:
    """Return the undoing that is the opposite deed."""
    return lambda comment, _before, by: other(comment, Decision(by)) is not None


DEEDS: Mapping[str, Deed] = {
    "approve": Deed("comment.approved", "comment.approval_undone", approve, undo_approve),
    "remove": Deed(
        "comment.removed",
        "comment.removal_undone",
        remove,
        undo_remove,
        tell=tell_removed,
        tell_undone=tell_restored,
        needs_reason=True,
    ),
    "restore": Deed(
        "comment.restored",
        "comment.restoration_undone",
        restore,
        undo_restore,
        tell=tell_restored,
        tell_undone=tell_removed_again,
    ),
    "lock": Deed("comment.locked", "comment.unlocked", lock, back(unlock)),
    "unlock": Deed("comment.unlocked", "comment.locked", unlock, back(lock)),
    "feature": Deed("comment.featured", "comment.unfeatured", feature, undo_featuring),
    "unfeature": Deed("comment.unfeatured", "comment.featured", unfeature, undo_featuring),
    "reset_likes": Deed("comment.likes_reset", "comment.likes_given_back", reset_likes, undo_reset_likes),
    "close": Deed("comments.closed", "comments.reopened", close, undo_closing, is_of_article=True),
    "reopen": Deed("comments.reopened", "comments.closed", reopen, undo_closing, is_of_article=True),
}
