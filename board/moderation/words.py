"""Decisions in words, for pages and mails."""

from typing import Any

from flask_babel import LazyString, format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

ACT_NAMES: dict[str, LazyString] = {
    "removal": _l("Comment removed"),
    "warning": _l("Warning"),
    "hold": _l("Everything you write is held"),
    "suspension": _l("Account suspended"),
    "ban": _l("Account barred"),
}
STATE_NAMES: dict[str, LazyString] = {
    "standing": _l("Stands"),
    "withdrawn": _l("Taken back"),
    "overturned": _l("Overturned on appeal"),
}
APPEAL_NAMES: dict[str, LazyString] = {
    "open": _l("Appeal waits"),
    "upheld": _l("Appeal: the decision stands"),
    "overturned": _l("Appeal: overturned"),
}
ROLE_WORDS: dict[str, LazyString] = {
    "moderator": _l("Another moderator reads your appeal."),
    "editor": _l("There is no other moderator, so an editor reads your appeal."),
    "admin": _l("There is no other moderator, so an admin reads your appeal."),
}


def act_name(act: str) -> str:
    """Return what was decided, in a few words."""
    return str(ACT_NAMES.get(act, act))


def found_text(statement: Any) -> str:
    """Say how it was found, and whether a person decided."""
    found = {
        "report": _("A reader reported it."),
        "notice": _("Somebody gave notice that it is against the law."),
        "machine": _("An automatic check found it."),
    }.get(statement.found_by, _("A moderator found it."))
    decided = _("A machine decided.") if statement.is_automated else _("A person decided.")
    return f"{found} {decided}"


def duration_text(statement: Any) -> str:
    """Say how long the decision lasts."""
    if statement.act == "warning":
        return str(_("It restricts nothing."))
    if statement.until:
        return str(_("It lasts until %(when)s.", when=format_datetime(statement.until, "long")))
    return str(_("It has no end, unless somebody takes it back."))


def reviewer_text(roles: Any) -> str:
    """Say who will read an appeal, given the roles of those who may."""
    for role in ("moderator", "editor", "admin"):
        if role in roles:
            return str(ROLE_WORDS[role])
    return str(_("Nobody else is on the staff yet; your appeal waits until somebody is."))
