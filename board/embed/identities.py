"""Whose account a publisher's reader has here: the pair of site and subject decides, never an e-mail address.

An address that a token tells makes nobody the owner of an account that is there already. See docs/decisions/0032.
"""

import hashlib
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from board import audit
from board.accounts.models import User
from board.accounts.names import MAX_CHARACTERS, NameRefused
from board.accounts.sanctions import restrict_by_domain
from board.articles.models import Site
from board.embed.claims import Claims, TokenRefused
from board.embed.models import SsoIdentity
from board.extensions import db
from board.languages import page_language, shipped
from board.storage import now

DOMAIN = "single-sign-on.invalid"  # RFC 2606: no mail ever gets there, and nobody can register it
NUMBERED_UP_TO = 50


def member_of(site: Site, claims: Claims) -> User:
    """Return the account of the publisher's reader, made when they first come. The caller commits.

    Raises TokenRefused for a closed account, for staff, and for a name that nobody can have here.
    """
    identity = find_identity(site, claims.subject)
    if identity is None:
        return _join(site, claims)
    user = identity.user
    if not user.active:
        sentence = _("This account is closed. Its owner can write to this site’s moderators.")
        raise TokenRefused("closed", sentence, is_for_readers=True)
    if user.role != "member" or user.has_site_roles:
        sentence = _("This account may moderate or edit, so it logs in with a password of its own.")
        raise TokenRefused("staff", sentence, is_for_readers=True)
    if identity.name != claims.name:
        _rename(user, identity, claims.name)
    return user


def find_identity(site: Site, subject: str) -> SsoIdentity | None:
    """Return the identity, with its account."""
    found = select(SsoIdentity).where(SsoIdentity.site_id == site.id, SsoIdentity.subject == subject)
    return db.session.scalar(found.options(joinedload(SsoIdentity.user)))


def identities_of(user: User) -> list[dict[str, str]]:
    """Return, for the member's export, who they are at publishers."""
    rows = db.session.scalars(select(SsoIdentity).where(SsoIdentity.user_id == user.id))
    return [{"site": str(row.site_id), "subject": row.subject, "name": row.name} for row in rows]


def forget_identities(user: User) -> None:
    """Erase who the member is at publishers."""
    db.session.execute(delete(SsoIdentity).where(SsoIdentity.user_id == user.id))


def _join(site: Site, claims: Claims) -> User:
    user = User(email=_address(site, claims), password=None, confirmed_at=now(), language=shipped(page_language()))
    for name in _names(claims.name):
        _name(user, name)
        if _keep(user, site, claims):
            restrict_by_domain(user)
            audit.record("member.registered", user, by=user, site_id=site.id)
            return user
    raise TokenRefused("name", _("The name “%(name)s” is taken. Choose another.", name=claims.name))


def _address(site: Site, claims: Claims) -> str:
    """Return the verified address if nobody has it; else one that stands for this identity and is nobody's."""
    if claims.email and not db.session.scalar(select(exists().where(User.email == claims.email))):
        return claims.email
    digest = hashlib.sha256(f"{site.id}\0{claims.subject}".encode("utf-8", "replace")).hexdigest()
    return f"{digest[:40]}@{DOMAIN}"


def _names(wanted: str) -> list[str]:
    """Return the name, then the name with a number behind it: readers cannot choose another here."""
    room = MAX_CHARACTERS - len(f" {NUMBERED_UP_TO}")
    return [wanted, *(f"{wanted[:room].rstrip()} {number}" for number in range(2, NUMBERED_UP_TO + 1))]


def _name(user: User, name: str) -> None:
    try:
        user.rename(name)
    except NameRefused as refusal:
        sentence = _("The name “%(name)s” cannot be used here: %(why)s", name=name[:MAX_CHARACTERS], why=str(refusal))
        raise TokenRefused("name", sentence) from None


def _keep(user: User, site: Site, claims: Claims) -> bool:
    """Insert member and identity; False if the name is taken. Raises TokenRefused if the identity is there by now."""
    try:
        with db.session.begin_nested():
            db.session.add(user)
            db.session.flush()
            db.session.add(SsoIdentity(site_id=site.id, subject=claims.subject, user_id=user.id, name=claims.name))
    except IntegrityError:
        if find_identity(site, claims.subject) is not None:
            raise TokenRefused("busy", _("This reader is being logged in by another page. Try again.")) from None
        return False
    return True


def _rename(user: User, identity: SsoIdentity, name: str) -> None:
    """Follow a change of name at the publisher, if the name can be had here; else the former one stays."""
    before: Any = user.display_name, user.name_key
    identity.name = name
    try:
        with db.session.begin_nested():
            user.rename(name)
    except (NameRefused, IntegrityError):
        user.display_name, user.name_key = before
