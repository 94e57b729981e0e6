"""Why a comment is reported or removed, or a member sanctioned: each site's reasons, in words.

The reasons that ship are here and translated. A site that changes one, or adds its own, writes a row; a row is never
changed, only followed by a newer one. So what was decided under a wording keeps that wording, everywhere it is shown.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from board.extensions import Model, db
from board.storage import now, only_where

# What is wrong with a comment: the key is stored and logged, the words are shown.
REASONS: dict[str, LazyString] = {
    "abuse": _l("Abuse or harassment"),
    "hate": _l("Hate towards a group"),
    "spam": _l("Spam or advertising"),
    "off_topic": _l("Off topic"),
    "private_data": _l("Somebody’s private data"),
    "impersonation": _l("Pretending to be somebody else"),
    "illegal": _l("Against the law"),
    "other": _l("Another reason"),
}
# What the author is told, beside the reason's name.
WORDS: dict[str, LazyString] = {
    "abuse": _l("It attacks or harasses somebody. Argue with what people say, not against who they are."),
    "hate": _l("It incites hatred against people for what they are."),
    "spam": _l("It advertises something, or repeats what was posted elsewhere."),
    "off_topic": _l("It has nothing to do with what is discussed here."),
    "private_data": _l("It tells something about a person that they have not made public themselves."),
    "impersonation": _l("It pretends to come from somebody else."),
    "illegal": _l("We take it to be against the law."),
    "other": _l("It breaks the rules of this discussion."),
}
LAW, HOUSE = "law", "house"
NEEDS_NOTE = frozenset({"other"})  # says nothing by itself
OWN_PREFIX = "r"  # before the number of a site's wording


@dataclass(frozen=True)
class Reason:
    """One reason as a site offers it."""

    key: str  # what is stored with a decision: a shipped reason's name, or the wording's number
    base: str  # what all wordings of one reason have in common
    name: str
    words: str
    ground: str
    rule: str = ""
    is_active: bool = True

    @property
    def is_law(self) -> bool:
        """Tell whether it is the law that is broken, not a rule of the house."""
        return self.ground == LAW


class ReasonWording(Model):
    """One wording of a reason on one site; never changed, only followed by the next."""

    __tablename__ = "reason_wording"
    __table_args__ = (
        CheckConstraint("ground IN ('house', 'law')", name="ground"),
        Index(
            "ix_reason_wording_current",
            "site_id",
            "base",
            unique=True,
            **only_where("is_current", sqlite="is_current = 1"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    base: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(100))
    words: Mapped[str] = mapped_column(Text, default="")
    ground: Mapped[str] = mapped_column(String(5), default=HOUSE)
    rule: Mapped[str] = mapped_column(Text, default="")  # the text of the rule, or where it is in the law
    is_active: Mapped[bool] = mapped_column(default=True)
    is_current: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def reason(self) -> Reason:
        """Return the reason in this wording."""
        key = f"{OWN_PREFIX}{self.id}"
        return Reason(key, self.base, self.name, self.words, self.ground, self.rule, self.is_active)


def reason_text(key: str) -> str:
    """Return the words for a reason, in the reader's language or as the site wrote them; an unknown key itself."""
    if key in REASONS:
        return str(REASONS[key])
    number = _own_number(key)
    return _own_names(number).get(number, key) if number else key


def offered(site_ids: Collection[int]) -> list[Reason]:
    """Return the reasons to choose from for something on these sites: those that all of them offer. One query."""
    by_site = {site_id: {reason.key: reason for reason in _active(rows)} for site_id, rows in _rows(site_ids).items()}
    if not by_site:
        return list(_shipped().values())
    first, *others = by_site.values()
    return [reason for key, reason in first.items() if all(key in other for other in others)]


def site_reasons(site_id: int) -> list[Reason]:
    """Return the site's reasons in their present wording, those it does not offer as well."""
    return _overlaid(_rows([site_id])[site_id])


def find_reason(key: str) -> Reason:
    """Return the reason in the wording that the key names."""
    number = _own_number(key)
    wording = db.session.get(ReasonWording, number) if number else None
    if wording:
        return wording.reason
    return _shipped().get(key) or Reason(key, key, key, "", HOUSE)


def reword(site_id: int, base: str, **wording: Any) -> Reason:
    """Give a reason its next wording on the site, or add a reason with `base` empty. The caller commits.

    Raises IntegrityError if somebody else did so at the same moment.
    """
    former = update(ReasonWording).where(ReasonWording.site_id == site_id, ReasonWording.base == base)
    db.session.execute(former.where(ReasonWording.is_current).values(is_current=False))
    row = ReasonWording(site_id=site_id, base=base or f"own-{secrets.token_hex(6)}", **wording)
    db.session.add(row)
    db.session.flush()
    return row.reason


def _shipped() -> dict[str, Reason]:
    return {
        key: Reason(key, key, str(name), str(WORDS[key]), LAW if key == "illegal" else HOUSE)
        for key, name in REASONS.items()
    }


def _overlaid(rows: list[ReasonWording]) -> list[Reason]:
    """Return the shipped reasons, each in the site's wording if it has one, then the site's own."""
    reasons = _shipped() | {row.base: row.reason for row in rows}
    return list(reasons.values())


def _active(rows: list[ReasonWording]) -> list[Reason]:
    return [reason for reason in _overlaid(rows) if reason.is_active]


def _rows(site_ids: Collection[int]) -> dict[int, list[ReasonWording]]:
    found: dict[int, list[ReasonWording]] = {site_id: [] for site_id in site_ids}
    if found:
        query = select(ReasonWording).where(ReasonWording.site_id.in_(found), ReasonWording.is_current)
        for row in db.session.scalars(query.order_by(ReasonWording.id)):
            found[row.site_id].append(row)
    return found


def _own_number(key: str) -> int:
    """Return the number of the wording that a key names; 0 for a key of another kind."""
    digits = key.removeprefix(OWN_PREFIX)
    return int(digits) if digits != key and digits.isascii() and digits.isdigit() and len(digits) < 19 else 0


def _own_names(number: int) -> dict[int, str]:
    """Return the names of the sites' wordings, which never change: each is asked for once a process."""
    names: dict[int, str] = current_app.extensions.setdefault("reason_names", {})
    if number not in names:
        is_unknown = or_(ReasonWording.id == number, ReasonWording.id > max(names, default=0))
        found = db.session.execute(select(ReasonWording.id, ReasonWording.name).where(is_unknown))
        names.update((row.id, row.name) for row in found)
    return names
