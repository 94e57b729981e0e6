"""Members, their sessions and their passkeys."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_security import AsaList, UserMixin, WebAuthnMixin
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    and_,
    update,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.names import NameRefused, clean_display_name, lookalike_key
from board.accounts.reach import SiteRole, reach
from board.accounts.restrictions import Restricted
from board.config import ROLES
from board.extensions import Model, db
from board.storage import now

MAX_TITLE_CHARACTERS = 40
ERASED_DOMAIN = "@deleted.invalid"  # no mail can go there (RFC 2606), and nobody can register it


class User(Model, Restricted, UserMixin):
    """A member: somebody with an account, staff included."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'moderator', 'editor', 'admin')", name="role"),
        Index("ix_member_created", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(400), unique=True)  # one name per look
    password: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20), default="member")  # on every site
    has_site_roles: Mapped[bool] = mapped_column(default=False)  # and on single ones, which `site_roles` has
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    is_placeholder: Mapped[bool] = mapped_column(default=False)  # an imported author, whom nobody can sign in as
    language: Mapped[str] = mapped_column(String(20), default="")  # of their mails; empty: the site's
    title: Mapped[str] = mapped_column(String(MAX_TITLE_CHARACTERS), default="")  # beside the name; an admin gives it
    restrictions: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # see `restrictions.py`
    muted_ids: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))  # whose comments this member folds
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: secrets.token_hex(16))
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None]  # of the last code used, so that each opens once
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # type: ignore[assignment]

    webauthn: Mapped[list["Passkey"]] = relationship(cascade="all, delete-orphan")  # type: ignore[assignment]
    site_roles: Mapped[list[SiteRole]] = relationship(cascade="all, delete-orphan", order_by=SiteRole.site_id)

    def rename(self, raw: str, *, may_use_reserved: bool = False) -> None:
        """Take a new display name. Raises NameRefused with a sentence; uniqueness by look is the database's."""
        self.display_name = clean_display_name(raw, may_use_reserved=may_use_reserved)
        self.name_key = lookalike_key(self.display_name)

    def entitle(self, raw: str) -> None:
        """Take a title that is shown beside the name, or none. Raises NameRefused with a sentence."""
        title = clean_display_name(raw, may_use_reserved=True) if raw.strip() else ""
        if len(title) > MAX_TITLE_CHARACTERS:
            raise NameRefused(_("Enter a title of at most %(count)s characters.", count=MAX_TITLE_CHARACTERS))
        self.title = title

    def has_mute_on(self, member_id: int) -> bool:
        """Tell whether this member does not want to read the other one."""
        return bool(self.muted_ids) and member_id in (self.muted_ids or ())

    def has_rank(self, role: str) -> bool:
        """Tell whether this member may do what the role may, on every site."""
        return self.active and ROLES.index(self.role) >= ROLES.index(role)

    def works_as(self, role: str) -> bool:
        """Tell whether this member may do what the role may on at least one site."""
        return bool(reach(self, role))

    def moderates(self, site_id: int) -> bool:
        """Tell whether this member may decide on other people's comments on this site."""
        return reach(self, "moderator").includes(site_id)

    def edits(self, site_id: int) -> bool:
        """Tell whether this member may register articles and write ballots on this site."""
        return reach(self, "editor").includes(site_id)

    def site_role_on(self, site_id: int) -> str | None:
        """Return the role that this member has on this one site, if there is one."""
        if not self.has_site_roles:
            return None
        return next((given.role for given in self.site_roles if given.site_id == site_id), None)

    def set_site_role(self, site_id: int, role: str) -> str:
        """Give the role on one site, or take it away with "member"; return what it was before."""
        given = next((one for one in self.site_roles if one.site_id == site_id), None)
        before = given.role if given else "member"
        if role == "member":
            self.site_roles = [one for one in self.site_roles if one is not given]
        elif given:
            given.role = role
        else:
            self.site_roles.append(SiteRole(site_id=site_id, role=role))
        self.has_site_roles = bool(self.site_roles)
        return before

    @property
    def is_moderator(self) -> bool:
        """Tell whether this member may decide on other people's comments, on every site."""
        return self.has_rank("moderator")

    @property
    def is_editor(self) -> bool:
        """Tell whether this member may register articles and write ballots, on every site."""
        return self.has_rank("editor")

    @property
    def is_admin(self) -> bool:
        """Tell whether this member may change roles, sites and accounts."""
        return self.has_rank("admin")

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the member has shown that the e-mail address is theirs."""
        return self.confirmed_at is not None

    @property
    def has_second_factor(self) -> bool:
        """Tell whether logging in takes more than the password."""
        return bool(self.tf_primary_method) or any(key.usage == "secondary" for key in self.webauthn)

    def end_sessions(self, *, but: str = "") -> None:
        """End every session of this member, on every machine, at once; keep the one whose token is given."""
        ending = update(MemberSession).where(MemberSession.user_id == self.id, MemberSession.ended_at.is_(None))
        if but:
            ending = ending.where(MemberSession.token_hash != hash_token(but))
        db.session.execute(ending.values(ended_at=now()))

    def confirm(self) -> None:
        """Note that the e-mail address has been shown to be the member's."""
        self.confirmed_at = self.confirmed_at or now()

    def renew_identity(self) -> None:
        """Make every session cookie and every link that was mailed worthless."""
        self.fs_uniquifier = secrets.token_hex(16)

    @property
    def is_erased(self) -> bool:
        """Tell whether the member left, or was removed for good."""
        return not self.active and self.email.endswith(ERASED_DOMAIN)

    def erase(self) -> None:
        """Forget who this was; the row stays, so that what they wrote keeps its place."""
        self.email = f"{self.id}{ERASED_DOMAIN}"
        self.display_name, self.name_key = f"Deleted member {self.id}", f"deleted {self.id}"
        self.password = self.confirmed_at = self.fs_webauthn_user_handle = None
        self.tf_primary_method = self.tf_totp_secret = self.tf_last_counter = self.mf_recovery_codes = None
        self.role, self.active, self.title = "member", False, ""
        self.site_roles, self.has_site_roles = [], False
        self.restrictions = self.muted_ids = None
        self.renew_identity()

    # Flask-Security asks for role objects when it makes a member; ours is one column.
    @property
    def roles(self) -> list[Any]:
        """Return nothing: rights come from `role`."""
        return []

    @roles.setter
    def roles(self, _roles: list[Any]) -> None:
        """Accept and forget what Flask-Security passes."""


