"""A member's public comments, newest first, in pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import joinedload

from board.accounts.models import User
from board.comments.models import Comment
from board.comments.sorting import SORTS
from board.extensions import db

NEWEST = SORTS["newest"]


@dataclass(frozen=True)
class ProfilePage:
    """Some of a member's comments, and the way to older ones."""

    comments: list[Comment]
    next_url: str | None


def profile_page(author: User, asked: Mapping[str, Any]) -> ProfilePage:
    """Return a page of what the member has published.

    A page reads a bounded range of the author's comments in any state, so it may show fewer than it has room for.
    """
    size: int = current_app.config["BOARD"].thread_page_size
    place = NEWEST.place(str(asked.get("after", "")))
    read: list[Comment] = list(db.session.scalars(written_by(author.id, place, size + 1)).unique())
    has_more = len(read) > size
    after = NEWEST.cursor(read[size - 1]) if has_more else ""
    return ProfilePage(
        [comment for comment in read[:size] if comment.state == "published"],
        url_for("comments.profile", member_id=author.id, after=after) if has_more else None,
    )


def written_by(author_id: int, place: tuple[Any, int] | None, limit: int) -> Select[Any]:
    """Return the query for an author's comments from a place on, backwards in time."""
    query = select(Comment).where(Comment.author_id == author_id)
    if place:
        query = query.where(tuple_(Comment.created_at, Comment.id) < place)
    query = query.order_by(Comment.created_at.desc(), Comment.id.desc()).limit(limit)
    return query.options(joinedload(Comment.article))
