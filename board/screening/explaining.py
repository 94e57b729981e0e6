"""Why a text waits, in words for moderators and for those who write the rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

Words = list[str]


def explain(reasons: Iterable[Mapping[str, Any]] | None) -> list[str]:
    """Return a sentence for each kept reason of `comment.hold_reasons`."""
    return [explained(str(reason["step"]), list(map(str, reason.get("words", [])))) for reason in reasons or ()]


def explained(step: str, words: Words) -> str:
    """Return a sentence for what a step found; a step that is no more only has its name."""
    sentence = (SENTENCES if words else BARE_SENTENCES).get(step) or BARE_SENTENCES.get(step)
    if sentence is None:
        return step
    return str(sentence) % {"n": words[0] if words else "–", "words": ", ".join(words), "rest": ", ".join(words[1:])}


BARE_SENTENCES: dict[str, LazyString] = {
    "all_wait": _l("Every comment waits here."),
    "author_waits": _l("A moderator wants to see everything this member writes."),
    "repeats": _l("Much like this member’s last comment."),
    "akismet": _l("Akismet calls it spam."),
    "service": _l("Your service objects."),
}
SENTENCES: dict[str, LazyString] = {
    "first_comments": _l("One of this member’s first comments; published so far: %(n)s."),
    "new_accounts": _l("The account’s age in hours: %(n)s."),
    "newcomer_links": _l("The member’s first comment, with links: %(n)s."),
    "links": _l("Links: %(n)s."),
    "refused_words": _l("Words that are refused: %(words)s."),
    "held_words": _l("Words on the list: %(words)s."),
    "repeats": _l("Posted before on this site, times: %(n)s."),
    "capitals": _l("Capital letters: %(n)s."),
    "length": _l("Characters: %(n)s."),
    "speed": _l("Comments by this member in ten minutes: %(n)s."),
    "learnt": _l("Reads like comments that were removed, %(n)s sure; words that weighed: %(rest)s."),
    "service": _l("Your service objects: %(words)s."),
}
