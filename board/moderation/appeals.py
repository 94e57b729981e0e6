"""Appeals: one for each decision, read by somebody else than who decided (EU Digital Services Act, Article 20)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board import audit
from board.access import Refused, load
from board.accounts.mails import link_to
from board.accounts.models import User
from board.accounts.reach import Reach, SiteRole
from board.articles.models import Article
from board.comments.models import Comment
from board.extensions import Model, db
from board.languages import speaking
from board.moderation.decisions import decide
from board.moderation.deeds import settle
from board.moderation.sanctioning import lift
from board.moderation.statements import Statement, withdraw
from board.outbox import enqueue_mail
from board.statements import insert_once
from board.storage import now, only_where

PAGE_SIZE = 25
IS_OPEN = only_where("state = 'open'")


class Appeal(Model):
    """What a member says against one decision about them, and what became of it."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'overturned')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by_id IS NULL OR against_id IS NULL OR decided_by_id <> against_id", name="another"),
        Index("ix_appeal_open", "due_at", "statement_id", **IS_OPEN),
        Index("ix_appeal_member", "member_id"),
        Index("ix_appeal_site_at", "site_id", "created_at"),
    )

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)  # so one each
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))  # None: about all sites
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    against_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))  # who decided, and so may not again
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(Text, default="")  # of whoever decided, for the member

    statement: Mapped[Statement] = relationship(lazy="raise_on_sql")

    @property
    def id(self) -> int:
        """Return the number by which the log names the appeal: its statement's."""
        return self.statement_id

    @property
    def is_late(self) -> bool:
        """Tell whether it waits longer than the operator promises."""
        return self.state == "open" and self.due_at < now()


def write_appeal(statement: Statement, by: User, words: str) -> bool:
    """Appeal once; tell whether this is the member's first appeal of the decision. The caller commits."""
    window: timedelta = current_app.config["BOARD"].appeal_due_within
    moment = now()
    is_new = insert_once(
        Appeal,
        statement_id=statement.id,
        site_id=statement.site_id,
        member_id=by.id,
        against_id=statement.decided_by_id,
        text=words,
        created_at=moment,
        due_at=moment + window,
        state="open",
        decided_by_id=None,
        decided_at=None,
        words="",
    )
    if is_new:
        audit.record("appeal.written", statement, by=by, after={"due": (moment + window).isoformat()})
    return is_new


def decide_appeal(appeal: Appeal, by: User, outcome: str, words: str) -> None:
    """Uphold the decision, or overturn it: put the comment back or lift the sanction; tell the member.

    One press counts: whoever is second, or decided before, finds the appeal closed. Raises Refused. The caller commits.
    """
    deciding = (
        update(Appeal)
        .where(Appeal.statement_id == appeal.statement_id, Appeal.state == "open", may_decide(by))
        .values(state=outcome, decided_by_id=by.id, decided_at=now(), words=words)
    )
    if not db.session.execute(deciding.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        raise Refused(_("Somebody else has decided this appeal meanwhile."))
    db.session.refresh(appeal)
    statement = appeal.statement
    if outcome == "overturned":
        _undo(statement, by)
    audit.record(
        f"appeal.{outcome}", statement, by=by, note=words, before={"appeal": "open"}, after={"appeal": outcome}
    )
    _tell(appeal)


def may_decide(user: User) -> ColumnElement[bool]:
    """Nobody decides on an appeal against what they decided or let stand again, nor on their own appeal."""
    is_anothers = or_(Appeal.against_id.is_(None), Appeal.against_id != user.id)
    again = select(Statement.id).where(Statement.id == Appeal.statement_id, Statement.again_by_id == user.id)
    return is_anothers & (Appeal.member_id != user.id) & ~again.exists()


def load_appeals(user: User, within: Reach) -> list[Appeal]:
    """Return the open appeals that the member of the staff may decide, those due first."""
    query = _open(user, within).order_by(Appeal.due_at, Appeal.statement_id).limit(PAGE_SIZE)
    return list(db.session.scalars(query.options(*_with_context())).unique())


def load_appeal(statement_id: int, user: User, within: Reach) -> Appeal:
    """Return one open appeal that the member of the staff may decide. Raises NotThere."""
    return load(_open(user, within).where(Appeal.statement_id == statement_id).options(*_with_context()))


def count_appeals(user: User, within: Reach) -> Select[int]:
    """Return the query for how many appeals wait for the member of the staff."""
    return _open(user, within).with_only_columns(func.count())


def reviewers_of(statement: Statement) -> Sequence[str]:
    """Return the roles of those who may decide an appeal of this decision, each once, the lowest first."""
    is_other = User.id.not_in(statement.judges | {statement.member_id})
    everywhere = select(User.role).where(User.role != "member", User.active, is_other)
    found = set(db.session.scalars(everywhere.distinct()))
    if statement.site_id is not None:
        here = select(SiteRole.role).join(User, User.id == SiteRole.user_id)
        here = here.where(SiteRole.site_id == statement.site_id, User.active, is_other)
        found |= set(db.session.scalars(here.distinct()))
    return [role for role in ("moderator", "editor", "admin") if role in found]


def _open(user: User, within: Reach) -> Select[Appeal]:
    return select(Appeal).where(Appeal.state == "open", within.covers(Appeal.site_id), may_decide(user))


def _with_context() -> list[Any]:
    statement = joinedload(Appeal.statement)
    comment = statement.joinedload(Statement.comment)
    article = comment.joinedload(Comment.article).joinedload(Article.site)
    return [statement.joinedload(Statement.member), statement.joinedload(Statement.sanction), article]


def _undo(statement: Statement, by: User) -> None:
    if statement.sanction:
        lift(statement.sanction, by, state="overturned")
    elif statement.comment:
        withdraw([statement.comment.id], "overturned")
        decide([statement.comment], "restore", by)
        settle(statement.comment, "dismissed")  # whoever reported it was wrong


def _tell(appeal: Appeal) -> None:
    member = appeal.statement.member
    if member.is_placeholder or not member.active:
        return
    link = link_to("moderation.decision", statement_id=str(appeal.statement_id))
    with speaking(member.language, appeal.statement.site_id):
        subject = _("Your appeal: the decision stands")
        if appeal.state == "overturned":
            subject = _("Your appeal: the decision is overturned")
        words = render_template("moderation/mail/appeal.txt", appeal=appeal, member=member, link=link)
        enqueue_mail(member.email, subject, words, by_stranger=False)
