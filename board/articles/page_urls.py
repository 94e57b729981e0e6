"""The address of an article's own page, as it is kept: without what only tells how a reader came there."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

TRACKING = re.compile(
    r"utm_\w+|[dg]clid|gclsrc|gbraid|wbraid|fbclid|msclkid|yclid|ttclid|twclid|li_fat_id|igshid|mc_[ce]id|_hs\w+|mkt_tok|"
    r"vero_id|oly_\w+_id|_ga|_gl|s_cid|cmpid|cid_source"
)


def page_url(url: str) -> str:
    """Return the address without fragment and tracking parameters; all else stays as it was written."""
    try:
        parts = urlsplit(url.strip())
        asked = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url
    kept = [(name, value) for name, value in asked if not TRACKING.fullmatch(name.lower())]
    query = parts.query if kept == asked else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
