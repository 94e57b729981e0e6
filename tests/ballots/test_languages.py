"""What a ballot says by itself, it says in its site's language."""

from typing import Any

from board.articles.models import Site
from board.ballots.disclosing import usual_disclosure
from board.ballots.drawable import can_be_drawn
from board.ballots.terms import Terms
from board.extensions import db
from board.languages import speaking
from tests.ballots.conftest import cast, make_ballot, make_sponsor
from tests.conftest import Browser
from tests.factories import make_site


def test_the_usual_disclosure_is_in_the_language_of_its_readers(site: Site) -> None:
    evening = make_site("evening", "Evening Post", language="de")
    with speaking("en"):  # as the page is on which an editor writes the ballot
        assert usual_disclosure("for_sponsor", None, evening.id).startswith("Gesponsert · ")
        assert usual_disclosure("for_sponsor", None, site.id).startswith("Sponsored · ")


def test_the_editors_form_knows_it_again(site: Site) -> None:
    site.language = "ar"
    db.session.commit()
    ballot = make_ballot(site)
    ballot.disclose(usual_disclosure("reader", make_sponsor(site), site.id), make_sponsor(site, "Fairlight"))
    with speaking("en"):
        assert Terms.of(ballot).disclosure == "برعاية · يقدمه Stagecraft Ltd"
        ballot.disclose(usual_disclosure("reader", ballot.sponsor, site.id), ballot.sponsor)
        assert ballot.disclosure == "برعاية · يقدمه Fairlight"
        assert Terms.of(ballot).disclosure == ""


def test_a_frame_in_another_language_has_the_usual_disclosure_in_it_too(client: Browser, site: Site) -> None:
    sponsor = make_sponsor(site)
    usual = make_ballot(site, sponsor=sponsor, disclosure=usual_disclosure("presented", sponsor, site.id))
    own = make_ballot(site, slug="own-words", sponsor=sponsor, disclosure="Paid for by Stagecraft Ltd")
    assert "Gesponsert · präsentiert von <a" in client.get(f"/embed/ballots/{usual.slug}?language=de").text
    assert "Sponsored · presented by <a" in client.get(f"/embed/ballots/{usual.slug}").text
    assert "Paid for by <a" in client.get(f"/embed/ballots/{own.slug}?language=de").text


def test_a_vote_is_answered_in_the_ballots_language(new_reader: Any, site: Site) -> None:
    here = make_ballot(site)
    there = make_ballot(make_site("evening", "Evening Post", language="ar"), slug="far-ballot")
    for _voter in range(2):  # the first answer is rendered, the second filled in
        assert "Thank you, your vote is in." in cast(new_reader(), here, 0).text
        assert "شكرًا، وصل صوتك." in cast(new_reader(), there, 0).text


def test_pages_for_auditors_are_whole_and_in_english(client: Browser, site: Site) -> None:
    site.language = "ar"
    db.session.commit()
    make_ballot(site, slug="far-ballot")
    assert 'lang="en" dir="ltr"' in client.get("/ballots/far-ballot/verify").text
    assert 'lang="ar" dir="rtl"' in client.get("/ballots/far-ballot/ledger").text


def test_no_picture_is_drawn_in_a_script_without_a_font(site: Site) -> None:
    ballot = make_ballot(site, slug="far-ballot")
    with speaking("de"):
        assert can_be_drawn(ballot)
    with speaking("ar"):
        assert not can_be_drawn(ballot)
