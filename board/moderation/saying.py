"""What came of a decision, in words: for whoever pressed, and for whoever was a moment too late."""

from collections.abc import Callable

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from board.comments.reasons import reason_text
from board.moderation.batches import DecisionItem
from board.moderation.decisions import Batch, Missed
from board.moderation.presses import Press
from board.moderation.queues import COUNTED_UP_TO
from board.web import time_ago


def count_text(count: int) -> str:
    """Return how many wait, as in "12" or, where nobody counted on, "1,000+"."""
    number = format_decimal(min(count, COUNTED_UP_TO))
    return str(_("%(number)s+", number=number)) if count > COUNTED_UP_TO else str(number)


def done_text(act: str, count: int, reason: str = "") -> str:
    """Return what was done, as in "12 comments removed: Spam or advertising."."""
    text = _DONE[act](count)
    return f"{text}: {reason_text(reason)}" if reason else text


def undone_text(batch: Batch) -> str:
    """Return what came of undoing a decision."""
    count = len(batch.done)
    if not count and not batch.missed:
        return str(_("This was undone before."))
    text = str(ngettext("Undone for %(num)s comment.", "Undone for %(num)s comments.", count)) if count else ""
    left = len(batch.missed)
    if left:
        text += " " if text else ""
        text += str(ngettext("%(num)s was changed since and stays.", "%(num)s were changed since and stay.", left))
    return text


def missed_text(missed: Missed) -> str:
    """Return why a comment was left as it is."""
    if missed.is_own:
        return str(_("It is your own comment: somebody else decides."))
    return decided_text(missed.item) if missed.item else str(_("There was nothing to change."))


def decided_text(item: DecisionItem) -> str:
    """Return who decided what, when and why, as in "Mona removed it 2 minutes ago: Spam or advertising"."""
    batch = item.batch
    text = _BY[batch.act](batch.by.display_name, time_ago(batch.decided_at))
    return f"{text}: {reason_text(batch.reason)}" if batch.reason else text


def press_text(press: Press) -> str:
    """Return a past decision in words, as far as it is within reach."""
    return done_text(press.record.act, press.count, press.record.reason)


_DONE: dict[str, Callable[[int], str]] = {
    "approve": lambda n: str(ngettext("%(num)s comment stands", "%(num)s comments stand", n)),
    "remove": lambda n: str(ngettext("%(num)s comment removed", "%(num)s comments removed", n)),
    "restore": lambda n: str(ngettext("%(num)s comment put back", "%(num)s comments put back", n)),
    "lock": lambda n: str(ngettext("%(num)s conversation locked", "%(num)s conversations locked", n)),
    "unlock": lambda n: str(ngettext("%(num)s conversation unlocked", "%(num)s conversations unlocked", n)),
    "feature": lambda n: str(ngettext("%(num)s comment featured", "%(num)s comments featured", n)),
    "unfeature": lambda n: str(
        ngettext("%(num)s comment no longer featured", "%(num)s comments no longer featured", n)
    ),
    "reset_likes": lambda n: str(ngettext("Likes taken from %(num)s comment", "Likes taken from %(num)s comments", n)),
    "close": lambda n: str(ngettext("Comments closed on %(num)s article", "Comments closed on %(num)s articles", n)),
    "reopen": lambda n: str(ngettext("Comments opened on %(num)s article", "Comments opened on %(num)s articles", n)),
}
_BY: dict[str, Callable[[str, str], str]] = {
    "approve": lambda name, ago: str(_("%(name)s let it stand %(ago)s", name=name, ago=ago)),
    "remove": lambda name, ago: str(_("%(name)s removed it %(ago)s", name=name, ago=ago)),
    "restore": lambda name, ago: str(_("%(name)s put it back %(ago)s", name=name, ago=ago)),
    "lock": lambda name, ago: str(_("%(name)s locked the conversation %(ago)s", name=name, ago=ago)),
    "unlock": lambda name, ago: str(_("%(name)s unlocked the conversation %(ago)s", name=name, ago=ago)),
    "feature": lambda name, ago: str(_("%(name)s featured it %(ago)s", name=name, ago=ago)),
    "unfeature": lambda name, ago: str(_("%(name)s featured it no longer %(ago)s", name=name, ago=ago)),
    "reset_likes": lambda name, ago: str(_("%(name)s took its likes away %(ago)s", name=name, ago=ago)),
    "close": lambda name, ago: str(_("%(name)s closed the article’s comments %(ago)s", name=name, ago=ago)),
    "reopen": lambda name, ago: str(_("%(name)s opened the article’s comments %(ago)s", name=name, ago=ago)),
}
