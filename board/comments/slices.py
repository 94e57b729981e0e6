"""Which roots stand on one page: those at a cursor, those around a comment, or the first ones."""

from dataclasses import dataclass

from flask import current_app

from board.comments import reading
from board.comments.reading import ShownComment
from board.comments.sorting import Sort


@dataclass
class Slice:
    """Some roots in order, and the cursors that lead on from both ends."""

    roots: list[ShownComment]
    before: str | None = None
    after: str | None = None
    is_nearest: bool = False  # there is nothing where it was asked for


def slice_of(article_id: int, sort: Sort, after: str, before: str, first: ShownComment | None) -> Slice:
    """Return the first page of roots if `first` is on it, else one that begins with it; or one at a cursor."""
    size: int = current_app.config["BOARD"].thread_page_size
    if first is not None:
        at = sort.place(sort.cursor(first))
        earlier = reading.roots(article_id, sort, size, at, towards_start=True)
        is_far = len(earlier) == size
        found = reading.roots(article_id, sort, size + 1, at, is_inclusive=True)
        return _going_on(sort, found if is_far else earlier + found, size, is_far)
    back = sort.place(before)
    if back:
        found = reading.roots(article_id, sort, size + 1, back, towards_start=True)
        if len(found) > size:
            return Slice(found[1:], sort.cursor(found[1]), sort.cursor(found[-1]))
    at = None if back else sort.place(after)
    found = reading.roots(article_id, sort, size + 1, at)
    if not found and at:  # past the end: the last page is the nearest
        found = reading.roots(article_id, sort, size + 1, None, towards_start=True)
        return Slice(found[-size:], sort.cursor(found[-size]) if len(found) > size else None, is_nearest=True)
    return _going_on(sort, found, size, at is not None)


def _going_on(sort: Sort, found: list[ShownComment], size: int, has_before: bool) -> Slice:
    shown = found[:size]
    return Slice(
        shown,
        sort.cursor(shown[0]) if has_before and shown else None,
        sort.cursor(shown[-1]) if len(found) > size else None,
    )
