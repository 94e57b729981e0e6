"""Why a comment is reported or removed: the reasons to choose from, in words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# What is wrong with a comment: the key is stored and logged, the words are shown.
REASONS: dict[str, LazyString] = {
    "abuse": _l("Abuse or harassment"),
    "hate": _l("Hate towards a group"),
    "spam": _l("Spam or advertising"),
    "off_topic": _l("Off topic"),
    "private_data": _l("Somebody's private data"),
    "impersonation": _l("Pretending to be somebody else"),
    "illegal": _l("Against the law"),
    "other": _l("Another reason"),
}
NEEDS_NOTE = frozenset({"other"})  # says nothing by itself


def reason_text(key: str) -> str:
    """Return the words for a reason, in the reader's language; the key itself for one no longer offered."""
    return str(REASONS.get(key, key))
