"""The log as people read it: filtered, within reach, in bounded pages; each entry with names and a small comparison."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, func, or_, select

from board.accounts.models import User
from board.accounts.reach import Reach
from board.articles.models import Site
from board.audit import AuditEntry, AuditLink
from board.days import NotADay, begin_of, parse_day
from board.extensions import db
from board.moderation.acts import ACTS
from board.moderation.fieldnames import field_text, listed
from board.urls import row_number

PAGE_SIZE = 50
MOST_EXPORTED = 100_000  # entries in one download; more of them with `board log export`
LONGEST_VALUE = 200  # characters of a value that the comparison shows
MAX_TEXT = 100
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00", re.ASCII)  # as the log keeps one
FIELDS = ("actor", "action", "subject", "site", "since", "until")  # of `Wanted`, in its order

KINDS = {
    "appeal": _l("Appeals"),
    "article": _l("Articles"),
    "ballot": _l("Ballots"),
    "comment": _l("Comments"),
    "member": _l("Members"),
    "notice": _l("Notices"),
    "overdue": _l("Notices of long waits"),
    "quarantine": _l("Votes in quarantine"),
    "reason": _l("Reasons"),
    "sanction": _l("Sanctions"),
    "screening": _l("Screening"),
    "site": _l("Sites"),
    "sponsor": _l("Sponsors"),
}
SUBJECTS = {
    "article": _l("article"),
    "ballot": _l("ballot"),
    "comment": _l("comment"),
    "member": _l("member"),
    "sanction": _l("sanction"),
    "site": _l("site"),
    "sponsor": _l("sponsor"),
    "statement": _l("decision"),
}


@dataclass
class Wanted:
    """What of the log is asked for, as typed, and what is wrong with that."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    site: str = ""
    since: str = ""
    until: str = ""
    problems: list[str] = field(default_factory=list)
    conditions: list[ColumnElement[bool]] = field(default_factory=list)

    @property
    def as_typed(self) -> dict[str, str | None]:
        """Return the fields for a link to another page of the same."""
        return {name: getattr(self, name) or None for name in FIELDS}


@dataclass
class Line:
    """One entry with the names that it refers to."""

    entry: AuditEntry
    actor: str
    site: str

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Return what differs: name, before, after; a value that there was not is empty."""
        before, after = self.entry.before or {}, self.entry.after or {}
        names = [*before, *(name for name in after if name not in before)]
        pairs = ((name, _shown(before.get(name)), _shown(after.get(name))) for name in names)
        return [(field_text(name), was, is_now) for name, was, is_now in pairs if was != is_now]

    @property
    def subject(self) -> str:
        """Return on what it was done, in words."""
        kind = SUBJECTS.get(self.entry.subject_type, self.entry.subject_type.replace("_", " "))
        return f"{kind} {self.entry.subject_id}"


@dataclass
class LogPage:
    """One page of the log, newest first."""

    lines: list[Line]
    next_before: int | None


def read_wanted(asked: Mapping[str, str]) -> Wanted:
    """Return what the address asks for; what cannot be understood is said, and finds nothing."""
    wanted = Wanted()
    for name in FIELDS:
        setattr(wanted, name, asked.get(name, "").replace("\0", "").strip()[:MAX_TEXT])
    if wanted.actor:
        wanted.conditions.append(_is_actor(wanted.actor))
    if wanted.action:
        wanted.conditions.append(_is_action(wanted.action))
    if wanted.subject:
        wanted.conditions.append(_is_subject(wanted))
    if wanted.site:
        wanted.conditions.append(AuditEntry.site_id.in_(select(Site.id).where(Site.slug == wanted.site)))
    for text, days, is_after in ((wanted.since, 0, True), (wanted.until, 1, False)):
        if text and (moment := _day(text, days, wanted)):
            wanted.conditions.append(AuditEntry.at >= moment if is_after else AuditEntry.at < moment)
    return wanted


def load_log(wanted: Wanted, within: Reach, before: int | None) -> LogPage:
    """Return the entries within reach that are asked for, before the given one."""
    query = select(AuditEntry).where(within.covers(AuditEntry.site_id), *wanted.conditions)
    if before:
        query = query.where(AuditEntry.id < before)
    found = db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(PAGE_SIZE + 1)).all()
    following = found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
    return LogPage(_with_names(found[:PAGE_SIZE]), following)


def count_linked(wanted: Wanted, within: Reach) -> int:
    """Return how many entries a download would have."""
    linked = select(func.count()).select_from(AuditLink).join(AuditEntry, AuditEntry.id == AuditLink.entry_id)
    return db.session.scalar(linked.where(within.covers(AuditEntry.site_id), *wanted.conditions)) or 0


def sites_within(within: Reach) -> Sequence[Site]:
    """Return the sites whose entries are within reach."""
    return db.session.scalars(select(Site).where(within.covers(Site.id)).order_by(Site.id)).all()


def _with_names(entries: Sequence[AuditEntry]) -> list[Line]:
    """Look up the members' present names, and the sites': an erased member's is gone from here too."""
    nameless = {entry.actor_id for entry in entries if entry.actor_id and not entry.actor_name}
    names = dict(db.session.execute(select(User.id, User.display_name).where(User.id.in_(nameless))).all())
    sites = dict(db.session.execute(select(Site.id, Site.name)).all())
    return [Line(entry, _actor(entry, names), sites.get(entry.site_id or 0, "")) for entry in entries]


