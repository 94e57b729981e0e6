"""The forms that report, remove and decide."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from board.comments.reasons import NEEDS_NOTE, REASONS

MAX_NOTE_CHARACTERS = 1000


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """A reason from the list, and a note where the reason says too little."""

    reason = RadioField(
        _l("Reason"),
        choices=[SelectChoice(reason, words) for reason, words in REASONS.items()],
        validators=[InputRequired(_l("Choose a reason."))],
    )
    note = TextAreaField(
        _l("Note"),
        validators=[Length(max=MAX_NOTE_CHARACTERS, message=_l("Write at most 1,000 characters."))],
        filters=[lambda text: (text or "").replace("\x00", "").strip()],
    )

    def validate_note(self, field: TextAreaField) -> None:
        """Ask for words where the reason is "another"."""
        if self.reason.data in NEEDS_NOTE and not field.data:
            raise ValidationError(_l("Say in a few words what is wrong."))


class ReportForm(ReasonForm):
    """What a member reports."""


class RemovalForm(ReasonForm):
    """Why a moderator removes; the author reads the reason and the note."""
