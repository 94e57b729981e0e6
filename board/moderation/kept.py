"""What moderation keeps of a member: exported for them, and forgotten with their account.

What was decided stays as numbers, for the reports that the law asks for; what was written in it goes.
"""

from typing import Any

from sqlalchemy import delete, or_, select, update

from board.accounts.models import User
from board.accounts.sanctions import Sanction
from board.comments.reasons import reason_text
from board.extensions import db
from board.moderation.appeals import Appeal
from board.moderation.models import Report
from board.moderation.reporters import ReporterRecord
from board.moderation.statements import Statement


def decisions_about(member: User) -> list[dict[str, Any]]:
    """Return what was decided about the member, with their appeals."""
    rows = db.session.execute(
        select(Statement, Appeal)
        .outerjoin(Appeal, Appeal.statement_id == Statement.id)
        .where(Statement.member_id == member.id)
        .order_by(Statement.id)
    )
    return [{**_told(statement), "appeal": _said(appeal)} for statement, appeal in rows]


def sanctions_on(member: User) -> list[dict[str, Any]]:
    """Return the member's sanctions."""
    found = db.session.scalars(select(Sanction).where(Sanction.member_id == member.id).order_by(Sanction.id))
    return [
        {
            "kind": sanction.kind,
            "reason": reason_text(sanction.reason),
            "note": sanction.note,
            "given": sanction.created_at.isoformat(),
            "until": _moment(sanction.until),
            "ended": _moment(sanction.ended_at),
        }
        for sanction in found
    ]


def reports_by(member: User) -> list[dict[str, Any]]:
    """Return what the member reported."""
    found = db.session.scalars(select(Report).where(Report.reporter_id == member.id).order_by(Report.created_at))
    return [
        {
            "comment": report.comment_id,
            "reason": reason_text(report.reason),
            "note": report.note,
            "reported": report.created_at.isoformat(),
            "state": report.state,
        }
        for report in found
    ]


def forget_decisions(member: User) -> None:
    """Erase what the decisions quote and say, and the member's appeals; an open one ends."""
    own = Statement.member_id == member.id
    db.session.execute(update(Statement).where(own).values(quote="", note=""))
    said = Appeal.member_id == member.id
    db.session.execute(delete(Appeal).where(said, Appeal.state == "open"))
    db.session.execute(update(Appeal).where(said).values(text="", words=""))


def forget_sanctions(member: User) -> None:
    """Erase what the sanctions say."""
    db.session.execute(update(Sanction).where(Sanction.member_id == member.id).values(note=""))


def forget_reports(member: User) -> None:
    """Erase what the member wrote in reports, and how often they were right."""
    written = or_(Report.note != "", Report.wants_outcome)
    forgetting = update(Report).where(Report.reporter_id == member.id, written)
    db.session.execute(forgetting.values(note="", wants_outcome=False))
    db.session.execute(delete(ReporterRecord).where(ReporterRecord.user_id == member.id))


def _told(statement: Statement) -> dict[str, Any]:
    return {
        "act": statement.act,
        "reason": statement.reason_name,
        "words": statement.words,
        "rule": statement.rule,
        "note": statement.note,
        "quote": statement.quote,
        "decided": statement.decided_at.isoformat(),
        "until": _moment(statement.until),
        "state": statement.state,
    }


def _said(appeal: Appeal | None) -> dict[str, Any] | None:
    if appeal is None:
        return None
    return {
        "text": appeal.text,
        "sent": appeal.created_at.isoformat(),
        "state": appeal.state,
        "answer": appeal.words,
    }


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
