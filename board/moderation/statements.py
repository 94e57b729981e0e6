"""Statements of reasons: what was decided about somebody, why, and how to appeal (EU Digital Services Act, Article 17).

A statement keeps the words of its time. Its mail leaves once the time to undo is over: whatever is undone before that
was never told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.mails import link_to
from board.accounts.models import User
from board.accounts.sanctions import Sanction
from board.comments.models import Comment
from board.comments.reasons import HOUSE, LAW, REASONS, WORDS, find_reason
from board.extensions import Model, db
from board.languages import speaking
from board.markup import excerpt
from board.outbox import deliverer, enqueue, enqueue_mail
from board.storage import now, only_where

KIND, BACK_KIND = "statement", "statement_withdrawn"
TOLD_AFTER = timedelta(seconds=15)  # the ten seconds in which the desk offers to undo, and some more
QUOTED_CHARACTERS = 2000
SUBJECTS = {
    "removal": _l("Your comment was removed"),
    "warning": _l("A warning from the moderators"),
    "hold": _l("Your comments wait for a moderator from now on"),
    "suspension": _l("Your account is suspended"),
    "ban": _l("Your account is barred"),
}
ON_COMMENT = only_where("comment_id IS NOT NULL")


class Statement(Model):
    """One decision about one member, as they are told of it."""

    __tablename__ = "statement"
    __table_args__ = (
        CheckConstraint("act IN ('removal', 'warning', 'hold', 'suspension', 'ban')", name="act"),
        CheckConstraint("state IN ('standing', 'withdrawn', 'overturned')", name="state"),
        CheckConstraint("ground IN ('house', 'law')", name="ground"),
        CheckConstraint("found_by IN ('moderator', 'report', 'notice', 'machine')", name="found_by"),
        CheckConstraint("(act = 'removal') = (sanction_id IS NULL)", name="subject"),
        Index("ix_statement_member", "member_id", "id"),
        Index("ix_statement_comment", "comment_id", "id", **ON_COMMENT),
        Index("ix_statement_sanction", "sanction_id"),
        Index("ix_statement_site_at", "site_id", "decided_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))  # None: on all sites
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    sanction_id: Mapped[int | None] = mapped_column(ForeignKey("sanction.id"))
    act: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(50))
    base: Mapped[str] = mapped_column(String(30))  # what all wordings of the reason have in common
    reason_name: Mapped[str] = mapped_column(String(100))
    words: Mapped[str] = mapped_column(Text, default="")
    ground: Mapped[str] = mapped_column(String(5), default=HOUSE)
    rule: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    quote: Mapped[str] = mapped_column(Text, default="")  # what the comment said
    found_by: Mapped[str] = mapped_column(String(10), default="moderator")
    is_automated: Mapped[bool] = mapped_column(default=False)  # no person decided
    until: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime] = mapped_column(default=now)
    again_by_id: Mapped[int | None]  # who let it stand again after it was withdrawn
    state: Mapped[str] = mapped_column(String(10), default="standing")
    told_at: Mapped[datetime | None]

    comment: Mapped[Comment | None] = relationship(lazy="raise_on_sql")
    sanction: Mapped[Sanction | None] = relationship(lazy="raise_on_sql")
    member: Mapped[User] = relationship(foreign_keys=[member_id], lazy="raise_on_sql")

    @property
    def judges(self) -> set[int]:
        """Return who decided, or let it stand again: not those who decide an appeal."""
        return {one for one in (self.decided_by_id, self.again_by_id) if one}

    @property
    def is_by_law(self) -> bool:
        """Tell whether the law is what was broken, not a rule of the house."""
        return self.ground == LAW

    @property
    def shown_reason(self) -> str:
        """Return the reason's name: one that ships in the reader's language, a site's own as it was worded then."""
        return str(REASONS.get(self.reason) or self.reason_name)

    @property
    def shown_words(self) -> str:
        """Return what the member is told beside the reason's name."""
        return str(WORDS.get(self.reason) or self.words)

    @property
    def appeal_until(self) -> datetime:
        """Return until when the member may appeal."""
        window: timedelta = current_app.config["BOARD"].appeal_window
        return self.decided_at + window

    def can_be_appealed_by(self, user: Any) -> bool:
        """The member may appeal a decision that stands, within the time that the operator gives."""
        return bool(user.id == self.member_id and self.state == "standing" and now() < self.appeal_until)


def tell_author(
    comment: Comment, *, by: User | None, reason: str, note: str = "", found_by: str = "moderator"
) -> Statement:
    """State the reasons for the comment's removal to its author, within the caller's transaction.

    `by` is None where no person decided; `found_by` is how it was found: "moderator", "report", "notice", "machine".
    """
    return _state(
        comment.author_id,
        "removal",
        reason,
        site_id=comment.site_id,
        comment_id=comment.id,
        note=note,
        quote=excerpt(comment.body_html, QUOTED_CHARACTERS),
        found_by=found_by,
        is_automated=by is None,
        decided_by_id=by.id if by else None,
    )


