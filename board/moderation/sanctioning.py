"""Sanction members and domains, and lift sanctions: each with its log entry and word to whom it concerns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import ngettext
from sqlalchemy import select

from board import audit
from board.access import Refused
from board.accounts.models import User
from board.accounts.reach import Reach
from board.accounts.sanctions import RESTRICTS, Sanction, is_at, mirror_restrictions
from board.config import ROLES
from board.extensions import db
from board.moderation.statements import tell_member, withdraw_sanction
from board.storage import now

MOST_ACCOUNTS = 2000  # that one sanction of a domain may concern; beyond that it would be a whole mail provider
ENDED_AT_ONCE = 200


def can_be_sanctioned_by(member: User, user: User) -> bool:
    """Staff may sanction, on their sites, members who have a lower role than they have; nobody themselves."""
    is_another = member.id != user.id and member.active
    return is_another and user.works_as("moderator") and _highest(member) < _highest(user)


def can_be_lifted_by(sanction: Sanction, user: User) -> bool:
    """Whoever may give a sanction may lift it, and another admin; nobody their own."""
    if sanction.member_id is None:
        return user.works_as("moderator")
    if sanction.member_id == user.id:
        return False
    member = db.session.get_one(User, sanction.member_id)
    return user.has_rank("admin") or not member.active or can_be_sanctioned_by(member, user)


def sanction_member(member: User, by: User, kind: str, **terms: Any) -> Sanction:
    """Sanction one member; `terms` are `site_id`, `reason`, `note`, `until`. The caller permits and commits."""
    sanction = _write(by, kind, member_id=member.id, **terms)
    _concern(sanction, [member.id])
    if kind == "ban" and sanction.site_id is None:
        member.end_sessions()
    return sanction


def sanction_domain(domain: str, by: User, kind: str, **terms: Any) -> Sanction:
    """Sanction everybody with an address at the domain, whoever is to register included. Raises Refused for a crowd.

    The staff are spared. The caller permits and commits.
    """
    sanction = _write(by, kind, domain=domain, **terms)
    members = members_at(domain)
    if len(members) > MOST_ACCOUNTS:
        raise Refused(crowd_text())
    _concern(sanction, members)
    return sanction


def lift(sanction: Sanction, by: User, *, note: str = "", state: str = "withdrawn") -> bool:
    """End a sanction before its time and tell whom it concerned; tell whether this call did it. The caller commits."""
    if not sanction.end(by):
        return False
    _mirror(sanction)
    withdraw_sanction(sanction, state)
    audit.record("sanction.lifted", sanction, by=by, note=note, before=_told(sanction), after={"lasts": False})
    return True


def end_due_sanctions() -> int:
    """Note the sanctions whose time is over; they have counted no longer since. The caller commits."""
    is_over = Sanction.until <= now()
    due = select(Sanction).where(Sanction.ended_at.is_(None), is_over).order_by(Sanction.until).limit(ENDED_AT_ONCE)
    ended = [sanction for sanction in db.session.scalars(due).all() if sanction.end(None)]
    for sanction in ended:
        _mirror(sanction)
        audit.record("sanction.over", sanction, before=_told(sanction), after={"lasts": False})
    return len(ended)


def members_at(domain: str, *, after: int = 0) -> Sequence[int]:
    """Return the members whom a sanction of the domain concerns: one more than the most, if there are too many.

    `after`: only those whose number is greater.
    """
    is_member = (User.role == "member") & User.has_site_roles.is_(False)
    found = select(User.id).where(is_at(domain), is_member, User.id > after).order_by(User.id).limit(MOST_ACCOUNTS + 1)
    return db.session.scalars(found).all()


def crowd_text() -> str:
    """Say why a domain cannot be sanctioned as a whole."""
    return str(
        ngettext(
            "More than %(num)s account uses this domain. Sanction members one by one instead.",
            "More than %(num)s accounts use this domain. Sanction members one by one instead.",
            MOST_ACCOUNTS,
        )
    )


def sanctions_of(member: User, within: Reach) -> list[Sanction]:
    """Return the member's own sanctions within reach, the newest first."""
    own = select(Sanction).where(Sanction.member_id == member.id)
    is_within = within.covers(Sanction.site_id) | Sanction.site_id.is_(None)
    return list(db.session.scalars(own.where(is_within).order_by(Sanction.id.desc()).limit(100)))


def domain_sanctions(within: Reach) -> list[Sanction]:
    """Return the sanctions of domains that have not been lifted, the newest first."""
    found = select(Sanction).where(Sanction.domain != "", Sanction.ended_at.is_(None))
    is_within = within.covers(Sanction.site_id) | Sanction.site_id.is_(None)
    return list(db.session.scalars(found.where(is_within).order_by(Sanction.id.desc()).limit(200)))


def _highest(user: User) -> int:
    """Return the rank of the highest role that the member has anywhere."""
    return max((rank for rank, role in enumerate(ROLES) if role == "member" or user.works_as(role)), default=0)


def _write(by: User, kind: str, *, until: datetime | None = None, **terms: Any) -> Sanction:
    sanction = Sanction(kind=kind, by_id=by.id, until=None if kind == "warning" else until, **terms)
    db.session.add(sanction)
    db.session.flush()
    audit.record(
        "sanction.given",
        sanction,
        by=by,
        reason=sanction.reason,
        note=sanction.note,
        before=None,
        after=_told(sanction),
    )
    return sanction


def _concern(sanction: Sanction, member_ids: Sequence[int]) -> None:
    """Mirror the sanction on those it concerns, and state its reasons to each."""
    if sanction.kind in RESTRICTS and member_ids:
        mirror_restrictions(member_ids)
    for member_id in member_ids:
        tell_member(sanction, member_id)


def _mirror(sanction: Sanction) -> None:
    concerned: Sequence[int] = [sanction.member_id] if sanction.member_id else members_at(sanction.domain)
    while concerned:
        mirror_restrictions(concerned)
        concerned = members_at(sanction.domain, after=concerned[-1]) if sanction.domain else []


def _told(sanction: Sanction) -> dict[str, Any]:
    """Return what the log keeps of a sanction."""
    return {
        "kind": sanction.kind,
        "member": sanction.member_id,
        "domain": sanction.domain,
        "site": sanction.site_id,
        "until": sanction.until.isoformat() if sanction.until else None,
    }