def _actor(entry: AuditEntry, names: Mapping[int, str]) -> str:
    if entry.actor_id is None:
        return "Board"
    return entry.actor_name or names.get(entry.actor_id) or str(_("member %(number)s", number=entry.actor_id))


def _is_actor(text: str) -> ColumnElement[bool]:
    """Hold for what somebody of this name, or with this number, did."""
    if text.casefold() == "board":
        return AuditEntry.actor_id.is_(None)
    called = select(User.id).where(User.display_name.icontains(text, autoescape=True))
    by_name = or_(AuditEntry.actor_name.icontains(text, autoescape=True), AuditEntry.actor_id.in_(called))
    try:
        return or_(AuditEntry.actor_id == row_number(text), by_name)
    except ValueError:
        return by_name


def _is_action(action: str) -> ColumnElement[bool]:
    """Hold for one action, or for all of a kind: `comment.removed`, or `comment`."""
    if action in ACTS:
        return AuditEntry.action == action
    return AuditEntry.action.in_([name for name in ACTS if name.partition(".")[0] == action] or [""])


def _is_subject(wanted: Wanted) -> ColumnElement[bool]:
    """Hold for what was done to one thing, as in "comment 12"."""
    kind, _space, number = wanted.subject.replace(":", " ").partition(" ")
    known = {str(words): name for name, words in SUBJECTS.items()} | {name: name for name in SUBJECTS}
    if kind.lower() not in known or not number.strip().isascii() or not number.strip().isdigit():
        wanted.problems.append(_("Write what it is about and its number, as in “comment 12”."))
        return false()
    is_kind = AuditEntry.subject_type == known[kind.lower()]
    return is_kind & (AuditEntry.subject_id == number.strip())


def _day(text: str, days: int, wanted: Wanted) -> datetime | None:
    """Return when the day, or the one so many days later, begins where the operator is."""
    try:
        return begin_of(parse_day(text) + timedelta(days=days))
    except NotADay:
        wanted.problems.append(_("Write dates as in 2026-12-31."))
        wanted.conditions.append(false())
        return None


def _shown(value: Any) -> str:
    """Return a value as text, cut short."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    text = value if isinstance(value, str) else listed(value) or json.dumps(value, ensure_ascii=False)
    if MOMENT.fullmatch(text):
        with suppress(ValueError, OverflowError):  # a title or a name can look like a moment, and be none
            return str(format_datetime(datetime.fromisoformat(text), "medium"))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
