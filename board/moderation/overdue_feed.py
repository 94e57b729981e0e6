"""What waits too long as an Atom feed (RFC 4287) at a secret address: of one site, or of a moderator's sites.

It shows what the mail shows: how much waits in which queue, since when, and where; nobody's name and no comment. Only
the address's hash is kept. While something waits too long there is a new entry as often as a mail would be sent, so
that a reader of feeds tells of it again, and not at each look.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board import audit
from board.accounts.mails import link_to
from board.accounts.models import User
from board.accounts.reach import reach
from board.articles.models import Site
from board.extensions import Model, db
from board.markup import text_for_xml
from board.moderation.overdue import Late, in_queues, late_on
from board.storage import insert_for, now
from board.urls import absolute

KEY_BYTES = 24
MAX_KEY_CHARACTERS = 64
HOUR_SECONDS = 3600


class OverdueFeed(Model):
    """A secret address of a feed, of a site's or of a moderator's; each has one at most."""

    __tablename__ = "overdue_feed"
    __table_args__ = (CheckConstraint("(site_id IS NULL) <> (user_id IS NULL)", name="one"),)

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def id(self) -> int:
        """Return the number of whom or what it belongs to."""
        return self.site_id or self.user_id or 0


def make_feed(owner: Site | User, by: User) -> str:
    """Return the address of a new feed of a site or of a moderator; the former one ends. The caller commits."""
    key, column = secrets.token_urlsafe(KEY_BYTES), _column_of(owner)
    values: dict[str, Any] = {"key_hash": _hash(key), "made_at": now()}
    making = insert_for(db.engine.dialect.name)(OverdueFeed).values({column: owner.id, **values})
    db.session.execute(making.on_conflict_do_update(index_elements=[column], set_=values))
    _log("overdue.feed_made", owner, by)
    return absolute(f"/moderation/waiting/{key}.atom")


def withdraw_feed(owner: Site | User, by: User) -> bool:
    """Let the owner's address work no more; tell whether it did. The caller commits."""
    ending = delete(OverdueFeed).where(_is_of(owner))
    if not db.session.execute(ending.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        return False
    _log("overdue.feed_withdrawn", owner, by)
    return True


def has_feed(owner: Site | User) -> bool:
    """Tell whether somebody may hold an address of the owner's feed."""
    return db.session.scalar(select(OverdueFeed.made_at).where(_is_of(owner))) is not None


def find_feed(key: str) -> OverdueFeed | None:
    """Return what the key opens; None if that is nothing, or nothing any more."""
    return db.session.get(OverdueFeed, _hash(key)) if len(key) <= MAX_KEY_CHARACTERS else None


def atom_feed(feed: OverdueFeed) -> str | None:
    """Return what waits too long on the feed's sites now; None if whose it is moderates nothing any more."""
    if feed.site_id:
        name = db.session.get_one(Site, feed.site_id).name
        return _written(feed, _("What waits too long on %(site)s", site=name), late_on(Site.id == feed.site_id))
    owner = db.session.get_one(User, feed.user_id)
    within = reach(owner, "moderator")
    if not (owner.active and within):
        return None
    return _written(feed, _("What waits too long on your sites"), late_on(within.covers(Site.id)))


def told_of_feed(member: User) -> dict[str, str] | None:
    """Return what is kept of the member's feed, for their export."""
    made_at = db.session.scalar(select(OverdueFeed.made_at).where(_is_of(member)))
    return {"made": made_at.isoformat()} if made_at else None


def forget_feed(member: User) -> None:
    """End the member's feed with their account."""
    db.session.execute(delete(OverdueFeed).where(OverdueFeed.user_id == member.id))


def _written(feed: OverdueFeed, title: str, found: list[Late]) -> str:
    from board.atom import Feed

    desk = link_to("moderation.desk")
    name = f"{desk}#waiting-{'site' if feed.site_id else 'member'}-{feed.id}"
    written = Feed(
        title=text_for_xml(title),
        link=desk,
        description=None,
        feed_guid=name,
        author_name="Board",
        language=str(get_locale()).replace("_", "-"),
    )
    written.began = feed.made_at
    for watch, waiting in found:
        turn = _turn(watch.every_hours)
        for one in in_queues([one for one in waiting if feed.user_id not in one.not_for]):
            written.add_item(
                title=text_for_xml(f"{watch.name}: {one.text}"),
                link=one.link,
                description=None,
                unique_id=f"{name}-{watch.site_id}-{one.queue}-{turn:%Y%m%dT%H%M}",
                pubdate=turn,
                updateddate=max(turn, one.since + timedelta(hours=watch.hours)),
            )
    return str(written.writeString("utf-8"))


def _turn(every_hours: int) -> datetime:
    """Return when the present stretch of so many hours began, the same for everybody who asks within it."""
    seconds = every_hours * HOUR_SECONDS
    return datetime.fromtimestamp(int(now().timestamp()) // seconds * seconds, UTC)


def _log(action: str, owner: Site | User, by: User) -> None:
    site_id = owner.id if isinstance(owner, Site) else None
    audit.record(action, owner, by=by, site_id=site_id)


def _column_of(owner: Site | User) -> str:
    return "site_id" if isinstance(owner, Site) else "user_id"


def _is_of(owner: Site | User) -> ColumnElement[bool]:
    is_owners: ColumnElement[bool] = getattr(OverdueFeed, _column_of(owner)) == owner.id
    return is_owners


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
