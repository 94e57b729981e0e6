"""What signing in inside frames keeps: codes handed over by a window, publishers' keys, whose identity is whose."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.models import User
from board.extensions import Model
from board.storage import now

ALGORITHMS = ("HS256", "EdDSA", "ES256")
MAX_SUBJECT_CHARACTERS = 255


class Handover(Model):
    """A code on its way from a window of Board's own to the frame that opened it; using it deletes the row."""

    __tablename__ = "handover"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    challenge: Mapped[str] = mapped_column(String(64))  # digest of the secret that only the frame's session holds
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SiteKey(Model):
    """A key with which a publisher signs tokens; of an HS256 key nothing secret is kept, it follows from ours."""

    __tablename__ = "site_key"
    __table_args__ = (
        UniqueConstraint("site_id", "kid"),
        CheckConstraint("algorithm IN ('HS256', 'EdDSA', 'ES256')", name="algorithm"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    kid: Mapped[str] = mapped_column(String(40))
    algorithm: Mapped[str] = mapped_column(String(10))
    public_key: Mapped[str] = mapped_column(Text, default="")  # PEM, for EdDSA and ES256
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]

    def retire(self) -> None:
        """Refuse from now on what is signed with the key."""
        self.retired_at = self.retired_at or now()


class SsoIdentity(Model):
    """Who somebody is at a publisher, and who that is here. The pair of site and subject decides, nothing else."""

    __tablename__ = "sso_identity"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT_CHARACTERS), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")  # as the publisher last told it
    created_at: Mapped[datetime] = mapped_column(default=now)

    user: Mapped[User] = relationship()


class SsoToken(Model):
    """A token that was used, so that it cannot be used again."""

    __tablename__ = "sso_token"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    jti_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
