"""What a member is told who may not take part: until when, and where the reasons are."""

from flask_babel import format_datetime
from flask_babel import gettext as _

from board.access import NotAllowed
from board.accounts.models import User
from board.accounts.restrictions import BARRED


def why_barred(user: User, site_id: int | None) -> str:
    """Return why the member may not take part on the site, in words; empty if they may."""
    found = user.restriction(BARRED, site_id)
    if found is None:
        return ""
    if found.until is None:
        return str(
            _("A moderator has barred your account from taking part. See “Decisions about you” in your account.")
        )
    text = _(
        "Your account may not take part until %(when)s. See “Decisions about you” in your account.",
        when=format_datetime(found.until, "long"),
    )
    return str(text)


def refuse_barred(user: User, site_id: int | None) -> None:
    """Raise NotAllowed, with the words above, for a signed-in member who may not take part on the site."""
    if user.is_authenticated and user.is_barred(site_id):
        raise NotAllowed(why_barred(user, site_id))
