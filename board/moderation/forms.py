"""The forms that report, remove and decide."""

from collections.abc import Collection
from typing import Any

from flask_babel import LazyString, format_decimal
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from board.accounts.forms import AccountForm
from board.comments.reasons import HOUSE, LAW, NEEDS_NOTE, offered

MAX_NOTE_CHARACTERS = 1000
MAX_APPEAL_CHARACTERS = 4000
MAX_RULE_CHARACTERS = 4000


def clean(text: str | None) -> str:
    """Return the text without what no database keeps, and without blanks around it."""
    return (text or "").replace("\x00", "").strip()


def text_field(label: Any, most: int, *more: Any) -> TextAreaField:
    """Return a field for a text of at most so many characters."""
    too_long = _l("Write at most %(count)s characters.", count=LazyString(format_decimal, most))
    return TextAreaField(label, validators=[*more, Length(max=most, message=too_long)], filters=[clean])


class ReasonForm(AccountForm):
    """A reason from the list, and a note where the reason says too little."""

    reason = RadioField(_l("Reason"), validators=[InputRequired(_l("Choose a reason."))])
    note = text_field(_l("Note"), MAX_NOTE_CHARACTERS)

    def __init__(self, *args: Any, site_ids: Collection[int] = (), **more: Any) -> None:
        """Offer the reasons that all these sites have; without a site, those that ship."""
        super().__init__(*args, **more)
        reasons = offered(site_ids)
        self.reason.choices = [SelectChoice(reason.key, reason.name) for reason in reasons]
        self._need_note = {reason.key for reason in reasons if reason.base in NEEDS_NOTE}

    def validate_note(self, field: TextAreaField) -> None:
        """Ask for words where the reason is "another"."""
        if self.reason.data in self._need_note and not field.data:
            raise ValidationError(_l("Say in a few words what is wrong."))


class ReportForm(ReasonForm):
    """What a member reports."""

    wants_outcome = BooleanField(_l("Tell me by e-mail what became of it"))


class RemovalForm(ReasonForm):
    """Why a moderator removes; the author reads the reason and the note."""


class AppealForm(AccountForm):
    """What a member says against a decision."""

    text = text_field(
        _l("Why is the decision wrong?"), MAX_APPEAL_CHARACTERS, DataRequired(_l("Say why the decision is wrong."))
    )


class OutcomeForm(AccountForm):
    """What becomes of an appeal; the member reads the words."""

    outcome = RadioField(
        _l("Outcome"),
        choices=[
            SelectChoice("upheld", _l("The decision stands")),
            SelectChoice("overturned", _l("Overturn the decision")),
        ],
        validators=[InputRequired(_l("Choose an outcome."))],
    )
    words = text_field(
        _l("Words to the member"), MAX_NOTE_CHARACTERS, DataRequired(_l("Say why; the member reads it."))
    )


class ReasonWordingForm(AccountForm):
    """How a site words one of its reasons."""

    name = StringField(
        _l("Name"),
        validators=[
            DataRequired(_l("Give the reason a name.")),
            Length(max=100, message=_l("Write at most 100 characters.")),
        ],
        filters=[clean],
    )
    words = text_field(_l("Words for the author"), MAX_NOTE_CHARACTERS)
    ground = RadioField(
        _l("It breaks"),
        choices=[SelectChoice(HOUSE, _l("A rule of the house")), SelectChoice(LAW, _l("The law"))],
        default=HOUSE,
    )
    rule = text_field(_l("Text of the rule"), MAX_RULE_CHARACTERS)
    is_active = BooleanField(_l("Offer this reason"), default=True)
