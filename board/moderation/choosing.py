"""What a moderator pressed at the desk: an act, and the comments it is meant for, as the form names them.

A comment is named `12-7`: its ID, and the latest decision on it that was on the page (0: none). A group is named
`reported:author:5:900`: queue, grouping, key, and the newest comment that was counted; it means all of the group that
still waits, also what the page had no room for.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import lazyload

from board.accounts.reach import Reach
from board.comments.models import Comment
from board.extensions import db
from board.moderation.decisions import MAX_AT_ONCE
from board.moderation.deeds import DEEDS
from board.moderation.queues import GROUPINGS, of_group
from board.urls import row_number

MAX_GROUPS = 50  # in one press: more than a page shows, and each is a part of one statement


@dataclass(frozen=True)
class GroupName:
    """A group that was chosen as a whole."""

    queue: str
    grouping: str
    key: int
    up_to: int


@dataclass
class Press:
    """One press, as it was sent."""

    act: str
    reason: str
    note: str
    seen: dict[int, int] = field(default_factory=dict)
    groups: list[GroupName] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)  # that name the comments, to be sent again

    @property
    def is_empty(self) -> bool:
        """Tell whether no comment was chosen."""
        return not (self.seen or self.groups)

    def count(self, within: Reach) -> int:
        """Return how many comments within reach are meant."""
        return db.session.scalar(select(func.count()).select_from(self._ids(within).subquery())) or 0

    def load(self, within: Reach) -> list[Comment]:
        """Return the comments within reach that are meant, as many as one press may change, the oldest first."""
        ids = db.session.scalars(select(self._ids(within).subquery().c.id).order_by("id").limit(MAX_AT_ONCE)).all()
        query = select(Comment).where(Comment.id.in_(ids)).options(lazyload("*"))
        return list(db.session.scalars(query.order_by(Comment.id)))

    def _ids(self, within: Reach) -> Any:
        parts: list[Select[int]] = [
            select(Comment.id).where(Comment.id.in_(self.seen), within.covers(Comment.site_id)),
            *(of_group(g.queue, g.grouping, g.key, within, g.up_to) for g in self.groups),
        ]
        return union(*parts) if len(parts) > 1 else parts[0]


def read_press(form: Any) -> Press | None:
    """Return what was pressed, or None if the act is none of ours. A name that makes no sense names nothing.

    `one` is the button of a single comment: what else is chosen stays out of it.
    """
    act, names = form.get("act", ""), form.getlist("comment")[: 2 * MAX_AT_ONCE]
    groups = form.getlist("group")[:MAX_GROUPS]
    if one := form.get("one", ""):
        act, _space, name = one.partition(" ")
        names, groups = [name], []
    act, _colon, reason = act.partition(":")
    if act not in DEEDS:
        return None
    press = Press(act, reason or form.get("reason", ""), form.get("note", "").replace("\x00", "").strip())
    for name in names:
        _read_comment(press, name)
    for name in groups:
        _read_group(press, name)
    press.fields = [*(("comment", name) for name in names), *(("group", name) for name in groups)]
    return press


def group_name(queue: str, grouping: str, key: int, up_to: int) -> str:
    """Return how a form names the group."""
    return f"{queue}:{grouping}:{key}:{up_to}"


def comment_numbers(text: str) -> list[int]:
    """Return the comments' IDs in a list as in "1,2,3"; what is no number is left out."""
    found = []
    for part in text.split(",")[: 2 * MAX_AT_ONCE]:
        try:
            found.append(row_number(part))
        except ValueError:
            continue
    return found


def _read_comment(press: Press, name: str) -> None:
    comment_id, _dash, seen = name.partition("-")
    try:
        press.seen[row_number(comment_id)] = row_number(seen or "0")
    except ValueError:
        return


def _read_group(press: Press, name: str) -> None:
    queue, grouping, key, up_to = (name.split(":") + [""] * 4)[:4]
    if grouping not in GROUPINGS.get(queue, ()):
        return
    try:
        number = row_number(key.removeprefix("-"))
        press.groups.append(GroupName(queue, grouping, -number if key.startswith("-") else number, row_number(up_to)))
    except ValueError:
        return
