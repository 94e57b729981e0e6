"""Reporters: how often they were right, what their next report weighs, and what they are told of its outcome.

A report weighs 100 from somebody unknown or always right, and less the more of somebody's reports were dismissed, never
less than 10. The weights order the desk's queue; how many reports there are is shown beside.
"""

from collections.abc import Collection
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, func, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from board.accounts.models import User
from board.accounts.reach import Reach
from board.comments.models import Comment
from board.extensions import Model, db
from board.languages import speaking
from board.moderation.models import Report
from board.moderation.statements import TOLD_AFTER
from board.outbox import deliverer, enqueue, enqueue_mail
from board.storage import insert_for, now

KIND = "report_outcome"
FULL_WEIGHT, LEAST_WEIGHT = 100, 10
BENEFIT_OF_DOUBT = 3  # reports that everybody is taken to have been right about


class ReporterRecord(Model):
    """How many of a member's reports were upheld, and how many dismissed."""

    __tablename__ = "reporter_record"

    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    upheld: Mapped[int] = mapped_column(default=0)
    dismissed: Mapped[int] = mapped_column(default=0)

    @property
    def weight(self) -> int:
        """Return what the member's next report weighs."""
        right = self.upheld + BENEFIT_OF_DOUBT
        return max(LEAST_WEIGHT, round(FULL_WEIGHT * right / (right + self.dismissed)))


def weight_of(reporter: User) -> int:
    """Return what a report of this member's weighs now."""
    record = db.session.get(ReporterRecord, reporter.id)
    return record.weight if record else FULL_WEIGHT


def record_within(reporter: User, within: Reach) -> ReporterRecord:
    """Return what became of the member's reports on the sites within reach; everywhere, it is the record itself."""
    if within.is_everywhere:
        return db.session.get(ReporterRecord, reporter.id) or ReporterRecord(upheld=0, dismissed=0)
    counted = select(Report.state, func.count()).where(Report.reporter_id == reporter.id, within.covers(Report.site_id))
    counts = dict(db.session.execute(counted.group_by(Report.state)).all())
    return ReporterRecord(upheld=counts.get("upheld", 0), dismissed=counts.get("dismissed", 0))


def records_of(reporter_ids: Collection[int]) -> dict[int, ReporterRecord]:
    """Return the records of those members who have one, in one query."""
    found = db.session.scalars(select(ReporterRecord).where(ReporterRecord.user_id.in_(set(reporter_ids))))
    return {record.user_id: record for record in found}


def move_reports(comment: Comment, state: str, to: str, reporters: list[int] | None = None) -> list[int]:
    """Move the comment's reports from one state to another, all or those of some members; return whose they are.

    The comment's count and weight of reports follow, and the reporters' records; who asked for it is told the outcome,
    once the time to undo is over. The caller commits.
    """
    moving = update(Report).where(Report.comment_id == comment.id, Report.state == state)
    if reporters is not None:
        moving = moving.where(Report.reporter_id.in_(reporters))
    moving = moving.values(state=to, closed_at=None if to == "open" else now())
    columns = (Report.reporter_id, Report.weight, Report.wants_outcome)
    moved = db.session.execute(moving.returning(*columns).execution_options(synchronize_session=False)).all()
    if not moved:
        return []
    step = (state == "dismissed") - (to == "dismissed")
    if step:
        comment.count_report(step * len(moved), step * sum(row.weight for row in moved))
    _note(sorted(row.reporter_id for row in moved), state, to)
    for row in moved if to != "open" else ():
        if row.wants_outcome:
            payload = {"comment": comment.id, "reporter": row.reporter_id, "outcome": to}
            enqueue(KIND, payload).due_at = now() + TOLD_AFTER
    return [row.reporter_id for row in moved]


def _note(reporter_ids: list[int], state: str, to: str) -> None:
    """Count one report of each in their record, which it may have stood in otherwise; always in the same order."""
    table: Any = ReporterRecord.__table__
    if state != "open":
        column = table.c[state]
        less = update(table).where(table.c.user_id.in_(reporter_ids), column > 0).values({state: column - 1})
        db.session.connection().execute(less)
    if to != "open":
        counting = insert_for(db.engine.dialect.name)(table)
        counting = counting.on_conflict_do_update(index_elements=["user_id"], set_={to: table.c[to] + 1})
        rows = [{"user_id": one, "upheld": 0, "dismissed": 0, to: 1} for one in reporter_ids]
        db.session.connection().execute(counting, rows)


@deliverer(KIND)
def mail_outcome(payload: dict[str, Any]) -> None:
    """Tell a reporter what became of the report, unless that was undone meanwhile; never what befell the author."""
    report = db.session.get(Report, (payload["comment"], payload["reporter"]), populate_existing=True)
    reporter = db.session.get(User, payload["reporter"])
    if report is None or report.state != payload["outcome"] or reporter is None or not reporter.active:
        return
    query = select(Comment).where(Comment.id == report.comment_id).options(joinedload(Comment.article))
    comment = db.session.scalars(query).unique().one()
    with speaking(reporter.language, comment.site_id):
        told = {"report": report, "reporter": reporter, "article": comment.article}
        words = render_template("moderation/mail/outcome.txt", **told)
        enqueue_mail(reporter.email, _("Your report"), words, by_stranger=False)
