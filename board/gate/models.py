"""Readers who left an address, the articles they opened with it, and what they agreed to get by mail."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import hash_token
from board.articles.models import Article, Site
from board.extensions import Model, db
from board.storage import now

CONFIRM_WITHIN = timedelta(days=7)  # how long the link that confirms the newsletter works
STATES = ("none", "pending", "confirmed", "withdrawn")  # of the newsletter


class Subscriber(Model):
    """One e-mail address that opened an article of a site; a subscriber of the newsletter only once confirmed."""

    __tablename__ = "subscriber"
    __table_args__ = (
        CheckConstraint("newsletter IN ('none', 'pending', 'confirmed', 'withdrawn')", name="newsletter"),
        UniqueConstraint("site_id", "email_key"),
        Index("ix_subscriber_site_newsletter", "site_id", "newsletter", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    email: Mapped[str] = mapped_column(String(255))  # as typed, domain in lower case
    email_key: Mapped[str] = mapped_column(String(320))  # one row per address, whatever its case
    reader_key: Mapped[str] = mapped_column(  # what the reader's cookie holds
        String(43), unique=True, default=lambda: secrets.token_urlsafe(32)
    )
    is_disposable: Mapped[bool] = mapped_column(default=False)  # a throw-away address, as far as is known
    newsletter: Mapped[str] = mapped_column(String(10), default="none")
    created_at: Mapped[datetime] = mapped_column(default=now)

    site: Mapped[Site] = relationship(lazy="raise_on_sql")

    def withdraw(self) -> None:
        """Take the consent back, given or only asked for; twice is once."""
        mine = update(Consent).where(Consent.subscriber_id == self.id, Consent.withdrawn_at.is_(None))
        db.session.execute(mine.values(withdrawn_at=now()))
        self._become("withdrawn", ("pending", "confirmed"))

    def mark_pending(self) -> None:
        """Note that a mail asks to confirm; who is confirmed already stays so."""
        self._become("pending", ("none", "pending", "withdrawn"))

    def mark_confirmed(self) -> None:
        """Note that the address's owner said yes."""
        self._become("confirmed", STATES)

    def _become(self, state: str, among: tuple[str, ...]) -> None:
        """Change the state in the database, where no second request can come between look and change."""
        change = update(Subscriber).where(Subscriber.id == self.id, Subscriber.newsletter.in_(among))
        db.session.execute(change.values(newsletter=state))


class Unlock(Model):
    """An article that a reader opened with an address."""

    __tablename__ = "unlock"
    __table_args__ = (Index("ix_unlock_article", "article_id", "subscriber_id"),)

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Consent(Model):
    """One tick of the newsletter's box: the words agreed to, and when it was given, confirmed and taken back."""

    __tablename__ = "newsletter_consent"
    __table_args__ = (Index("ix_newsletter_consent_subscriber", "subscriber_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"))
    wording: Mapped[str] = mapped_column(Text)  # exactly as it stood beside the box
    wording_version: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # of the link in the mail
    given_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(default=lambda: now() + CONFIRM_WITHIN)
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    subscriber: Mapped[Subscriber] = relationship(lazy="raise_on_sql")
    article: Mapped[Article | None] = relationship(lazy="raise_on_sql")

    @property
    def can_be_confirmed(self) -> bool:
        """Tell whether the link in the mail still says yes: unused, in time and not taken back."""
        return self.confirmed_at is None and self.withdrawn_at is None and now() < self.expires_at

    @property
    def is_in_force(self) -> bool:
        """Tell whether this consent was confirmed and not taken back."""
        return self.confirmed_at is not None and self.withdrawn_at is None

    def confirm(self) -> bool:
        """Use the link up; tell whether it was this request that did."""
        mine = update(Consent).where(
            Consent.id == self.id,
            Consent.confirmed_at.is_(None),
            Consent.withdrawn_at.is_(None),
            Consent.expires_at > now(),
        )
        used = db.session.scalar(mine.values(confirmed_at=now()).returning(Consent.id))
        if used is None:
            return False
        self.subscriber.mark_confirmed()
        return True


def consent_for(token: str) -> Consent | None:
    """Return the consent that the link in a mail is about, with its subscriber and site."""
    wanted = select(Consent).where(Consent.token_hash == hash_token(token))
    return db.session.scalar(wanted.options(joinedload(Consent.subscriber).joinedload(Subscriber.site)))
