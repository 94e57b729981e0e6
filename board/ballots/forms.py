"""The forms at `/manage/ballots` and `/manage/sponsors`: they hold what was typed; `terms` judges it."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from board.ballots.models import Ballot
from board.ballots.moments import NotAMoment, local_text, parse_moment
from board.ballots.terms import Faults, Terms, TermsRefused

RESULTS_CHOICES = [
    SelectChoice("always", _l("Always")),
    SelectChoice("after-vote", _l("After voting")),
    SelectChoice("after-close", _l("When voting has closed")),
    SelectChoice("by-hand", _l("When I show them, after voting has closed")),
]


WHO_CHOICES = [
    SelectChoice("anyone", _l("Anyone, once in each browser")),
    SelectChoice("email", _l("Anyone with an e-mail address, once for each address")),
    SelectChoice("member", _l("Members")),
]
METHOD_CHOICES = [
    SelectChoice("one", _l("They choose one option")),
    SelectChoice("several", _l("They choose several options, up to a number")),
    SelectChoice("approval", _l("They choose all options that they approve of")),
    SelectChoice("ranked", _l("They rank the options; the winner is found by an instant run-off")),
    SelectChoice("score", _l("They score each option from 1 to 5")),
]
ORDER_CHOICES = [
    SelectChoice("fixed", _l("As written")),
    SelectChoice("random", _l("Random, another one for each reader")),
    SelectChoice("alphabetical", _l("Alphabetical")),
]
REACH_CHOICES = [
    SelectChoice("placed", _l("On the articles that I place it on")),
    SelectChoice("section", _l("On all articles of a section")),
    SelectChoice("site", _l("On all articles of the site")),
]
USUAL_WORK_BITS = 16  # some tenths of a second on a phone
MAX_DIGITS = 9  # in a number that is typed
USUAL: dict[str, Any] = {
    "results": "after-vote",
    "who": "anyone",
    "kind": "presented",
    "can_change": True,
    "method": "one",
    "option_order": "fixed",
    "reach": "placed",
}
PRESET = ("method", "option_order", "results", "who", "kind")  # what a pattern decides


class ManageForm(FlaskForm):  # type: ignore[misc]
    """A form whose token `board/csrf.py` has checked already."""

    class Meta:
        """Leave the token to the whole application's check."""

        csrf = False

    def refuse(self, faults: Faults) -> None:
        """Put each sentence beside its field."""
        for name, sentences in faults.items():
            self[name].errors = sentences

    def moment(self, name: str, present: datetime | None = None) -> datetime | None:
        """Return the point in time typed into the field; the present one if its text was left alone.

        Raises TermsRefused. The field shows minutes; what was not touched keeps its seconds.
        """
        typed = (self[name].data or "").strip()
        if present and typed == local_text(present):
            return present
        try:
            return parse_moment(typed) if typed else None
        except NotAMoment as error:
            raise TermsRefused({name: [str(error)]}) from error


