"""Who sees the numbers, and when; and what is above the question."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from board.articles.models import Article, Site
from board.ballots.counting import percent
from board.ballots.models import Ballot
from board.storage import now
from tests.ballots.conftest import FRAGMENT, cast, make_ballot, make_sponsor
from tests.conftest import Browser


def page(reader: Browser, ballot: Ballot) -> str:
    """Return the ballot as the reader sees it."""
    return str(reader.get(f"/ballots/{ballot.slug}", headers=FRAGMENT).text)


@pytest.mark.parametrize(
    ("policy", "before", "after"), [("always", True, True), ("after-vote", False, True), ("after-close", False, False)]
)
def test_results_follow_the_policy(reader: Browser, site: Site, policy: str, before: bool, after: bool) -> None:
    ballot = make_ballot(site, results=policy)
    assert ("ballot__share" in page(reader, ballot)) is before
    cast(reader, ballot, 0)
    assert ("ballot__share" in page(reader, ballot)) is after
    assert ("Your choice" if after else "Your vote") in page(reader, ballot)


@pytest.mark.parametrize("policy", ["always", "after-vote", "after-close"])
def test_everybody_sees_the_results_after_the_close(new_reader: Callable[[], Browser], site: Site, policy: str) -> None:
    ballot = make_ballot(site, results=policy, closes_at=now() - timedelta(minutes=1))
    text = page(new_reader(), ballot)
    assert "ballot__share" in text
    assert "Voting has closed" in text


def test_counts_are_said_in_the_right_number(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, results="always", options=2)
    cast(new_reader(), ballot, 0)
    assert "1 vote<" in page(new_reader(), ballot)
    assert "0 votes<" in page(new_reader(), ballot)
    cast(new_reader(), ballot, 0)
    assert "2 votes<" in page(new_reader(), ballot)


def test_signed_out_readers_without_a_device_get_the_same_bytes_and_no_cookie(
    new_reader: Callable[[], Browser], ballot: Ballot
) -> None:
    answers = [new_reader().get(f"/ballots/{ballot.slug}", headers=FRAGMENT) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert "Set-Cookie" not in answers[0].headers
    assert "no-store" not in answers[0].headers["Cache-Control"]


def test_page_of_a_device_is_private(reader: Browser, ballot: Ballot) -> None:
    cast(reader, ballot, 0)
    answer = reader.get(f"/ballots/{ballot.slug}", headers=FRAGMENT)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_disclosure_stands_above_the_question(reader: Browser, site: Site) -> None:
    sponsor = make_sponsor(site)
    ballot = make_ballot(site, sponsor_id=sponsor.id, disclosure="Sponsored · presented by Stagecraft Ltd")
    text = page(reader, ballot)
    assert text.index("Sponsored · presented by") < text.index(ballot.question)
    assert '<a href="https://stagecraft.example/" rel="sponsored nofollow noopener"' in text


def test_sponsor_is_named_even_if_the_disclosure_does_not(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, sponsor_id=make_sponsor(site).id, disclosure="Paid content")
    assert "Stagecraft Ltd" in page(reader, ballot)


def test_option_of_a_vote_for_sponsors_links_to_the_sponsor(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, kind="for_sponsor", disclosure="Sponsored")
    ballot.options[0].sponsor_id = make_sponsor(site).id
    from board.extensions import db

    db.session.commit()
    assert page(reader, ballot).count('rel="sponsored nofollow noopener"') == 1


def test_texts_are_escaped(reader: Browser, site: Site, article: Article) -> None:
    attack = "<script>alert(1)</script>\"'"
    sponsor = make_sponsor(site, name=attack)
    ballot = make_ballot(site, question=attack, sponsor_id=sponsor.id, disclosure=attack)
    assert "<script>alert" not in page(reader, ballot)


@pytest.mark.parametrize(("count", "total", "shown"), [(0, 0, 0), (1, 3, 33), (2, 3, 67), (1, 200, 1), (1, 201, 0)])
def test_percent_is_rounded_to_whole_numbers(count: int, total: int, shown: int) -> None:
    assert percent(count, total) == shown
