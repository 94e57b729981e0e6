"""The steps a submitted text goes through; the first that objects decides."""

from collections.abc import Callable

from flask_babel import gettext as _

from board.screening.submissions import Hold, Publish, Refuse, Submission, Verdict

MAX_DEPTH = 1000  # replies to replies; bounds the way from a comment up to its root
MAX_LINKS_OF_NEWCOMERS = 2  # spam is mostly first comments with links

Step = Callable[[Submission], Verdict | None]


def decide(submission: Submission) -> Verdict:
    """Return what to do with the text: what the first step that objects says, else publish."""
    for step in STEPS:
        verdict = step(submission)
        if verdict is not None:
            return verdict
    return Publish()


def thread_is_open(submission: Submission) -> Verdict | None:
    """Refuse when the article takes no comments."""
    if submission.is_thread_open:
        return None
    return Refuse("thread_is_open", _("This discussion is closed. New comments are no longer accepted."), 409)


def author_may_post(submission: Submission) -> Verdict | None:
    """Refuse who has not confirmed the e-mail address, or is banned."""
    author = submission.author
    if author.can_post():
        return None
    if author.active and not author.is_confirmed:
        reason = _("Confirm your e-mail address first: open the link we sent you.")
        return Refuse("author_may_post", reason, 403)
    return Refuse("author_may_post", _("Your account may not post comments."), 403)


def parent_takes_replies(submission: Submission) -> Verdict | None:
    """Refuse a reply to what was removed or deleted, or is not published yet."""
    if submission.parent_takes_replies:
        return None
    reason = _("The comment you reply to is no longer there. You can post your text as a comment of its own.")
    return Refuse("parent_takes_replies", reason, 409)


def is_not_too_deep(submission: Submission) -> Verdict | None:
    """Refuse replies nested beyond what can be walked quickly."""
    if submission.depth <= MAX_DEPTH:
        return None
    reason = _("This conversation is nested too deep. Reply to an earlier comment of it.")
    return Refuse("is_not_too_deep", reason, 409)


def is_not_said_just_before(submission: Submission) -> Verdict | None:
    """Refuse the same text twice in a row."""
    if submission.latest_source != submission.source:
        return None
    return Refuse("is_not_said_just_before", _("You have just posted the same text. Write something new."))


def is_not_a_flood(submission: Submission) -> Verdict | None:
    """Refuse more in a minute than the operator allows."""
    if submission.count_in_last_minute < submission.per_minute:
        return None
    reason = _("You have posted many comments in the last minute. Wait a minute, then send it again.")
    return Refuse("is_not_a_flood", reason, 429)


def links_of_newcomers(submission: Submission) -> Verdict | None:
    """Hold a first comment with many links."""
    if submission.latest_source is not None or submission.html.count("<a ") <= MAX_LINKS_OF_NEWCOMERS:
        return None
    return Hold("links_of_newcomers")


STEPS: tuple[Step, ...] = (
    thread_is_open,
    author_may_post,
    parent_takes_replies,
    is_not_too_deep,
    is_not_said_just_before,
    is_not_a_flood,
    links_of_newcomers,
)
