"""What moderators' decisions teach, kept per site.

A decision writes one row of its own comment, in its own transaction: a *lesson*. The worker takes lessons into the
words' counts later, so that two moderators never wait for each other over a common word. A lesson remembers what the
model has learnt of it, so that undoing or changing a decision takes exactly that out again, and learning twice has one
effect.
"""

from collections import Counter
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Executable, bindparam, delete, select, update

from board.articles.models import Site
from board.extensions import db, table_of
from board.markup import plain_text
from board.screening.bayes import tokens_of
from board.screening.models import ScreeningLesson, ScreeningModel, ScreeningWord
from board.statements import insert_once
from board.storage import insert_for

LESSONS_AT_ONCE = 50  # about 3,000 words: a few hundredths of a second in which SQLite's writers wait


class Written(Protocol):
    """A comment, as far as it teaches."""

    @property
    def id(self) -> Any: ...
    @property
    def site_id(self) -> Any: ...
    @property
    def body_html(self) -> Any: ...


def learn(comment: Written, is_bad: bool) -> None:
    """Note what a decision says about the comment.

    Call it within the decision's transaction, while the comment's thread is held. The last call counts.
    """
    _note(comment, is_bad, tokens_of(plain_text(comment.body_html)))


def unlearn(comment: Written) -> None:
    """Note that the last decision was taken back, so that nothing is known about the comment; call it like `learn`."""
    _note(comment, None, [])


def _note(comment: Written, is_bad: bool | None, words: list[str]) -> None:
    values = {"comment_id": comment.id, "site_id": comment.site_id, "is_bad": is_bad, "words": words}
    db.session.execute(_note_lesson(db.engine.dialect.name), {**values, "taught_words": [], "is_due": True})


def forget_lesson(comment_id: int) -> None:
    """Forget which words an erased comment had; the counts, which name nobody, stay."""
    db.session.execute(delete(ScreeningLesson).where(ScreeningLesson.comment_id == comment_id))


@cache
def _note_lesson(dialect: str) -> Executable:
    lesson = insert_for(dialect)(ScreeningLesson.__table__)
    latest = {name: lesson.excluded[name] for name in ("is_bad", "words", "is_due")}
    noting: Executable = lesson.on_conflict_do_update(index_elements=["comment_id"], set_=latest)
    return noting


def teach_due() -> int:
    """Take the lessons that are due into their sites' models; return how many. Commits after each site."""
    due = select(ScreeningLesson.site_id).where(ScreeningLesson.is_due).limit(1000).subquery()
    sites = db.session.scalars(select(due.c.site_id).distinct()).all()
    db.session.rollback()
    return sum(_teach(site_id) for site_id in sites)


def _teach(site_id: int) -> int:
    """Take some lessons in, one process at a time; raise the site's version, so that every process learns of it."""
    insert_once(ScreeningModel, site_id=site_id, version=0, good=0, bad=0)
    turn = update(ScreeningModel).where(ScreeningModel.site_id == site_id)
    turn = turn.values(version=ScreeningModel.version + 1).returning(ScreeningModel.version)
    version = db.session.execute(turn.execution_options(synchronize_session=False)).scalar_one()
    due = select(ScreeningLesson).where(ScreeningLesson.is_due, ScreeningLesson.site_id == site_id)
    due = due.order_by(ScreeningLesson.comment_id).limit(LESSONS_AT_ONCE).with_for_update()
    lessons = db.session.scalars(due.execution_options(populate_existing=True)).all()
    good, bad, words = 0, 0, Counter[tuple[str, bool]]()
    for lesson in lessons:
        for is_bad, found, step in _changes(lesson):
            good, bad = good + step * (not is_bad), bad + step * is_bad
            for word in found:
                words[word, is_bad] += step
        lesson.taught_is_bad, lesson.taught_words, lesson.is_due = lesson.is_bad, lesson.words, False
    db.session.flush()
    _count_words(site_id, version, words)
    counts = update(ScreeningModel).where(ScreeningModel.site_id == site_id)
    counts = counts.values(good=ScreeningModel.good + good, bad=ScreeningModel.bad + bad)
    db.session.execute(counts.execution_options(synchronize_session=False))
    raised = update(Site).where(Site.id == site_id).values(lessons_version=version)
    db.session.execute(raised.execution_options(synchronize_session=False))
    db.session.commit()
    return len(lessons)


def _changes(lesson: ScreeningLesson) -> list[tuple[bool, list[str], int]]:
    """Return what is to be taken out of the model, and what is to be put in."""
    found = []
    if lesson.taught_is_bad is not None:
        found.append((lesson.taught_is_bad, lesson.taught_words, -1))
    if lesson.is_bad is not None:
        found.append((lesson.is_bad, lesson.words, 1))
    return found


def _count_words(site_id: int, version: int, words: Counter[tuple[str, bool]]) -> None:
    """Add to the words' counts, in alphabetical order, so that no two transactions wait for each other."""
    changed = {word for (word, _is_bad), step in words.items() if step}
    rows = [
        {"site_id": site_id, "word": word, "version": version, "good": words[word, False], "bad": words[word, True]}
        for word in sorted(changed)
    ]
    if rows:
        db.session.connection().execute(_add_to_words(db.engine.dialect.name), rows)


@cache
def _add_to_words(dialect: str) -> Executable:
    table = table_of(ScreeningWord)
    adding = insert_for(dialect)(table).values(
        {name: bindparam(name) for name in ("site_id", "word", "good", "bad", "version")}
    )
    sums = {name: table.c[name] + adding.excluded[name] for name in ("good", "bad")}
    added: Executable = adding.on_conflict_do_update(
        index_elements=["site_id", "word"], set_={**sums, "version": adding.excluded.version}
    )
    return added
