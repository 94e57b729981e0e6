"""Feeds as Atom (RFC 4287). Loaded with the first feed that somebody asks for: writing XML takes half a megabyte."""

from datetime import datetime

from feedgenerator import Atom1Feed


class Feed(Atom1Feed):  # type: ignore[misc]
    """A feed that was last changed when it began, as long as it has no entries."""

    began: datetime

    def latest_post_date(self) -> datetime:
        """Return when the newest entry was changed."""
        return max((entry["updateddate"] for entry in self.items), default=self.began)
