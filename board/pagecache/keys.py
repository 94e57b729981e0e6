"""Which requests ask for the same page: the parameters that matter, in one order."""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from board.languages import shipped

MAX_VALUE_CHARACTERS = 255  # of one query parameter
MAX_PARAMETERS = 50
MAX_LISTED = 101  # values of a repeated parameter: one more than any view takes, so that it can refuse them
# A parameter that a page may depend on, and what its value looks like; any other value means nothing to any view.
CURSOR = re.compile(r"[bnor][A-Za-z0-9_-]{22}|-?[0-9]{1,20}(?:\.[0-9]{1,19})?").fullmatch
KEPT_PARAMETERS: dict[str, Callable[[str], object]] = {
    "site": re.compile(r".+", re.DOTALL).fullmatch,
    "sort": re.compile(r"best|newest|oldest|replied").fullmatch,
    "after": CURSOR,
    "before": CURSOR,
    "comment": re.compile(r"[0-9]{1,18}").fullmatch,
    "language": shipped,
    "level": re.compile(r"[0-9]{1,4}").fullmatch,
    "v": re.compile(r"[0-9a-f]{1,16}").fullmatch,
}
# The parameter that only these pages know; it may come repeatedly, and each view says how often.
LISTS = dict.fromkeys(("/api/v1/counts", "/embed/thread", "/embed/gate"), "article_id")
MAX_REMEMBERED_QUERY = 8192  # characters; with `REMEMBERED_QUERIES` it bounds the memory for queries already read
REMEMBERED_QUERIES = 512

Key = tuple[str, str, bool]  # path, canonical query, and whether a part of a page is asked for


def canonical_query(query: str, listed: str = "") -> str:
    """Return the parameters that a page may depend on, in one order; anything else makes no page of its own.

    `listed` is the parameter that may come repeatedly.
    """
    return (_remembered if len(query) < MAX_REMEMBERED_QUERY else _canonical)(query, listed)


def _canonical(query: str, listed: str) -> str:
    try:
        pairs = parse_qsl(query, max_num_fields=MAX_PARAMETERS + (MAX_LISTED if listed else 0))
    except ValueError:
        return ""
    pairs = [(name, value[:MAX_VALUE_CHARACTERS]) for name, value in pairs if value]
    known = {name: value for name, value in pairs if name in KEPT_PARAMETERS and KEPT_PARAMETERS[name](value)}
    if "language" in known:
        known["language"] = shipped(known["language"])  # "de-AT" is no page of its own
    values = sorted({(listed, value) for name, value in pairs if listed and name == listed})[:MAX_LISTED]
    return urlencode(sorted(known.items()) + values)


_remembered = lru_cache(REMEMBERED_QUERIES)(_canonical)


def is_canonical(query: str, canonical: str) -> bool:
    """Tell whether nothing of the query is lost in its canonical form."""
    return sorted(parse_qsl(query, keep_blank_values=True)) == parse_qsl(canonical)
