"""Ask other services about a comment: after it was posted, by the worker, never within anybody's request.

Posting only writes down that there is a question. The worker asks it, outside any transaction, and holds the comment if
the service objects and no moderator has let it stand meanwhile. A service that does not answer holds nothing.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from board.accounts.models import MemberSession
from board.comments.models import Comment
from board.comments.operations import hold_comment
from board.config import Settings
from board.extensions import db
from board.outgoing import Answer, NoAnswer, post
from board.screening.models import ScreeningLesson, ScreeningQuestion
from board.screening.submissions import Reason, merged
from board.storage import now

log = structlog.get_logger(__name__)

AKISMET_URL = "https://rest.akismet.com/1.1/comment-check"
LEASE = timedelta(minutes=1)  # a worker that dies gives its questions back after this
MAX_TRIES = 6  # 1 minute, 2, 4 … about an hour in all
AT_ONCE = 10
ROUND_SECONDS = 2.0  # the worker has other things to do
REST_SECONDS = 60.0  # after a service did not answer
MAX_WORDS, MAX_WORD_CHARACTERS = 10, 60
OK = 200

Ask = Callable[[], tuple[str, ...] | None]  # the words that a service names in its objection; None: it has none
_rests_until = 0.0


def ask_due() -> int:
    """Ask the questions that are due; return how many were answered. Commits after each."""
    global _rests_until  # noqa: PLW0603 - of this process's worker
    started = time.monotonic()
    if started < _rests_until:
        return 0
    answered = 0
    for question in _claim():
        if time.monotonic() - started > ROUND_SECONDS:
            break  # the rest is due again when the lease ends
        try:
            _settle(question)
        except NoAnswer as silence:
            db.session.rollback()
            _put_off(question, str(silence))
            _rests_until = time.monotonic() + REST_SECONDS
            break
        answered += 1
    return answered


def _claim() -> list[ScreeningQuestion]:
    due = select(ScreeningQuestion.id).where(ScreeningQuestion.due_at <= now()).order_by(ScreeningQuestion.due_at)
    due = due.limit(AT_ONCE).with_for_update(skip_locked=True)
    if not db.session.scalars(due).first():
        db.session.rollback()
        return []
    claim = update(ScreeningQuestion).where(
        ScreeningQuestion.id.in_(due.scalar_subquery()), ScreeningQuestion.due_at <= now()
    )
    claim = claim.values(due_at=now() + LEASE, tries=ScreeningQuestion.tries + 1).returning(ScreeningQuestion)
    options = {"synchronize_session": False, "populate_existing": True}
    found = list(db.session.scalars(claim, execution_options=options))
    db.session.commit()
    return found


def _settle(question: ScreeningQuestion) -> None:
    """Ask one question outside any transaction, then do what follows in one."""
    question_id, comment_id, step = question.id, question.comment_id, question.step
    ask = _prepared(comment_id, step)
    db.session.rollback()
    words = ask() if ask else None
    if words is not None:
        _object(comment_id, Reason(step, words))
    db.session.execute(delete(ScreeningQuestion).where(ScreeningQuestion.id == question_id))
    db.session.commit()


def _prepared(comment_id: int, step: str) -> Ask | None:
    """Return what asks the service, with all it needs; None where there is nothing to ask any more."""
    settings: Settings = current_app.config["BOARD"]
    query = select(Comment).where(Comment.id == comment_id)
    comment = db.session.scalar(query.options(joinedload(Comment.author), joinedload(Comment.article)))
    if comment is None or comment.state not in {"published", "held"} or _is_let_stand(comment_id):
        return None
    if step == "akismet" and settings.akismet_key:
        return partial(_ask_akismet, settings.akismet_key, _for_akismet(comment, settings))
    if step == "service" and settings.screening_url:
        return partial(_ask_service, settings, json.dumps(_for_service(comment)).encode())
    return None


def _is_let_stand(comment_id: int) -> bool:
    """Tell whether a moderator has looked at it and let it stand: no machine overrules them."""
    return db.session.scalar(select(ScreeningLesson.is_bad).where(ScreeningLesson.comment_id == comment_id)) is False


def _object(comment_id: int, reason: Reason) -> None:
    comment = db.session.get_one(Comment, comment_id)
    if _is_let_stand(comment_id) or hold_comment(comment, [reason.kept()]):
        return
    if comment.state == "held":
        comment.hold_reasons = merged(comment.hold_reasons, [reason.kept()])


def _put_off(question: ScreeningQuestion, silence: str) -> None:
    question = db.session.get_one(ScreeningQuestion, question.id)
    log.warning("service_silent", step=question.step, tries=question.tries, error=silence)
    if question.tries >= MAX_TRIES:
        db.session.delete(question)
    else:
        question.due_at = now() + timedelta(minutes=2 ** (question.tries - 1))
    db.session.commit()


def _for_akismet(comment: Comment, settings: Settings) -> dict[str, str]:
    """Return what Akismet asks for; of the network address only its first part, which is all that is kept."""
    network = db.session.scalar(
        select(MemberSession.network)
        .where(MemberSession.user_id == comment.author_id)
        .order_by(MemberSession.seen_at.desc())
        .limit(1)
    )
    return {
        "blog": settings.public_url,
        "user_ip": (network or "").partition("/")[0] or "127.0.0.1",
        "comment_type": "reply" if comment.parent_id else "comment",
        "comment_author": comment.author.display_name,
        "comment_content": comment.body_source,
        "comment_date_gmt": comment.created_at.isoformat(),
    }


def _ask_akismet(key: str, form: dict[str, str]) -> tuple[str, ...] | None:
    answer = post(AKISMET_URL, data={"api_key": key, **form})
    if answer.status != OK or answer.text.strip() not in {"true", "false"}:
        raise NoAnswer(f"Akismet answered {answer.status}: {answer.text[:80]}")
    return () if answer.text.strip() == "true" else None


def _for_service(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "site": comment.article.site.slug,
        "article": comment.article.external_id,
        "parent": comment.parent_id,
        "author": comment.author_id,
        "posted": comment.created_at.isoformat(),
        "text": comment.body_source,
        "html": comment.body_html,
    }


def _ask_service(settings: Settings, body: bytes) -> tuple[str, ...] | None:
    headers = {"Content-Type": "application/json", **signature(settings.screening_secret, body)}
    return _objection(
        post(settings.screening_url, is_private=settings.screening_url_is_private, headers=headers, data=body)
    )


def signature(secret: str, body: bytes) -> dict[str, str]:
    """Return the headers by which the service knows that it was Board who asked, and when; none without a secret."""
    if not secret:
        return {}
    moment = str(int(now().timestamp()))
    signed = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Board-Timestamp": moment, "Board-Signature": f"sha256={signed}"}


def _objection(answer: Answer) -> tuple[str, ...] | None:
    """Read {"action": "hold", "words": ["…"]} or {"action": "publish"}."""
    try:
        said = json.loads(answer.text) if answer.status == OK else None
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("action") not in {"publish", "hold"}:
        raise NoAnswer(f"the service answered {answer.status}: {answer.text[:80]}")
    if said["action"] == "publish":
        return None
    words = said.get("words")
    named = words if isinstance(words, list) else []
    return tuple(word[:MAX_WORD_CHARACTERS] for word in named[:MAX_WORDS] if isinstance(word, str))
