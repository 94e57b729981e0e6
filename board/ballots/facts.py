"""What an editor should see at a glance before a ballot is published: how it is voted on, by whom, when and where."""

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from board.ballots.forms import METHOD_CHOICES, ORDER_CHOICES, RESULTS_CHOICES, WHO_CHOICES
from board.ballots.models import Ballot
from board.ballots.moments import spoken

LIVE = ("always", "after-vote")  # results that readers see while voting is open
Fact = tuple[str, str]  # what it is, and how it is here


def facts_of(ballot: Ballot) -> list[Fact]:
    """Return the ballot's rules in words, those first that cannot change once voting has opened."""
    facts = [
        (_("How readers vote"), _label(METHOD_CHOICES, ballot.method)),
        (_("Who may vote"), _label(WHO_CHOICES, ballot.who)),
        (_("Changes of mind"), _("Allowed while voting is open") if ballot.can_change else _("Not allowed")),
        (_("Order of the options"), _label(ORDER_CHOICES, ballot.option_order)),
        (_("Suggestions"), _("Voters may suggest options")) if ballot.takes_write_ins else None,
        (_("Proof of work"), _("Browsers do a small calculation before they vote")) if ballot.work_bits else None,
        (_("Disclosure"), ballot.disclosure) if ballot.disclosure else None,
        (_("Closes"), spoken(ballot.closes_at) if ballot.closes_at else _("When you close it")),
        (_("Readers see the results"), _label(RESULTS_CHOICES, ballot.results)),
        (_("Good to know"), _live_numbers()) if ballot.results in LIVE else None,
        (_("Where readers see it"), _where(ballot)),
    ]
    return [fact for fact in facts if fact]


def _live_numbers() -> str:
    """Return what an editor should know who shows numbers while voting goes on."""
    text = _(
        "While few vote, somebody who watches the numbers can tell whether their own vote moved them, and so whether "
        "it was set aside. Where much is at stake, show the results when voting has closed."
    )
    return str(text)


def _where(ballot: Ballot) -> str:
    if ballot.reach == "site":
        return str(_("On all articles of the site"))
    if ballot.reach == "section":
        return str(_("On all articles of the section “%(section)s”", section=ballot.section))
    return str(_("On the articles that you place it on"))


def _label(choices: list[SelectChoice], value: str) -> str:
    return next(str(choice.label) for choice in choices if choice.value == value)
