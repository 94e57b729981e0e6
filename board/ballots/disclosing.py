"""The words above a ballot's question that say who pays, where its editor wrote none."""

from flask_babel import gettext as _

from board.ballots.models import Sponsor
from board.languages import speaking


def usual_disclosure(kind: str, sponsor: Sponsor | None, site_id: int) -> str:
    """Return the words, in the site's language: they are kept, and its readers read them."""
    with speaking("", site_id):
        if sponsor:
            return str(_("Sponsored · presented by %(name)s", name=sponsor.name))
        return str(_("Sponsored · readers vote for our sponsors")) if kind == "for_sponsor" else ""
