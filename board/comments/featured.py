"""Which comments of a thread are featured; `curating.py` says how they come and go."""

from board.comments import reading
from board.comments.reading import ShownComment
from board.comments.threads import thread_of


def featured_in(article_id: int) -> frozenset[int]:
    """Return which comments of the thread are featured."""
    thread = thread_of(article_id)
    return frozenset(thread.featured_ids or ()) if thread else frozenset()


def shown_above(ids: list[int]) -> list[ShownComment]:
    """Return the featured comments that still stand, in this order."""
    found = {comment.id: comment for comment in reading.with_ids(ids)}
    return [found[number] for number in ids if number in found and found[number].state == "published"]
