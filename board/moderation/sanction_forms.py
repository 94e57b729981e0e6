"""The form in which a sanction is given."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from board.articles.models import Site
from board.days import LAST_YEAR, begin_of
from board.moderation.forms import ReasonForm
from board.storage import now

KIND_NAMES = {
    "warning": _l("Warn"),
    "hold": _l("Hold everything they write"),
    "suspension": _l("Suspend for a time"),
    "ban": _l("Bar"),
}
KIND_HINTS = {
    "warning": _l("Tells the member, and changes nothing else."),
    "hold": _l("Comments wait for a moderator before others see them."),
    "suspension": _l("No posting, editing, liking, reporting and voting until the end."),
    "ban": _l("The same, until somebody lifts it or a date of yours."),
}
FOR_GOOD, A_DATE = "for_good", "date"
LASTS = {
    "1": _l("1 day"),
    "3": _l("3 days"),
    "7": _l("1 week"),
    "30": _l("30 days"),
    "90": _l("90 days"),
    "365": _l("1 year"),
    A_DATE: _l("Until a date"),
    FOR_GOOD: _l("Until it is lifted"),
}
ALL_SITES = "all"
ORDER = ("kind", "where", "lasts", "until", "reason", "note")  # as on the page, so that the summary of errors is too


class SanctionForm(ReasonForm):
    """What, where, for how long, and why."""

    kind = RadioField(_l("Sanction"), validators=[InputRequired(_l("Choose a sanction."))])
    where = SelectField(_l("Where"))
    lasts = SelectField(_l("For how long"), default="7", choices=[SelectChoice(*pair) for pair in LASTS.items()])
    until = DateField(_l("Last day"), validators=[Optional()])

    def __init__(self, *args: Any, sites: Sequence[Site], is_everywhere: bool, of_domain: bool, **more: Any) -> None:
        """Offer these sites, all of them at once to staff of all, and the kinds that fit a member or a domain."""
        super().__init__(*args, site_ids=[site.id for site in sites], **more)
        self._fields: dict[str, Any] = {name: self._fields[name] for name in ORDER}
        everywhere = [SelectChoice(ALL_SITES, _l("On all sites"))] if is_everywhere else []
        self.where.choices = [SelectChoice(str(site.id), site.name) for site in sites] + everywhere
        if self.where.data is None:
            self.where.data = self.where.choices[0].value
        kinds = [kind for kind in KIND_NAMES if not (of_domain and kind == "warning")]
        self.kind.choices = [SelectChoice(kind, KIND_NAMES[kind]) for kind in kinds]

    @property
    def terms(self) -> dict[str, Any]:
        """Return what the sanction says, besides its kind."""
        return {"site_id": self.site_id, "reason": self.reason.data, "note": self.note.data, "until": self.end}

    @property
    def site_id(self) -> int | None:
        """Return the site chosen; None for all sites."""
        return None if self.where.data == ALL_SITES else int(self.where.data)

    @property
    def end(self) -> datetime | None:
        """Return when the sanction ends; None for "until it is lifted"."""
        if self.lasts.data == FOR_GOOD:
            return None
        if self.lasts.data == A_DATE:
            return _end_of(self.until.data)
        return now() + timedelta(days=int(self.lasts.data))

    def validate_note(self, field: Any) -> None:
        """Ask for the facts: the member has a right to them."""
        if not field.data:
            raise ValidationError(_l("Say what happened; the member reads it."))

    def validate_lasts(self, field: Any) -> None:
        """Ask for an end of what is to have one."""
        if self.kind.data == "suspension" and field.data == FOR_GOOD:
            raise ValidationError(_l("A suspension has an end. Choose how long it lasts, or bar the member instead."))
        if field.data == A_DATE and not any(self.until.raw_data or ()):
            raise ValidationError(_l("Choose the last day below."))

    def validate_until(self, field: Any) -> None:
        """Ask for a day to come where the sanction ends on a date."""
        if self.lasts.data != A_DATE or not field.data:
            return
        if field.data.year > LAST_YEAR or _end_of(field.data) <= now():
            raise ValidationError(_l("Choose a day to come."))


def _end_of(day: date) -> datetime:
    """Return when the day is over, by the operator's clock."""
    return begin_of(day) + timedelta(days=1)
