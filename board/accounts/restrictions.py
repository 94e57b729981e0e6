"""What sanctions leave a member: asked of the member's own row, which each request has loaded anyway.

`restrictions` mirrors the sanctions that last (see `sanctions.py`): a list of [kind, site or None for all, end or
None], the end in seconds since 1970. Most members have none.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from board.storage import now

BARRED, HELD = "barred", "held"


@dataclass(frozen=True)
class Restriction:
    """One thing that a member may not do, where, and until when; None: on all sites, for good."""

    kind: str
    site_id: int | None
    until: datetime | None

    @property
    def is_lasting(self) -> bool:
        """Tell whether it still counts."""
        return self.until is None or self.until > now()

    def covers(self, kind: str, site_id: int | None) -> bool:
        """Tell whether this is of the kind, counts on the site and still lasts."""
        return self.kind == kind and self.site_id in {None, site_id} and self.is_lasting


class Restricted:
    """The rules that sanctions are asked by. `site_id` None asks about every site at once."""

    restrictions: Any
    active: Any
    confirmed_at: Any
    is_placeholder: Any

    def can_post(self, site_id: int | None = None) -> bool:
        """Tell whether this member may write in the site's threads, and edit what they wrote."""
        return self._takes_part(site_id)

    def can_react(self, site_id: int | None = None) -> bool:
        """Tell whether this member may like what others wrote on the site."""
        return self._takes_part(site_id)

    def can_vote(self, site_id: int | None = None) -> bool:
        """Tell whether this member's vote counts in the site's ballots."""
        return self._takes_part(site_id)

    def can_report(self, site_id: int | None = None) -> bool:
        """Tell whether this member may report comments of the site."""
        return self._takes_part(site_id)

    @property
    def is_full_member(self) -> bool:
        """Tell whether this is a live account of somebody who has confirmed their address."""
        return bool(self.active and self.confirmed_at is not None and not self.is_placeholder)

    def is_barred(self, site_id: int | None = None) -> bool:
        """Tell whether a suspension or a ban keeps this member from taking part on the site."""
        return self.restriction(BARRED, site_id) is not None

    @property
    def is_barred_anywhere(self) -> bool:
        """Tell whether a suspension or a ban keeps this member from taking part on any site."""
        return any(one.kind == BARRED and one.is_lasting for one in map(_read, self.restrictions or ()))

    def is_held(self, site_id: int | None = None) -> bool:
        """Tell whether everything that this member writes on the site waits for a moderator."""
        return self.restriction(HELD, site_id) is not None

    def restriction(self, kind: str, site_id: int | None = None) -> Restriction | None:
        """Return the restriction of this kind that counts on the site and lasts longest, if there is one."""
        if not self.restrictions:
            return None
        lasting = [one for one in map(_read, self.restrictions) if one.covers(kind, site_id)]
        return max(lasting, key=lambda one: one.until or datetime.max.replace(tzinfo=UTC), default=None)

    def _takes_part(self, site_id: int | None) -> bool:
        return self.is_full_member and not (self.restrictions and self.is_barred(site_id))


def _read(stored: list[Any]) -> Restriction:
    kind, site_id, seconds = stored
    return Restriction(kind, site_id, None if seconds is None else datetime.fromtimestamp(seconds, UTC))
