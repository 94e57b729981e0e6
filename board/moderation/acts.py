"""What was done, in words: the key is stored in the log, the words are shown."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ACTS: dict[str, LazyString] = {
    "comment.reported": _l("Reported a comment"),
    "comment.removed": _l("Removed a comment"),
    "comment.restored": _l("Brought a comment back"),
    "comment.approved": _l("Let a comment stand"),
    "comments.import": _l("Imported comments"),
    "article.add": _l("Added an article"),
    "article.edit": _l("Edited an article"),
    "site.add": _l("Added a site"),
    "site.edit": _l("Edited a site"),
    "member.add": _l("Added a member"),
    "member.role": _l("Changed a member's role"),
    "member.remove": _l("Removed a member"),
    "member.leave": _l("Left"),
    "write_ballot": _l("Wrote a ballot"),
    "rewrite_ballot": _l("Changed a ballot"),
    "publish_ballot": _l("Published a ballot"),
    "tighten_ballot": _l("Changed an open ballot"),
    "close_ballot": _l("Closed a ballot"),
    "place_ballot": _l("Placed a ballot on an article"),
    "take_ballot_off": _l("Took a ballot off an article"),
    "add_sponsor": _l("Added a sponsor"),
    "edit_sponsor": _l("Edited a sponsor"),
    "subscribers_exported": _l("Downloaded the subscribers"),
}


def act_text(key: str) -> str:
    """Return the words for an act, in the reader's language; the key itself for one that has none."""
    return str(ACTS.get(key, key))
