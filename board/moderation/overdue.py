"""What waits longer at the desk than a site finds right, and the mail and the call that tell its moderators.

A site's own row says how long is too long, how often it is told at most, and when that was last. Whoever moves that
moment on, with the mails in the same transaction, is the one worker that tells.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, render_template
from flask_babel import format_timedelta
from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, func, literal, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column, selectinload

from board.accounts.mails import as_html, link_to
from board.accounts.models import User
from board.accounts.reach import SiteRole, reach
from board.articles.models import PRIMARY_SITE_ID, Site
from board.comments.models import Comment
from board.extensions import Model, db
from board.languages import FOR_STAFF, speaking
from board.moderation.appeals import Appeal
from board.moderation.models import Report
from board.moderation.notices import Notice
from board.moderation.overdue_call import KIND
from board.moderation.queues import IS_HELD, IS_PUBLISHED, WAITS
from board.moderation.statements import Statement
from board.outbox import enqueue, enqueue_mail
from board.statements import insert_once
from board.storage import now

HOURS = 12  # may something wait, unless the site says otherwise
EVERY_HOURS = 24  # the moderators are told at most, unless the site says otherwise
QUEUES = ("reported", "held", "appeals", "notices")


class OverdueRule(Model):
    """How long something may wait on a site, and how often its moderators are told that it waits longer."""

    __tablename__ = "overdue_rule"
    __table_args__ = (
        CheckConstraint("hours >= 0", name="hours"),
        CheckConstraint("every_hours > 0", name="every_hours"),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    hours: Mapped[int] = mapped_column(default=HOURS)  # 0: nobody is told
    every_hours: Mapped[int] = mapped_column(default=EVERY_HOURS)
    told_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Waiting:
    """Some things of one kind that wait on a site: how many, and since when the oldest. Appeals: those against one."""

    site_id: int
    queue: str
    count: int
    since: datetime
    not_for: frozenset[int] = frozenset()  # who may not decide them

    @property
    def age(self) -> str:
        """Say how long the oldest waits."""
        return str(format_timedelta(now() - self.since))

    @property
    def text(self) -> str:
        """Say what waits, how much of it and for how long."""
        texts = {
            "reported": _("Reported comments: %(count)s, the oldest report waiting for %(age)s"),
            "held": _("Held comments: %(count)s, the oldest waiting for %(age)s"),
            "appeals": _("Appeals: %(count)s, the oldest waiting for %(age)s"),
            "notices": _("Notices of unlawful content: %(count)s, the oldest waiting for %(age)s"),
        }
        return str(texts[self.queue] % {"count": self.count, "age": self.age})

    @property
    def link(self) -> str:
        """Return where they are decided."""
        if self.queue in {"reported", "held"}:
            return link_to("moderation.desk", queue=self.queue)
        return link_to(f"moderation.{self.queue}")


@dataclass(frozen=True)
class Watch:
    """A site as the worker looks at it."""

    site_id: int
    slug: str
    name: str
    hours: int
    every_hours: int
    told_at: datetime | None

    def is_due(self, moment: datetime) -> bool:
        """Tell whether its moderators may be told now."""
        return self.hours > 0 and (self.told_at is None or self.told_at <= moment - timedelta(hours=self.every_hours))

    def is_late(self, waiting: Waiting, moment: datetime) -> bool:
        """Tell whether the oldest has waited too long."""
        return waiting.since <= moment - timedelta(hours=self.hours)


Late = tuple[Watch, list[Waiting]]  # a site, and what has waited too long on it


def tell_of_long_waits() -> int:
    """Tell the moderators of each site on which something has waited too long; return how many sites that were."""
    moment = now()
    due = [watch for watch in _watches() if watch.is_due(moment)]
    found = measure([watch.site_id for watch in due])
    told = 0
    for watch in due:
        late = [one for one in found[watch.site_id] if watch.is_late(one, moment)]
        if late and _claim(watch, moment):
            _tell(watch, late)
            told += 1
        db.session.commit()
    db.session.rollback()
    return told


def late_on(which: ColumnElement[bool]) -> list[Late]:
    """Return the sites that the condition holds for, each with what has waited too long there, if anything has."""
    moment = now()
    watches = [watch for watch in _watches(which) if watch.hours > 0]
    found = measure([watch.site_id for watch in watches])
    late = [(watch, [one for one in found[watch.site_id] if watch.is_late(one, moment)]) for watch in watches]
    return [(watch, waiting) for watch, waiting in late if waiting]


def measure(site_ids: Sequence[int]) -> dict[int, list[Waiting]]:
    """Return what waits on these sites, by site. A held comment waits since its author last changed it."""
    found: dict[int, list[Waiting]] = defaultdict(list)
    if site_ids:
        for query in (_reported(site_ids), _held(site_ids), _notices(site_ids)):
            for row in db.session.execute(query):
                found[row[0]].append(Waiting(*row))
        for waiting in _appeals(site_ids):
            found[waiting.site_id].append(waiting)
    return found


def rule_of(site_id: int) -> OverdueRule:
    """Return the site's rule, made if there is none yet, and held until the caller commits."""
    insert_once(OverdueRule, site_id=site_id, hours=HOURS, every_hours=EVERY_HOURS, told_at=None)
    return db.session.scalars(select(OverdueRule).where(OverdueRule.site_id == site_id).with_for_update()).one()


