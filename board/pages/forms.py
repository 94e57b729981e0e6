"""The forms at `/manage`: they only hold what was typed; `board.articles.rules` judges it."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from board.articles.uploads import uploaded
from board.languages import SHIPPED

SITE_MODE_CHOICES = [
    SelectChoice("first", _l("Are published at once")),
    SelectChoice("held", _l("Wait for a moderator")),
    SelectChoice("closed", _l("Are not taken, anywhere on the site")),
]


class ManageForm(FlaskForm):  # type: ignore[misc]
    """A form whose token `board/csrf.py` has checked already."""

    class Meta:
        """Leave the token to the whole application's check."""

        csrf = False

    def typed(self) -> dict[str, str | bytes]:
        """Return what was typed into each field that was sent."""
        typed = {field.name: field.data or "" for field in self if isinstance(field, StringField | SelectField)}
        if not typed.get("comment_mode", "as it is"):
            del typed["comment_mode"]  # the form of a page that was opened before there were modes
        return typed

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Put each sentence beside its field."""
        for name, sentence in errors.items():
            self[name].errors = [sentence]


class ArticleForm(ManageForm):
    """One article."""

    title = StringField(_l("Title"))
    external_id = StringField(_l("ID"))
    standfirst = TextAreaField(_l("Standfirst"))
    byline = StringField(_l("Byline"))
    section = StringField(_l("Section"))
    published_at = StringField(_l("Date and time"))
    url = StringField(_l("Address of your own page"))
    body_source = TextAreaField(_l("Text"))
    picture = FileField(_l("Lead picture"))
    picture_alt = StringField(_l("What the picture shows"))
    remove_picture = BooleanField(_l("Take the picture away"))
    trailer_url = StringField(_l("Trailer"))
    videos = TextAreaField(_l("Videos beside the article"))
    gate = RadioField(
        _l("Who can read the whole text"),
        choices=[
            SelectChoice("open", _l("Everybody")),
            SelectChoice("email", _l("Whoever leaves an e-mail address, and members")),
            SelectChoice("members", _l("Members only")),
        ],
        validate_choice=False,
    )
    gate_after_blocks = StringField(_l("Paragraphs before the gate"))
    comments = RadioField(
        _l("Comments"),
        choices=[SelectChoice("open", _l("Open")), SelectChoice("closed", _l("Closed"))],
        validate_choice=False,
    )
    comment_mode = RadioField(
        _l("New comments"),
        choices=[
            SelectChoice("site", _l("As everywhere on the site")),
            SelectChoice("first", _l("Are published at once")),
            SelectChoice("held", _l("Wait for a moderator")),
        ],
        validate_choice=False,
    )
    comments_close_after_days = StringField(_l("Close comments after days"))

    def typed(self) -> dict[str, str | bytes]:
        """Return what was typed, and the picture that was chosen."""
        chosen: dict[str, str | bytes] = {"picture": uploaded(self.picture.data)}
        return {**super().typed(), **chosen, "remove_picture": "yes" if self.remove_picture.data else ""}


class SiteForm(ManageForm):
    """One site."""

    name = StringField(_l("Name"))
    slug = StringField(_l("Short name"))
    origins = TextAreaField(_l("Origins"))
    language = SelectField(
        _l("Language"),
        choices=[SelectChoice("", _l("As the operator has set")), *(SelectChoice(*one) for one in SHIPPED.items())],
        validate_choice=False,
    )
    comment_mode = RadioField(
        _l("New comments"),
        choices=SITE_MODE_CHOICES,
        default="first",
        validate_choice=False,
    )
