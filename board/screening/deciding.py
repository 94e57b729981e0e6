"""The steps a submitted text goes through: the house's first, then the site's.

The house's steps only refuse, and the first that objects decides. Of the site's steps, one that refuses decides too;
those that hold are collected, so that a moderator sees every reason at once.
"""

from collections.abc import Callable

from flask_babel import gettext as _

from board.accounts.barred import why_barred
from board.screening.steps import SITE_STEPS
from board.screening.submissions import Hold, Publish, Reason, Refuse, Submission, Verdict

MAX_DEPTH = 1000  # replies to replies; bounds the way from a comment up to its root

HouseStep = Callable[[Submission], Refuse | None]


def decide(submission: Submission) -> Verdict:
    """Return what to do with the text."""
    for step in HOUSE_STEPS:
        refusal = step(submission)
        if refusal:
            return refusal
    return decide_by_rules(submission)


def decide_by_rules(submission: Submission) -> Verdict:
    """Return what the site's own rules say; what its moderators write is published."""
    verdict = found_by_rules(submission)
    is_objected_to = not isinstance(verdict, Publish)
    return Publish() if is_objected_to and submission.author.moderates(submission.site_id) else verdict


def found_by_rules(submission: Submission) -> Verdict:
    """Return the same for whoever wrote it."""
    reasons = [Reason("all_wait")] if submission.holds_all else []
    if submission.author.is_held(submission.site_id):
        reasons.append(Reason("author_waits"))
    for name, find in SITE_STEPS.items():
        action = submission.rules.text(name)
        found = find(submission) if action != "off" else None
        if found is None:
            continue
        if action == "refuse":
            return Refuse(name, found.advice, words=found.words)
        reasons.append(Reason(name, found.words, found.advice if found.can_be_mended else ""))
    return Hold(tuple(reasons)) if reasons else Publish()


def thread_is_open(submission: Submission) -> Refuse | None:
    """Refuse when the article takes no comments."""
    if submission.is_thread_open:
        return None
    return Refuse("thread_is_open", _("This discussion is closed. New comments are no longer accepted."), 409)


def author_may_post(submission: Submission) -> Refuse | None:
    """Refuse who has not confirmed the e-mail address, or is banned."""
    author = submission.author
    if author.can_post(submission.site_id):
        return None
    if author.is_barred(submission.site_id):
        return Refuse("author_may_post", why_barred(author, submission.site_id), 403)
    if author.active and not author.is_confirmed:
        reason = _("Confirm your e-mail address first: open the link we sent you.")
        return Refuse("author_may_post", reason, 403)
    return Refuse("author_may_post", _("Your account may not post comments."), 403)


def parent_takes_replies(submission: Submission) -> Refuse | None:
    """Refuse a reply to what was removed or deleted, or is not published yet."""
    if submission.parent_takes_replies:
        return None
    reason = _("The comment you reply to is no longer there. You can post your text as a comment of its own.")
    return Refuse("parent_takes_replies", reason, 409)


def is_not_too_deep(submission: Submission) -> Refuse | None:
    """Refuse replies nested beyond what can be walked quickly."""
    if submission.depth <= MAX_DEPTH:
        return None
    reason = _("This conversation is nested too deep. Reply to an earlier comment of it.")
    return Refuse("is_not_too_deep", reason, 409)


def is_not_said_just_before(submission: Submission) -> Refuse | None:
    """Refuse the same text twice in a row."""
    if submission.latest_source != submission.source:
        return None
    return Refuse("is_not_said_just_before", _("You have just posted the same text. Write something new."))


def is_not_a_flood(submission: Submission) -> Refuse | None:
    """Refuse more in a minute than the operator allows."""
    if submission.count_in_last_minute < submission.per_minute:
        return None
    reason = _("You have posted many comments in the last minute. Wait a minute, then send it again.")
    return Refuse("is_not_a_flood", reason, 429)


HOUSE_STEPS: tuple[HouseStep, ...] = (
    thread_is_open,
    author_may_post,
    parent_takes_replies,
    is_not_too_deep,
    is_not_said_just_before,
    is_not_a_flood,
)