def in_queues(found: Sequence[Waiting]) -> list[Waiting]:
    """Return one for each queue, in the desk's order."""
    together = []
    for queue in QUEUES:
        if same := [one for one in found if one.queue == queue]:
            together.append(
                Waiting(same[0].site_id, queue, sum(one.count for one in same), min(one.since for one in same))
            )
    return together


def _watches(*which: ColumnElement[bool]) -> list[Watch]:
    columns = Site.id, Site.slug, Site.name, OverdueRule.hours, OverdueRule.every_hours, OverdueRule.told_at
    query = select(*columns).outerjoin(OverdueRule, OverdueRule.site_id == Site.id).where(*which).order_by(Site.id)
    return [
        Watch(number, slug, name, HOURS if hours is None else hours, every or EVERY_HOURS, told_at)
        for number, slug, name, hours, every, told_at in db.session.execute(query)
    ]


def _reported(site_ids: Sequence[int]) -> Select[int, str, int, datetime]:
    columns = (Report.site_id, literal("reported"), func.count(Report.comment_id.distinct()))
    query = select(*columns, func.min(Report.created_at)).join(Comment, Comment.id == Report.comment_id)
    is_open = Report.site_id.in_(site_ids), Report.state == "open", WAITS, IS_PUBLISHED
    return query.where(*is_open).group_by(Report.site_id)


def _held(site_ids: Sequence[int]) -> Select[int, str, int, datetime]:
    since = func.min(func.coalesce(Comment.edited_at, Comment.created_at))
    query = select(Comment.site_id, literal("held"), func.count(), since)
    return query.where(Comment.site_id.in_(site_ids), WAITS, IS_HELD).group_by(Comment.site_id)


def _notices(site_ids: Sequence[int]) -> Select[int, str, int, datetime]:
    query = select(Notice.site_id, literal("notices"), func.count(), func.min(Notice.created_at))
    return query.where(Notice.site_id.in_(site_ids), Notice.state == "open").group_by(Notice.site_id)


def _appeals(site_ids: Sequence[int]) -> Iterable[Waiting]:
    """Return the appeals by whom they are against, who may not decide them; those about all sites as the first's."""
    site = func.coalesce(Appeal.site_id, PRIMARY_SITE_ID)
    parties = Appeal.against_id, Appeal.member_id, Statement.again_by_id
    query = select(site, func.count(), func.min(Appeal.created_at), *parties).join(Appeal.statement)
    query = query.where(Appeal.state == "open", site.in_(site_ids)).group_by(site, *parties)
    for site_id, count, since, *concerned in db.session.execute(query):
        yield Waiting(site_id, "appeals", count, since, frozenset(one for one in concerned if one))


def _claim(watch: Watch, moment: datetime) -> bool:
    """Move on when the site was last told; False if another worker did, or its rule was changed meanwhile."""
    insert_once(OverdueRule, site_id=watch.site_id, hours=HOURS, every_hours=EVERY_HOURS, told_at=None)
    until = moment - timedelta(hours=watch.every_hours)
    is_as_seen = (OverdueRule.hours == watch.hours) & (OverdueRule.every_hours == watch.every_hours)
    is_due = or_(OverdueRule.told_at.is_(None), OverdueRule.told_at <= until)
    claiming = update(OverdueRule).where(OverdueRule.site_id == watch.site_id, is_as_seen, is_due)
    done = db.session.execute(claiming.values(told_at=moment).execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _tell(watch: Watch, late: Sequence[Waiting]) -> None:
    for moderator in _moderators(watch.site_id):
        if lines := in_queues([one for one in late if moderator.id not in one.not_for]):
            with speaking(FOR_STAFF, watch.site_id):
                words = render_template("moderation/mail/overdue.txt", moderator=moderator, site=watch, lines=lines)
                subject = _("Comments of %(site)s wait for you", site=watch.name)
                enqueue_mail(moderator.email, subject, words, as_html(words), by_stranger=False)
    if current_app.config["BOARD"].overdue_url:
        counts = {one.queue: {"count": one.count, "since": one.since.isoformat()} for one in in_queues(late)}
        data = {"site": watch.slug, "queues": counts, "desk": link_to("moderation.desk")}
        body = {"type": "queue.overdue", "timestamp": now().isoformat(), "data": data}
        enqueue(KIND, {"id": f"msg_{secrets.token_hex(16)}", "body": body})


def _moderators(site_id: int) -> list[User]:
    """Return who may decide on the site's comments: the staff of all sites, and its own."""
    here = select(SiteRole.user_id).where(SiteRole.site_id == site_id)
    query = select(User).where(
        or_(User.role != "member", User.id.in_(here)), User.active, User.is_placeholder.is_(False)
    )
    found = db.session.scalars(query.options(selectinload(User.site_roles)).order_by(User.id))
    return [user for user in found if reach(user, "moderator").includes(site_id)]
