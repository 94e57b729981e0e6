"""Which addresses a text may link to or show."""

import re
from urllib.parse import urlsplit

# What browsers drop or turn around inside an address, so that it would not lead where it seems to.
_TREACHEROUS = re.compile(r"[\s\\<>\"\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^@?&,;:%]+@[^@?&,;:%]+(?:\?subject=[^&?]*)?", re.IGNORECASE)
_SAME_SITE = re.compile(r"/(?:[^/].*)?")
_MEDIA = re.compile(r"/media/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")


def is_public_link(url: str) -> bool:
    """Allow absolute http, https and mailto addresses without credentials or characters that mislead."""
    if _TREACHEROUS.search(url):
        return False
    if _MAIL.fullmatch(url):
        return True
    return bool(_WEB.match(url)) and _names_a_host(url)


def is_article_link(url: str) -> bool:
    """Allow an editor, besides public addresses, a path on the same site."""
    return is_public_link(url) or (not _TREACHEROUS.search(url) and bool(_SAME_SITE.fullmatch(url)))


def is_media_path(url: str) -> bool:
    """Allow a picture that this site serves itself."""
    return bool(_MEDIA.fullmatch(url))


def _names_a_host(url: str) -> bool:
    """Tell whether the address has a host, a sound port and no user name (one site's pose as another)."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and "@" not in parts.netloc and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
