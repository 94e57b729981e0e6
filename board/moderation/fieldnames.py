"""The log's fields and values in words: the log keeps names of columns, and people see words."""

from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

FIELDS: dict[str, LazyString] = {
    "can_change": _l("voters may change their vote"),
    "closes_at": _l("voting closes"),
    "comment_mode": _l("comments are"),
    "comments_close_after_days": _l("days until comments close"),
    "disclosure": _l("words above the question"),
    "due": _l("to be decided by"),
    "external_id": _l("ID"),
    "gate": _l("gate"),
    "hold_reasons": _l("why it waits"),
    "kid": _l("key"),
    "known": _l("imported before"),
    "lasts": _l("in force"),
    "locked": _l("takes no replies"),
    "max_choices": _l("choices at most"),
    "method": _l("how readers vote"),
    "opens_at": _l("voting opens"),
    "option_order": _l("order of the options"),
    "published_at": _l("date"),
    "reach": _l("shown on"),
    "results": _l("results are shown"),
    "slug": _l("short name"),
    "takes_write_ins": _l("readers may suggest an option"),
    "url": _l("address"),
    "vouched": _l("the member is no newcomer any more"),
    "who": _l("who may vote"),
    "work_bits": _l("proof of work, in bits"),
}


def field_text(name: str) -> str:
    """Return the name of a field in words."""
    return str(FIELDS.get(name) or name.replace("_", " "))


def listed(value: Any) -> str:
    """Return a list or a table of plain values as people write them, as in "Tosca, Carmen"; "" for what is neither."""
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{field_text(name)}: {_plain(each)}" for name, each in value.items())
    return ""


def _plain(value: Any) -> str:
    return listed(value) if isinstance(value, list | dict) else str(value)
