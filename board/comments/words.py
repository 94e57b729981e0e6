"""Texts that a page of a thread repeats: translated once, not once a comment."""

from functools import lru_cache

from flask_babel import LazyString, get_locale, ngettext
from flask_babel import lazy_gettext as _l

# What stands beside the names of those who work for the site, where they have no title.
BADGES: dict[str, LazyString] = {"moderator": _l("Moderator"), "editor": _l("Editor"), "admin": _l("Admin")}


def replies_text(count: int) -> str:
    """Return "1 reply", "2 replies" in the page's language."""
    return _replies_text(count, str(get_locale()))


@lru_cache(maxsize=2048)
def _replies_text(count: int, _locale: str) -> str:
    return str(ngettext("%(num)s reply", "%(num)s replies", count))


def more_replies_text(count: int) -> str:
    """Return "1 more reply", "2 more replies" in the page's language."""
    return _more_replies_text(count, str(get_locale()))


@lru_cache(maxsize=2048)
def _more_replies_text(count: int, _locale: str) -> str:
    return str(ngettext("%(num)s more reply", "%(num)s more replies", count))