def tell_member(sanction: Sanction, member_id: int) -> Statement:
    """State the reasons for a sanction to somebody whom it concerns, within the caller's transaction."""
    return _state(
        member_id,
        sanction.kind,
        sanction.reason,
        site_id=sanction.site_id,
        sanction_id=sanction.id,
        note=sanction.note,
        until=sanction.until,
        decided_by_id=sanction.by_id,
    )


def withdraw(comment_ids: Sequence[int], state: str = "withdrawn") -> None:
    """Take back what was stated about these comments' removal; who was told already is told that they are back."""
    _withdraw(Statement.comment_id.in_(comment_ids), state)


def reinstate(comment: Comment, by: User) -> bool:
    """Let the latest statement about the comment that was withdrawn stand again; tell whether there is one."""
    statement = _latest(comment)
    if statement is None or statement.state != "withdrawn":
        return False
    statement.state, statement.told_at, statement.again_by_id = "standing", None, by.id
    _set_appeals([statement.id], "overturned", "open")
    enqueue(KIND, {"statement": statement.id}).due_at = now() + TOLD_AFTER
    return True


def lost_appeal(comment: Comment, by: User) -> bool:
    """Tell whether an appeal has overturned what this person decided on the comment last."""
    statement = _latest(comment)
    return statement is not None and statement.state == "overturned" and by.id in statement.judges


def withdraw_sanction(sanction: Sanction, state: str = "withdrawn") -> None:
    """Take back what was stated about a sanction that is lifted; who was told of it is told that it is lifted."""
    _withdraw(Statement.sanction_id == sanction.id, state)


def _latest(comment: Comment) -> Statement | None:
    latest = select(Statement).where(Statement.comment_id == comment.id).order_by(Statement.id.desc()).limit(1)
    return db.session.scalars(latest).first()


def _withdraw(which: Any, state: str) -> None:
    ending = update(Statement).where(which, Statement.state == "standing").values(state=state)
    ended = db.session.execute(
        ending.returning(Statement.id, Statement.told_at).execution_options(synchronize_session="fetch")
    ).all()
    _set_appeals([statement_id for statement_id, _told in ended], "open", "overturned")
    for statement_id, told_at in ended:
        if told_at and state == "withdrawn":  # what an appeal overturns is told in its own words
            enqueue(BACK_KIND, {"statement": statement_id})


def _set_appeals(statement_ids: Sequence[int], state: str, to: str) -> None:
    """Close the appeals that ask for what has just been done without them, or open those again."""
    appeal = db.metadata.tables["appeal"]  # of a module above
    concerned = appeal.c.statement_id.in_(statement_ids) & (appeal.c.state == state)
    moving = update(appeal).where(concerned, appeal.c.decided_by_id.is_(None))
    db.session.execute(moving.values(state=to, decided_at=None if to == "open" else now()))


def _state(member_id: int, act: str, reason_key: str, **more: Any) -> Statement:
    reason = find_reason(reason_key)
    worded = {"base": reason.base, "reason_name": reason.name, "words": reason.words}
    statement = Statement(
        member_id=member_id, act=act, reason=reason.key, ground=reason.ground, rule=reason.rule, **worded, **more
    )
    db.session.add(statement)
    db.session.flush()
    enqueue(KIND, {"statement": statement.id}).due_at = now() + TOLD_AFTER
    return statement


@deliverer(KIND)
def mail_statement(payload: dict[str, Any]) -> None:
    """Write the mail, unless the decision was taken back meanwhile or the member was told."""
    telling = update(Statement).where(
        Statement.id == payload["statement"], Statement.told_at.is_(None), Statement.state == "standing"
    )
    if not db.session.execute(telling.values(told_at=now())).rowcount:  # type: ignore[attr-defined]
        return
    statement = load_statement(payload["statement"])
    _mail(statement, SUBJECTS[statement.act], "moderation/mail/statement.txt")


@deliverer(BACK_KIND)
def mail_withdrawal(payload: dict[str, Any]) -> None:
    """Tell the member that a decision is taken back."""
    statement = load_statement(payload["statement"])
    subject = _l("A decision about you is lifted")
    if statement.comment:
        waits = _l("The removal of your comment is taken back")
        subject = waits if statement.comment.state == "held" else _l("Your comment is back")
    _mail(statement, subject, "moderation/mail/withdrawn.txt")


def load_statement(statement_id: int) -> Statement:
    """Return the statement with its member, and with the comment and article that it is about."""
    from sqlalchemy.orm import joinedload

    with_place = joinedload(Statement.comment).joinedload(Comment.article)
    query = select(Statement).where(Statement.id == statement_id).options(joinedload(Statement.member), with_place)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _mail(statement: Statement, subject: LazyString, template: str) -> None:
    member = statement.member
    if member.is_placeholder or not member.active:
        return
    link = link_to("moderation.decision", statement_id=str(statement.id))
    with speaking(member.language, statement.site_id):
        words = render_template(template, statement=statement, member=member, link=link)
        enqueue_mail(member.email, str(subject), words, by_stranger=False)
