"""What somebody wrote before they could post it: kept, bound to their account, then posted once.

The browser holds a random token in a cookie, the table its hash. A signed-out reader's text is posted when somebody
logs in from that browser within `POST_UNASKED_FOR`; later it is only put back into the composer, because by then the
browser may be in other hands. Registering binds the text to the account, so that it is posted when the address is
confirmed, from any device.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, after_this_request, current_app, request, session
from flask_babel import gettext as _
from flask_login import user_logged_in
from flask_security import user_confirmed, user_registered
from sqlalchemy import Delete, ForeignKey, Index, String, Text, UniqueConstraint, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column
from werkzeug.wrappers import Response

from board.accounts.models import User, hash_token
from board.articles.loading import article_path
from board.articles.models import Article
from board.comments.forms import draft_name
from board.comments.models import Comment
from board.comments.operations import post_comment
from board.extensions import Model, db, table_of
from board.screening import TextRefused
from board.statements import insert_once, prepared
from board.storage import BigId, now

KEPT_FOR = timedelta(days=7)
POST_UNASKED_FOR = timedelta(hours=1)
MOST_PER_BROWSER = 10
REDIRECTS = frozenset({302, 303})


class Draft(Model):
    """What somebody wrote who could not post it yet: kept until they can, then posted once."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("token_hash", "text_key"), Index("ix_draft_created", "created_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))  # of the browser that it was written in
    text_key: Mapped[str] = mapped_column(String(64))  # of text and place, so that sending twice keeps one
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    problem: Mapped[str] = mapped_column(Text, default="")  # why it could not be posted, for its author


def keep(article: Article, parent: Comment | None, text: str, user: User | None = None) -> None:
    """Keep the text for this browser, or for the member who may not post yet. The caller commits."""
    token = request.cookies.get(cookie_name(), "") or secrets.token_urlsafe(32)
    place = f"{article.id}\0{parent.id if parent else 0}\0{text}"
    insert_once(
        Draft,
        token_hash=hash_token(token),
        text_key=hashlib.sha256(place.encode("utf-8", "replace")).hexdigest(),
        article_id=article.id,
        parent_id=parent.id if parent else None,
        body=text,
        user_id=user.id if user else None,
        created_at=now(),
        problem="",
    )
    _forget_the_oldest(hash_token(token))
    after_this_request(lambda response: _give_token(response, token))


def find_kept(user: Any, article: Article, parent: Comment | None = None) -> Draft | None:
    """Return the member's text that waits here to be posted or mended."""
    if user is None or not user.is_authenticated:
        return None
    kept = select(Draft).where(Draft.user_id == user.id, Draft.article_id == article.id)
    kept = kept.where(Draft.parent_id == parent.id) if parent else kept.where(Draft.parent_id.is_(None))
    return db.session.scalars(kept.order_by(Draft.id.desc()).limit(1)).first()


def forget_kept(user: User, article: Article, parent: Comment | None = None) -> None:
    """Drop the member's texts that waited here; they have posted now."""
    _forget_kept.run(user=user.id, article=article.id, parent=parent.id if parent else None)


@prepared
def _forget_kept(_dialect: str) -> Delete:
    """Drop texts that waited; each post does."""
    draft = Draft.__table__.c
    is_here = draft.parent_id.is_not_distinct_from(bindparam("parent", type_=BigId))
    is_own = (draft.user_id == bindparam("user")) & (draft.article_id == bindparam("article"))
    return delete(table_of(Draft)).where(is_own, is_here)


def purge_drafts() -> int:
    """Delete the drafts that nobody came back for; return how many. The caller commits."""
    old = delete(Draft).where(Draft.created_at < now() - KEPT_FOR)
    return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]


def drafts_of(member: User) -> list[dict[str, str]]:
    """Return, for the member's export, the texts that wait to be posted."""
    rows = db.session.scalars(select(Draft).where(Draft.user_id == member.id).order_by(Draft.id))
    return [{"text": draft.body, "written": draft.created_at.isoformat()} for draft in rows]


def forget_drafts(member: User) -> None:
    """Erase the texts that wait for the member."""
    db.session.execute(delete(Draft).where(Draft.user_id == member.id))


