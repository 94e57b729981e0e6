"""Whom a member does not want to read: their comments are folded for this member, and change for nobody else.

The member's own row mirrors the list (`muted_ids`), so that no page asks for it.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from board.access import Refused
from board.accounts.models import User
from board.extensions import Model, db
from board.statements import insert_once
from board.storage import now

MOST_MUTED = 200


class Mute(Model):
    """One member whom another does not want to read."""

    __tablename__ = "mute"

    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    muted_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


def mute(user: User, other: User, why_full: str) -> bool:
    """Fold the other's comments for the member; tell whether anything changed. Raises Refused for too many.

    The caller commits.
    """
    _take_turn(user)
    if (db.session.scalar(select(func.count()).select_from(Mute).where(Mute.user_id == user.id)) or 0) >= MOST_MUTED:
        raise Refused(why_full)
    is_new = insert_once(Mute, user_id=user.id, muted_id=other.id, created_at=now())
    _mirror(user)
    return is_new


def unmute(user: User, other_id: int) -> bool:
    """Show the other's comments again; tell whether anything changed. The caller commits."""
    _take_turn(user)
    ending = delete(Mute).where(Mute.user_id == user.id, Mute.muted_id == other_id)
    ended = db.session.execute(ending.execution_options(synchronize_session=False))
    _mirror(user)
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def muted_by(user: User) -> list[User]:
    """Return whom the member has muted, by name."""
    found = select(User).join(Mute, Mute.muted_id == User.id).where(Mute.user_id == user.id)
    return list(db.session.scalars(found.order_by(User.display_name)))


def names_muted_by(user: User) -> list[str]:
    """Return, for the member's export, the names of those whom the member has muted."""
    return [other.display_name for other in muted_by(user)]


def forget_mutes(user: User) -> None:
    """Erase whom the member has muted."""
    db.session.execute(delete(Mute).where(Mute.user_id == user.id))
    user.muted_ids = None


def _take_turn(user: User) -> None:
    """Lock the member's row, so that two presses at once are mirrored one after the other."""
    db.session.execute(update(User).where(User.id == user.id).values(muted_ids=User.muted_ids))


def _mirror(user: User) -> None:
    muted = select(Mute.muted_id).where(Mute.user_id == user.id).order_by(Mute.muted_id)
    user.muted_ids = list(db.session.scalars(muted)) or None
    db.session.flush()