class Passkey(Model, WebAuthnMixin):
    """A WebAuthn credential of a member."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    backup_state: Mapped[bool] = mapped_column(Boolean)
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime] = mapped_column(default=now)
    lastuse_datetime: Mapped[datetime] = mapped_column(default=now)
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))

    def get_user_mapping(self) -> dict[str, int]:
        """Tell Flask-Security whose this is."""
        return {"id": self.user_id}


class MemberSession(Model):
    """One browser in which a member is signed in; the cookie holds the token, this row only its hash."""

    __tablename__ = "member_session"
    __table_args__ = (Index("ix_member_session_user", "user_id", "ended_at"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(120), default="")  # "Firefox on Linux", for the list of sessions
    network: Mapped[str] = mapped_column(String(60), default="")  # /24 or /56, never the whole address

    user: Mapped[User] = relationship()

    @hybrid_property
    def is_live(self) -> bool:
        """Tell whether the session still opens anything."""
        return self.ended_at is None and self.expires_at > now()

    @is_live.inplace.expression
    @classmethod
    def _is_live(cls) -> ColumnElement[bool]:
        return and_(cls.ended_at.is_(None), cls.expires_at > now())

    def end(self) -> None:
        """Sign this browser out, at once."""
        self.ended_at = self.ended_at or now()


def hash_token(token: str) -> str:
    """Return what is stored of a token that only its owner holds."""
    return hashlib.sha256(token.encode()).hexdigest()