def bind_to_new_member(_app: Flask, user: User, **_more: Any) -> None:
    """Give this browser's texts to the account that is being registered in it."""
    token = request.cookies.get(cookie_name(), "")
    if not token:
        return
    db.session.flush()
    unbound = update(Draft).where(Draft.token_hash == hash_token(token), Draft.user_id.is_(None))
    db.session.execute(unbound.values(user_id=user.id))
    db.session.commit()


def post_kept(_app: Flask, user: User, **_more: Any) -> None:
    """Post what this member, or this browser, has waiting; lead to the comment, or back to the text."""
    token = request.cookies.get(cookie_name(), "")
    waiting = db.session.scalars(
        select(Draft)
        .where((Draft.user_id == user.id) | ((Draft.token_hash == hash_token(token)) & Draft.user_id.is_(None)))
        .order_by(Draft.id)
        .limit(MOST_PER_BROWSER)
    ).all()
    ways = [_post_or_return(draft, user) for draft in waiting]
    if ways:
        after_this_request(lambda response: _lead_to(response, ways[-1]))
    if token:
        after_this_request(_take_token)


def _post_or_return(draft: Draft, user: User) -> str:
    """Post the draft, or bind it to the member with the reason why not; return the way to the result."""
    draft_id, is_fresh = draft.id, draft.user_id is not None or draft.created_at > now() - POST_UNASKED_FOR
    article = db.session.get_one(Article, draft.article_id)
    parent = db.session.scalar(
        select(Comment).where(Comment.id == draft.parent_id).options(joinedload(Comment.article))
    )
    if not user.is_confirmed or not is_fresh:
        problem = "" if is_fresh else _("You wrote this earlier. Post it if you still want to.")
        return _return(draft_id, user, article, parent, problem)
    claim = delete(Draft).where(Draft.id == draft_id).returning(Draft.body)
    body = db.session.scalar(claim.execution_options(synchronize_session=False))
    if body is None:
        return article_path(article) + "#comments"
    try:
        posted = post_comment(article, user, body, parent, key=f"draft {draft_id}", has_read=False, is_sure=False)
    except TextRefused as refusal:
        db.session.rollback()
        return _return(draft_id, user, article, parent, refusal.reason)
    comment_id = posted.comment.id
    db.session.commit()
    note_sent(draft_name(article.id, parent))
    return f"{article_path(article, comment=comment_id)}#comment-{comment_id}"


def _return(draft_id: int, user: User, article: Article, parent: Comment | None, problem: str) -> str:
    db.session.execute(update(Draft).where(Draft.id == draft_id).values(user_id=user.id, problem=problem))
    db.session.commit()
    if parent:
        from flask import url_for

        return url_for("comments.replies", comment_id=parent.id)
    return article_path(article) + "#comment-form"


def note_sent(name: str) -> None:
    """Let the next page tell the browser that what it kept of this text has arrived."""

    def note(response: Response) -> Response:
        session["drafts_sent"] = [*session.get("drafts_sent", []), name][-MOST_PER_BROWSER:]
        return response

    after_this_request(note)  # signing in, which may have posted the text, empties the session meanwhile


def cookie_name() -> str:
    """Return the cookie's name: with TLS one that no other host or path can set."""
    return "__Host-board_draft" if current_app.config["BOARD"].is_https else "board_draft"


def _forget_the_oldest(token_hash: str) -> None:
    """Bound what one browser can have waiting."""
    newest = select(Draft.id).where(Draft.token_hash == token_hash).order_by(Draft.id.desc()).limit(MOST_PER_BROWSER)
    db.session.execute(delete(Draft).where(Draft.token_hash == token_hash, Draft.id.not_in(newest)))


def _give_token(response: Response, token: str) -> Response:
    response.set_cookie(
        cookie_name(),
        token,
        max_age=KEPT_FOR,
        httponly=True,
        secure=current_app.config["BOARD"].is_https,
        samesite="Lax",
    )
    return response


def _take_token(response: Response) -> Response:
    response.delete_cookie(cookie_name(), httponly=True, secure=current_app.config["BOARD"].is_https, samesite="Lax")
    return response


def _lead_to(response: Response, way: str) -> Response:
    if response.status_code in REDIRECTS:
        response.location = way
    return response


def init_drafts(app: Flask) -> None:
    """Post what is waiting when its author arrives."""
    user_registered.connect(bind_to_new_member, app)
    user_logged_in.connect(post_kept, app)
    user_confirmed.connect(post_kept, app)
