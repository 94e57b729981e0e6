"""Texts that a page of a thread repeats: translated once, not once a comment."""

from functools import lru_cache

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

# What stands beside the names of those who work for the site, where they have no title.
BADGES: dict[str, LazyString] = {"moderator": _l("Moderator"), "editor": _l("Editor"), "admin": _l("Admin")}


# The texts are the same for each count and language; the language is the request's, and only tells them apart here.


@lru_cache(maxsize=2048)
def replies_text(count: int, _locale: str) -> str:
    """Return "1 reply", "2 replies" in the page's language."""
    return str(ngettext("%(num)s reply", "%(num)s replies", count))


@lru_cache(maxsize=2048)
def more_replies_text(count: int, _locale: str) -> str:
    """Return "1 more reply", "2 more replies" in the page's language; "More replies" where they are not counted."""
    return str(ngettext("%(num)s more reply", "%(num)s more replies", count) if count > 0 else _("More replies"))