class BallotForm(ManageForm):
    """One ballot that has not opened."""

    question = StringField(_l("Question"))
    options = TextAreaField(_l("Options"))
    sponsor = StringField(_l("Sponsor’s legal name"))
    sponsor_url = StringField(_l("Sponsor’s link"))
    closes_at = StringField(_l("Closes"))
    results = RadioField(_l("Readers see the results"), choices=RESULTS_CHOICES, validate_choice=False)
    who = RadioField(_l("Who may vote"), choices=WHO_CHOICES, validate_choice=False)
    kind = RadioField(
        _l("Kind"),
        choices=[
            SelectChoice("presented", _l("Presented by the sponsor")),
            SelectChoice("for_sponsor", _l("Readers vote for a sponsor")),
        ],
        validate_choice=False,
    )
    method = RadioField(_l("How readers vote"), choices=METHOD_CHOICES, validate_choice=False)
    max_choices = StringField(_l("How many at most"))
    option_order = RadioField(_l("Order of the options"), choices=ORDER_CHOICES, validate_choice=False)
    reach = RadioField(_l("Where readers see it"), choices=REACH_CHOICES, validate_choice=False)
    section = StringField(_l("Section"))
    places = StringField(_l("Article"))  # of a new ballot
    needs_work = BooleanField(_l("Ask browsers for a small calculation before they vote"))
    takes_write_ins = BooleanField(_l("Voters may suggest an option of their own"))
    disclosure = StringField(_l("Disclosure"))
    opens_at = StringField(_l("Opens"))
    can_change = BooleanField(_l("Voters may change their vote while voting is open"))
    slug = StringField(_l("Address"))

    @classmethod
    def starting(cls, settings: dict[str, Any], like: Terms | None = None) -> "BallotForm":
        """Return the form for a new ballot: like another one, or with the settings and what most ballots want."""
        return cls._filled(like) if like else cls(data=USUAL | settings)

    def follow(self, settings: dict[str, Any]) -> None:
        """Set what makes a pattern, and leave what was typed."""
        for name in PRESET:
            self[name].data = settings.get(name, USUAL[name])
        self.max_choices.data = settings.get("max_choices", self.max_choices.data)

    @classmethod
    def showing(cls, ballot: Ballot) -> "BallotForm":
        """Return the form filled in with the ballot."""
        return cls._filled(Terms.of(ballot))

    @classmethod
    def _filled(cls, terms: Terms) -> "BallotForm":
        shown = {
            "options": "\n".join(terms.options),
            "opens_at": local_text(terms.opens_at),
            "closes_at": local_text(terms.closes_at),
            "max_choices": str(terms.max_choices) if terms.method == "several" else "",
            "places": "",
            "needs_work": terms.work_bits > 0,
        }
        return cls(data={**terms.__dict__, **shown})

    def terms(self, ballot: Ballot | None = None) -> Terms:
        """Return what is asked for. Raises TermsRefused for a time that is none."""
        texts: dict[str, Any] = {
            name: self[name].data or ""
            for name in (
                "slug",
                "question",
                "sponsor",
                "sponsor_url",
                "disclosure",
                "kind",
                "results",
                "who",
                "section",
            )
        }
        texts |= {name: self[name].data or USUAL[name] for name in ("method", "option_order", "reach")}
        return Terms(
            **texts,
            options=(self.options.data or "").splitlines(),
            opens_at=self.moment("opens_at", ballot.opens_at if ballot else None),
            closes_at=self.moment("closes_at", ballot.closes_at if ballot else None),
            can_change=bool(self.can_change.data),
            max_choices=whole_number(self.max_choices.data or ""),
            takes_write_ins=bool(self.takes_write_ins.data),
            work_bits=USUAL_WORK_BITS if self.needs_work.data else 0,
            places=[place] if (place := (self.places.data or "").strip()) else [],
        )


def whole_number(text: str) -> int:
    """Return the number that was typed, 0 for what is none."""
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < MAX_DIGITS else 0


class RestForm(ManageForm):
    """What can still change when voting has opened."""

    closes_at = StringField(_l("Closes"))
    results = RadioField(_l("Readers see the results"), choices=RESULTS_CHOICES, validate_choice=False)

    @classmethod
    def showing(cls, ballot: Ballot, *, is_sent: bool = False) -> "RestForm":
        """Return the form filled in with the ballot, or with what was typed if this form was sent."""
        values = {"closes_at": local_text(ballot.closes_at), "results": ballot.results}
        return cls(data=values) if is_sent else cls(formdata=None, data=values)


class PlaceForm(ManageForm):
    """An article on which to place a ballot."""

    places = StringField(_l("Article’s ID"))


class SponsorForm(ManageForm):
    """One sponsor."""

    name = StringField(_l("Legal name"))
    url = StringField(_l("Link"))
    logo = FileField(_l("Logo"))
    remove_logo = BooleanField(_l("Take the logo away"))
