"""Verbs over a member and what hangs on them; the command line and /manage/members share them."""

from typing import Any

from blinker import Signal
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from flask_security.signals import change_email_confirmed
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from board import audit
from board.access import Refused
from board.accounts.kept import erase_kept
from board.accounts.mails import send_notice
from board.accounts.models import MemberSession, Passkey, User
from board.accounts.sanctions import restrict_by_domain
from board.config import ROLES, SITE_ROLES
from board.extensions import db
from board.storage import now

badge_changed = Signal()  # what stands beside a member's name in threads; the sender is the member


def _title(title: str) -> dict[str, str]:
    """Return what the log keeps of a title, which may name somebody."""
    return {"title": audit.fingerprint(title) if title else ""}


class Taken(Exception):
    """The address or the name belongs to another member; says which."""


def find_member(email: str) -> User | None:
    """Return the member with this address, however it is written."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower(), User.active))


def add_member(email: str, name: str, *, role: str = "member", password: str, by: User | None = None) -> User:
    """Add a confirmed member. Raises NameRefused, or Taken when the address or the name is another's."""
    user = User(email=email, role=role, password=hash_password(password), confirmed_at=now())
    user.rename(name, may_use_reserved=True)
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        has_address = db.session.scalar(select(User.id).where(User.email == email))
        what = _("There is a member with this e-mail address already.") if has_address else ""
        raise Taken(what or _("This name, or one that looks like it, is taken. Choose another.")) from None
    restrict_by_domain(user)
    audit.record("member.added", user, by=by, after={"role": role})
    return user


def change_role(user: User, role: str, *, by: User | None = None) -> None:
    """Give the member another role; all their browsers are signed out. Raises Refused for the last admin."""
    if role not in ROLES:
        raise ValueError(role)
    if role == user.role:
        return
    before, user.role = user.role, role
    db.session.flush()
    _keep_an_admin(before)
    user.end_sessions()
    audit.record("member.role_changed", user, by=by, before={"role": before}, after={"role": role})
    badge_changed.send(user)


def change_site_role(user: User, site_id: int, role: str, *, by: User | None = None) -> None:
    """Give the member a role on one site, or take it with "member"; a change signs out all their browsers."""
    if role != "member" and role not in SITE_ROLES:
        raise ValueError(role)
    before = user.set_site_role(site_id, role)
    if before == role:
        return
    db.session.flush()
    user.end_sessions()
    audit.record(
        "member.site_role_changed", user, by=by, site_id=site_id, before={"role": before}, after={"role": role}
    )
    badge_changed.send(user)


def change_title(user: User, title: str, *, by: User | None = None) -> None:
    """Give the member the title that is shown beside their name, or take it. Raises NameRefused."""
    before = user.title
    user.entitle(title)
    if user.title == before:
        return
    db.session.flush()
    audit.record("member.title_changed", user, by=by, before=_title(before), after=_title(user.title))
    badge_changed.send(user)


def remove_member(user: User, *, by: User | None = None) -> None:
    """Erase who the member was, for good; what they wrote keeps its place under "Deleted member". Idempotent."""
    if user.is_erased:
        return
    before = user.role
    user.erase()
    db.session.flush()
    _keep_an_admin(before)
    user.end_sessions()
    db.session.execute(delete(MemberSession).where(MemberSession.user_id == user.id))
    db.session.execute(delete(Passkey).where(Passkey.user_id == user.id))
    erase_kept(user)
    db.session.expire(user, ["webauthn"])
    is_own = by is not None and by.id == user.id
    audit.record("member.left" if is_own else "member.removed", user, by=by, before={"role": before})


def change_address(user: User, address: str) -> None:
    """Make the address the member's; all browsers are signed out. Raises IntegrityError if it is another's."""
    old = user.email
    user.email, user.confirmed_at = address, now()
    restrict_by_domain(user)
    user.end_sessions()
    user.renew_identity()
    audit.record(
        "member.address_changed",
        user,
        by=user,
        before={"address": audit.fingerprint(old)},
        after={"address": audit.fingerprint(address)},
    )
    send_notice(user, "address_changed", _l("Your e-mail address was changed"), to=old)
    application: Any = current_app._get_current_object()  # type: ignore[attr-defined]
    change_email_confirmed.send(application, user=user, old_email=old)


def note_new_name(user: User, before: str, *, by: User | None = None) -> None:
    """Note in the log that the member has another name; of both only the fingerprints, so that they can be erased."""
    if user.display_name != before:
        names = {"before": before, "after": user.display_name}
        marks = {when: {"name": audit.fingerprint(name)} for when, name in names.items()}
        audit.record("member.renamed", user, by=by, before=marks["before"], after=marks["after"])


def _keep_an_admin(role_before: str) -> None:
    """Refuse to leave the site without anybody who can give roles."""
    if role_before != "admin":
        return
    admins = select(func.count()).select_from(User).where(User.role == "admin", User.active)
    if not db.session.scalar(admins):
        raise Refused(_("This is the only admin. Make somebody else admin first."))
