"""The words above a ballot's question that say who pays, where its editor wrote none."""

from functools import lru_cache

from flask_babel import force_locale
from flask_babel import gettext as _

from board.ballots.models import Ballot, Sponsor
from board.languages import SHIPPED, locale_of, speaking


def usual_disclosure(kind: str, sponsor: Sponsor | None, site_id: int) -> str:
    """Return the words, in the site's language: they are kept, and its readers read them."""
    with speaking("", site_id):
        return _usual(kind, sponsor.name if sponsor else "")


def shown_disclosure(ballot: Ballot) -> str:
    """Return the ballot's disclosure; where that is the usual one of any language, in the page's own."""
    name = ballot.sponsor.name if ballot.sponsor else ""
    return _usual(ballot.kind, name) if ballot.disclosure in _in_all_languages(ballot.kind, name) else ballot.disclosure


def _usual(kind: str, name: str) -> str:
    if name:
        return str(_("Sponsored · presented by %(name)s", name=name))
    return str(_("Sponsored · readers vote for our sponsors")) if kind == "for_sponsor" else ""


@lru_cache(maxsize=500)
def _in_all_languages(kind: str, name: str) -> frozenset[str]:
    found = set()
    for language in SHIPPED:
        with force_locale(locale_of(language)):
            found.add(_usual(kind, name))
    return frozenset(found - {""})
