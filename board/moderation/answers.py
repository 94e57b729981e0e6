"""What whoever pressed is told on the next page: what was done, with its undoing, and what was left alone and why."""

from flask import flash
from flask_babel import gettext as _

from board.moderation.decisions import MAX_AT_ONCE, Batch
from board.moderation.saying import done_text, missed_text

UNDO = "undo"  # the category of a message that offers to undo; the message has the decision's ID and the words


def flash_batch(batch: Batch, count: int = 1) -> None:
    """Say on the next page what came of a decision on `count` comments."""
    if batch.record:
        flash({"id": batch.record.id, "text": done_text(batch.act, len(batch.done), batch.record.reason)}, UNDO)  # type: ignore[arg-type]
    for text in dict.fromkeys(missed_text(missed) for missed in batch.missed):
        flash(text, "warning")
    if count == MAX_AT_ONCE:
        flash(_("One press decides on %(n)d comments at most. Press again for the rest.", n=MAX_AT_ONCE), "warning")
