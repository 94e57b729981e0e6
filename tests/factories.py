"""Make people and things, committed, with sensible defaults."""

import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

import time_machine
from flask import current_app
from flask_security import hash_password
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import PRIMARY_SITE_ID, Article, Site
from board.comments.models import Comment
from board.comments.operations import post_comment
from board.extensions import db
from board.storage import now

T = TypeVar("T")


def make_member(
    name: str,
    email: str,
    role: str = "member",
    *,
    confirmed: bool = True,
    on: dict[int, str] | None = None,
    **more: Any,
) -> User:
    """Make a member with the test password; `on` has the roles on single sites."""
    user = User(
        email=email,
        role=role,
        password=_hashed(current_app.config["SECURITY_PASSWORD_SALT"]),
        confirmed_at=now() if confirmed else None,
        **more,
    )
    user.rename(name, may_use_reserved=True)
    for site_id, site_role in (on or {}).items():
        user.set_site_role(site_id, site_role)
    return _keep(user)


def make_site(slug: str = "main", name: str = "The Callboard", **more: Any) -> Site:
    """Return the primary site, or make another."""
    if slug == "main":
        found = db.session.get(Site, PRIMARY_SITE_ID)
        return found or _keep(Site(id=PRIMARY_SITE_ID, slug=slug, name=name, origins=[], **more))
    return _keep(Site(slug=slug, name=name, origins=[], **more))


def make_article(site: Site, external_id: str = "opening-night", **more: Any) -> Article:
    """Make an article with a short body."""
    values: dict[str, Any] = {
        "title": "Opening night",
        "standfirst": "The curtain rises.",
        "byline": "Wanda Words",
        "body_blocks": [f"<p>Paragraph {n}.</p>" for n in range(1, 6)],
        **more,
    }
    return _keep(Article(site_id=site.id, external_id=external_id, **values))


def make_comment(article: Article, author: User, body: str = "Bravo.", parent: Comment | None = None) -> Comment:
    """Post a comment the way a member does, a while after the author's last one."""
    with time_machine.travel(_a_while_later(author), tick=False):
        comment = post_comment(article, author, body, parent, key=secrets.token_hex(8)).comment
    db.session.commit()
    return comment


def _a_while_later(author: User) -> datetime:
    last = db.session.scalar(select(func.max(Comment.created_at)).where(Comment.author_id == author.id))
    return max(now() - timedelta(minutes=10), (last or now() - timedelta(days=1)) + timedelta(seconds=11))


def _keep(thing: T) -> T:
    db.session.add(thing)
    db.session.commit()
    return thing


@lru_cache
def _hashed(_salt: str) -> str:
    return str(hash_password("correct horse battery staple"))
