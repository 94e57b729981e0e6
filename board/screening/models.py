"""A site's rules, what its moderators' decisions have taught, and what other services are still to be asked."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from board.extensions import Model
from board.storage import now, only_where

MAX_WORD_CHARACTERS = 60


class ScreeningRules(Model):
    """A site's rules as somebody set them; what is not set is as in `catalogue.STEPS`."""

    __tablename__ = "screening_rules"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    changed_at: Mapped[datetime] = mapped_column(default=now)


class ScreeningModel(Model):
    """How many comments of each kind a site's model has learnt from; its row is the turn of whoever teaches it."""

    __tablename__ = "screening_model"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    good: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)


class ScreeningWord(Model):
    """In how many comments of each kind a word was; `version` is the model's that changed it last."""

    __tablename__ = "screening_word"
    __table_args__ = (Index("ix_screening_word_version", "site_id", "version"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    word: Mapped[str] = mapped_column(String(MAX_WORD_CHARACTERS), primary_key=True)
    good: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)


class ScreeningLesson(Model):
    """What moderators' last decision says about a comment, and what the model has learnt of it so far."""

    __tablename__ = "screening_lesson"
    __table_args__ = (
        Index(
            "ix_screening_lesson_due",
            "site_id",
            "comment_id",
            **only_where("is_due", sqlite="is_due = 1"),
        ),
    )

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    is_bad: Mapped[bool | None]  # None: nothing, the decision was undone
    words: Mapped[list[str]] = mapped_column(JSON, default=list)
    taught_is_bad: Mapped[bool | None]
    taught_words: Mapped[list[str]] = mapped_column(JSON, default=list)  # what unlearning takes out again
    is_due: Mapped[bool] = mapped_column(default=True)


class ScreeningQuestion(Model):
    """A comment about which another service is to be asked, once it is posted."""

    __tablename__ = "screening_question"
    __table_args__ = (Index("ix_screening_question_due", "due_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    step: Mapped[str] = mapped_column(String(30))
    due_at: Mapped[datetime] = mapped_column(default=now)
    tries: Mapped[int] = mapped_column(default=0)
