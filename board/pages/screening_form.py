"""The form of a site's rules, made of the catalogue of steps: a field for each value, and a text to try them on."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from board.pages.forms import SITE_MODE_CHOICES, ManageForm
from board.screening.catalogue import ADVICE, CHOICES, STEPS, Field
from board.screening.rules import BY_NAME


def _control(field: Field) -> Any:
    if field.kind == "choice":
        choices = [SelectChoice(value, CHOICES[value]) for value in field.choices]
        return SelectField(field.label, choices=choices, validate_choice=False)
    return (StringField if field.kind == "number" else TextAreaField)(field.label)


class _RulesForm(ManageForm):
    """What every such form has besides the steps' fields."""

    comment_mode = RadioField(_l("New comments"), choices=SITE_MODE_CHOICES, validate_choice=False)
    version = HiddenField("")
    sample = TextAreaField(_l("A text to try"))
    sample_is_first = BooleanField(_l("As a member’s first comment"))

    def typed_rules(self) -> dict[str, str]:
        """Return what was chosen and typed for each value that was sent."""
        return {name: self[name].data or "" for name in BY_NAME if self[name].raw_data}

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Put each sentence beside its field; one without a field stands above the form."""
        super().refuse({name: sentence for name, sentence in errors.items() if name in self})
        self.form_errors = [sentence for name, sentence in errors.items() if name not in self]


RulesForm: Any = type(
    "RulesForm",
    (_RulesForm,),
    {field.name: _control(field) for step in (*STEPS, *ADVICE) for field in step.fields},
)
