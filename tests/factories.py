"""Make people and things, committed, with sensible defaults."""

from functools import lru_cache
from typing import Any, TypeVar

from flask_security import hash_password

from board.accounts.models import User
from board.articles.models import PRIMARY_SITE_ID, Article, Site
from board.extensions import db
from board.storage import now

T = TypeVar("T")


def make_member(name: str, email: str, role: str = "member", *, confirmed: bool = True, **more: Any) -> User:
    """Make a member with the test password."""
    user = User(email=email, role=role, password=_hashed(), confirmed_at=now() if confirmed else None, **more)
    user.rename(name, may_use_reserved=True)
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


def _keep(thing: T) -> T:
    db.session.add(thing)
    db.session.commit()
    return thing


@lru_cache
def _hashed() -> str:
    return str(hash_password("correct horse battery staple"))
