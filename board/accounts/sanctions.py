"""Sanctions: what keeps a member, or everybody with an address at one domain, from taking part.

The table has the whole story; `member.restrictions` mirrors what of it lasts, so that a request asks nothing more. The
verbs that write a sanction, its log entry and the word to the member are in `board/moderation/sanctioning.py`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, and_, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.addresses import AddressRefused, accept_address
from board.accounts.models import User
from board.accounts.restrictions import BARRED, HELD
from board.extensions import Model, db
from board.storage import now, only_where

KINDS = ("warning", "hold", "suspension", "ban")
RESTRICTS = {"hold": HELD, "suspension": BARRED, "ban": BARRED}  # a warning restricts nothing
IS_DOMAIN = only_where("domain <> ''")
IS_LASTING = only_where("ended_at IS NULL")


class Sanction(Model):
    """One sanction, on a member or on a domain, on one site or on all of them."""

    __tablename__ = "sanction"
    __table_args__ = (
        CheckConstraint("kind IN ('warning', 'hold', 'suspension', 'ban')", name="kind"),
        CheckConstraint("(member_id IS NULL) = (domain <> '')", name="subject"),
        CheckConstraint("domain = '' OR kind <> 'warning'", name="domain_kind"),
        CheckConstraint("kind <> 'suspension' OR until IS NOT NULL", name="suspension_until"),
        CheckConstraint("kind <> 'warning' OR until IS NULL", name="warning_until"),
        Index("ix_sanction_member", "member_id", "id"),
        Index("ix_sanction_domain", "domain", **IS_DOMAIN),
        Index("ix_sanction_until", "until", **IS_LASTING),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))  # None: on all sites
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    domain: Mapped[str] = mapped_column(String(255), default="")  # of e-mail addresses, subdomains included
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(50))
    note: Mapped[str] = mapped_column(Text, default="")  # the member reads it
    created_at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    until: Mapped[datetime | None]  # None: until somebody lifts it
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))  # None: its time was over

    @property
    def is_lasting(self) -> bool:
        """Tell whether the sanction still counts."""
        return self.ended_at is None and (self.until is None or self.until > now())

    def end(self, by: User | None) -> bool:
        """Let the sanction count no longer; tell whether this call did it."""
        ending = update(Sanction).where(Sanction.id == self.id, Sanction.ended_at.is_(None))
        values = {"ended_at": now(), "ended_by_id": by.id if by else None}
        ended = db.session.execute(ending.values(values).execution_options(synchronize_session=False))
        db.session.refresh(self)
        return bool(ended.rowcount)  # type: ignore[attr-defined]


def lasting() -> ColumnElement[bool]:
    """Return the condition that a sanction counts now and restricts something."""
    is_on = or_(Sanction.until.is_(None), Sanction.until > now())
    return and_(Sanction.ended_at.is_(None), is_on, Sanction.kind != "warning")


def mirror_restrictions(member_ids: Sequence[int]) -> None:
    """Write on the members' rows what their sanctions amount to now. The caller has flushed, and commits.

    The rows are locked first: of two sanctions at once, the later mirror sees both.
    """
    columns = (User.id, User.email, User.role, User.has_site_roles)
    locked = select(*columns).where(User.id.in_(member_ids)).order_by(User.id).with_for_update()
    rows = db.session.execute(locked).all()
    found: dict[int, list[Sanction]] = defaultdict(list)
    for sanction in db.session.scalars(select(Sanction).where(Sanction.member_id.in_(member_ids), lasting())):
        found[sanction.member_id or 0].append(sanction)
    by_domain = _domain_sanctions()
    for row in rows:
        if row.role == "member" and not row.has_site_roles:  # a domain's sanctions spare the staff
            found[row.id] += [one for name in domains_above(row.email) for one in by_domain.get(name, ())]
    same: dict[str, list[int]] = defaultdict(list)
    values = {row.id: _compiled(found[row.id]) for row in rows}
    for member_id, value in values.items():
        same[repr(value)].append(member_id)
    for ids in same.values():
        writing = update(User).where(User.id.in_(ids)).values(restrictions=values[ids[0]])
        db.session.execute(writing.execution_options(synchronize_session="fetch"))


def restrict_by_domain(user: User) -> None:
    """Give a new account, or one with a new address, what its own sanctions and its domain's amount to."""
    db.session.flush()
    mirror_restrictions([user.id])
    db.session.refresh(user, ["restrictions"])


def is_domain_barred(address: str) -> bool:
    """Tell whether nobody with an address at this domain may take part on any site."""
    bars = select(Sanction.id).where(
        Sanction.domain.in_(domains_above(address)), Sanction.site_id.is_(None), Sanction.kind != "hold", lasting()
    )
    return db.session.scalar(bars.limit(1)) is not None


def domain_in(text: str) -> str:
    """Return the domain that was typed, as in "example.com" or "@example.com"; empty for what is none."""
    try:
        return accept_address(f"x@{text.strip().rpartition('@')[2]}").rpartition("@")[2]
    except AddressRefused:
        return ""


def domains_above(address: str) -> list[str]:
    """Return the address's domain and those it lies in, without the last: "a.b.com", "b.com"."""
    parts = address.rpartition("@")[2].lower().split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]


def is_at(domain: str) -> ColumnElement[bool]:
    """Return the condition that a member's address is at the domain, or at one in it."""
    ends = [User.email.endswith(f"{dot}{domain}", autoescape=True) for dot in ("@", ".")]
    return and_(or_(*ends), User.active, User.is_placeholder.is_(False))


def _domain_sanctions() -> dict[str, list[Sanction]]:
    found: dict[str, list[Sanction]] = defaultdict(list)
    for sanction in db.session.scalars(select(Sanction).where(Sanction.domain != "", lasting())):
        found[sanction.domain].append(sanction)
    return found


def _compiled(sanctions: Iterable[Sanction]) -> list[list[Any]] | None:
    """Return what is mirrored of these sanctions; None for nothing."""
    kept = sorted(
        {(RESTRICTS[one.kind], one.site_id, int(one.until.timestamp()) if one.until else None) for one in sanctions},
        key=repr,
    )
    return [list(one) for one in kept] or None
