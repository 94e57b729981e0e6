"""What was done, in words: the log keeps the name, `thing.done`, and people see the words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ACTS: dict[str, LazyString] = {
    "article.added": _l("Added an article"),
    "article.edited": _l("Edited an article"),
    "article.merged": _l("Merged an article into another"),
    "article.separated": _l("Took two merged articles apart"),
    "ballot.closed": _l("Closed a ballot"),
    "ballot.pictured": _l("Changed an option’s picture"),
    "ballot.placed": _l("Placed a ballot on an article"),
    "ballot.published": _l("Published a ballot"),
    "ballot.report_linked": _l("Made a link to a sponsor’s report"),
    "ballot.report_withdrawn": _l("Withdrew the link to a sponsor’s report"),
    "ballot.results_shown": _l("Showed a ballot’s results"),
    "ballot.rewritten": _l("Rewrote a ballot"),
    "ballot.taken_off": _l("Took a ballot off an article"),
    "ballot.tightened": _l("Tightened a ballot’s rules"),
    "ballot.written": _l("Wrote a ballot"),
    "comment.approval_undone": _l("Took back that a comment may stand"),
    "comment.approved": _l("Let a comment stand"),
    "comment.featured": _l("Featured a comment"),
    "comment.likes_given_back": _l("Gave a comment’s likes back"),
    "comment.likes_reset": _l("Took a comment’s likes away"),
    "comment.locked": _l("Locked a conversation"),
    "comment.removal_undone": _l("Took back a comment’s removal"),
    "comment.held": _l("Held a comment for a moderator"),
    "comment.removed": _l("Removed a comment"),
    "comment.reported": _l("Reported a comment"),
    "comment.restoration_undone": _l("Removed a comment again"),
    "comment.restored": _l("Put a comment back"),
    "comment.unfeatured": _l("Featured a comment no longer"),
    "comment.unlocked": _l("Unlocked a conversation"),
    "comments.closed": _l("Closed an article’s comments"),
    "comments.reopened": _l("Reopened an article’s comments"),
    "comments.imported": _l("Imported comments"),
    "member.added": _l("Added a member"),
    "member.left": _l("Removed their own account"),
    "member.removed": _l("Removed a member"),
    "member.role_changed": _l("Changed a member’s role"),
    "member.site_role_changed": _l("Changed a member’s role on a site"),
    "quarantine.counted": _l("Counted votes in quarantine"),
    "quarantine.undone": _l("Put votes back into quarantine"),
    "quarantine.voided": _l("Voided votes in quarantine"),
    "screening.changed": _l("Changed the screening of comments"),
    "site.added": _l("Added a site"),
    "site.edited": _l("Edited a site"),
    "sponsor.added": _l("Added a sponsor"),
    "sponsor.edited": _l("Edited a sponsor"),
    "subscribers.exported": _l("Exported subscribers"),
}


def act_text(action: str) -> str:
    """Return an action of the log in words."""
    return str(ACTS.get(action, action))
