"""One vote a voter; a change of mind replaces it; a repeat changes nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Site
from board.ballots.choices import one
from board.ballots.models import Ballot
from board.ballots.voters import DEVICE_COOKIE
from board.ballots.votes import MAX_CHANGES, VoteRecord
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import FRAGMENT, cast, counts, make_ballot
from tests.conftest import OWN_ORIGIN, Browser

SignIn = Callable[[User], Browser]


def test_reader_votes_without_an_account(reader: Browser, ballot: Ballot) -> None:
    answer = cast(reader, ballot, 1)
    assert answer.status_code == 200
    assert "Your choice" in answer.text
    assert "1 vote<" in answer.text
    assert counts(ballot) == [0, 1, 0]


def test_member_votes_once_in_two_browsers(browser_for: SignIn, author: User, ballot: Ballot) -> None:
    cast(browser_for(author), ballot, 1)
    cast(browser_for(author), ballot, 1)
    assert counts(ballot) == [0, 1, 0]


def test_two_devices_are_two_voters(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    cast(new_reader(), ballot, 0)
    cast(new_reader(), ballot, 0)
    assert counts(ballot) == [2, 0, 0]


def test_repeating_the_same_vote_changes_nothing(reader: Browser, ballot: Ballot) -> None:
    cast(reader, ballot, 2)
    answer = cast(reader, ballot, 2)
    assert answer.status_code == 200
    assert counts(ballot) == [0, 0, 1]
    assert db.session.scalar(select(func.count()).select_from(VoteRecord)) == 1


def test_change_of_mind_moves_the_count_and_keeps_the_record(reader: Browser, ballot: Ballot) -> None:
    cast(reader, ballot, 0)
    assert cast(reader, ballot, 2).status_code == 200
    assert counts(ballot) == [0, 0, 1]
    choices = list(db.session.scalars(select(VoteRecord.choice).order_by(VoteRecord.id)))
    assert choices == [one(ballot.options[0].id), one(ballot.options[2].id)]


def test_first_choice_stands_where_changing_is_not_allowed(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, can_change=False)
    cast(reader, ballot, 0)
    answer = cast(reader, ballot, 2)
    assert answer.status_code == 409
    assert "You have voted already" in answer.text
    assert "Change my vote" not in answer.text
    assert counts(ballot) == [1, 0, 0]


def test_nobody_changes_their_mind_more_often_than_anybody_may(reader: Browser, ballot: Ballot) -> None:
    for number in range(MAX_CHANGES + 1):
        assert cast(reader, ballot, number % 2).status_code == 200
    refused = cast(reader, ballot, 2)
    assert refused.status_code == 409
    assert "You have changed your vote 20 times, and nobody can more often. Your last choice stands." in refused.text
    assert counts(ballot) == [1, 0, 0]
    assert db.session.scalar(select(func.count()).select_from(VoteRecord)) == MAX_CHANGES + 1
    assert "Change my vote" not in reader.get(f"/ballots/{ballot.slug}").text
    assert cast(reader, ballot, 0).status_code == 200, "the standing choice again is no change"


def test_first_vote_without_a_cookie_only_brings_the_cookie(reader: Browser, ballot: Ballot) -> None:
    answer = reader.post(f"/ballots/{ballot.slug}/votes", {"option": ballot.options[0].id})
    assert answer.status_code == 307
    cookie = answer.headers["Set-Cookie"]
    assert DEVICE_COOKIE in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert counts(ballot) == [0, 0, 0]


def test_two_presses_before_the_first_answer_are_one_vote(reader: Browser, ballot: Ballot) -> None:
    form = {"option": ballot.options[0].id}
    path = f"/ballots/{ballot.slug}/votes"
    first = reader.post(path, form)
    reader.http.delete_cookie(DEVICE_COOKIE)
    second = reader.post(path, form)
    for answer in (first, second):
        reader.post(answer.headers["Location"], form)
    assert counts(ballot) == [1, 0, 0]


def test_browser_that_keeps_no_cookies_is_told_so(reader: Browser, ballot: Ballot) -> None:
    path = f"/ballots/{ballot.slug}/votes?ticket=of-the-lost-device"
    answer = reader.post(path, {"option": ballot.options[0].id}, headers=FRAGMENT)
    assert answer.status_code == 409
    assert "keeps no cookies" in answer.text
    assert counts(ballot) == [0, 0, 0]


def test_forged_device_cookie_does_not_vote(reader: Browser, ballot: Ballot) -> None:
    reader.http.set_cookie(DEVICE_COOKIE, "forged.device.cookie")
    answer = reader.post(
        f"/ballots/{ballot.slug}/votes?ticket=forged", {"option": ballot.options[0].id}, headers=FRAGMENT
    )
    assert answer.status_code == 409
    assert counts(ballot) == [0, 0, 0]


def test_member_who_voted_before_logging_in_has_voted(
    app: object, author: User, reader: Browser, ballot: Ballot
) -> None:
    cast(reader, ballot, 0)
    reader.sign_in(author)
    assert "is-own" in reader.get(f"/ballots/{ballot.slug}", headers=FRAGMENT).text
    cast(reader, ballot, 1)
    assert counts(ballot) == [0, 1, 0]


def test_unconfirmed_member_votes_as_a_device_only(browser_for: SignIn, author: User, ballot: Ballot) -> None:
    author.confirmed_at = None
    db.session.commit()
    browser = browser_for(author)
    cast(browser, ballot, 0)
    assert db.session.scalar(select(VoteRecord.voter_key)).startswith("d:")  # type: ignore[union-attr]


@pytest.mark.parametrize("option", ["", "0", "-1", "999999", "x", "1e3", "١"])
def test_unknown_option_is_refused_beside_the_field(reader: Browser, ballot: Ballot, option: str) -> None:
    answer = reader.post(f"/ballots/{ballot.slug}/votes", {"option": option}, headers=FRAGMENT)
    if option == "١" and ballot.options[0].id == 1:  # a digit is a digit in every script
        return
    assert answer.status_code == 422
    assert "Choose one of the options" in answer.text
    assert counts(ballot) == [0, 0, 0]


def test_option_of_another_ballot_is_refused(reader: Browser, site: Site, ballot: Ballot) -> None:
    other = make_ballot(site, "other")
    form = {"option": other.options[0].id}
    assert reader.post(f"/ballots/{ballot.slug}/votes", form, headers=FRAGMENT).status_code == 422


def test_get_never_votes(reader: Browser, ballot: Ballot) -> None:
    cast(reader, ballot, 0)
    option = ballot.options[1].id
    assert reader.get(f"/ballots/{ballot.slug}/votes?option={option}").status_code == 303
    reader.get(f"/ballots/{ballot.slug}?option={option}", headers=FRAGMENT)
    assert counts(ballot) == [1, 0, 0]


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": "https://elsewhere.example"}])
def test_vote_from_another_site_is_refused(reader: Browser, ballot: Ballot, headers: dict[str, str]) -> None:
    cast(reader, ballot, 0)
    form = {"option": ballot.options[1].id, "csrf_token": reader.token()}
    answer = reader.http.post(f"/ballots/{ballot.slug}/votes", data=form, headers={**FRAGMENT, **headers})
    assert answer.status_code == 403
    assert counts(ballot) == [1, 0, 0]


def test_vote_without_a_token_is_refused(reader: Browser, ballot: Ballot) -> None:
    cast(reader, ballot, 0)
    form = {"option": ballot.options[1].id, "csrf_token": ""}
    headers = {"Origin": OWN_ORIGIN}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("board.errors.render_template", lambda *_names, **_context: "")
        answer = reader.http.post(f"/ballots/{ballot.slug}/votes", data=form, headers=headers)
    assert answer.status_code == 400
    assert counts(ballot) == [1, 0, 0]


def test_vote_after_the_close_is_refused_and_shows_the_results(reader: Browser, ballot: Ballot) -> None:
    cast(reader, ballot, 0)
    ballot.lock()
    ballot.closes_at = now() - timedelta(seconds=1)
    db.session.commit()
    answer = cast(reader, ballot, 1)
    assert answer.status_code == 409
    assert "Voting has closed. This vote was not counted." in answer.text
    assert "100%" in answer.text
    assert counts(ballot) == [1, 0, 0]


def test_retry_of_a_counted_vote_after_the_close_is_no_mistake(reader: Browser, ballot: Ballot) -> None:
    cast(reader, ballot, 0)
    ballot.close()
    db.session.commit()
    assert cast(reader, ballot, 0).status_code == 200
    assert counts(ballot) == [1, 0, 0]


def test_vote_before_the_opening_is_refused(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, opens_at=now() + timedelta(hours=1))
    answer = cast(reader, ballot, 1)
    assert answer.status_code == 409
    assert "Voting has not opened yet" in answer.text
    assert "Opens" in answer.text
    assert counts(ballot) == [0, 0, 0]


def test_draft_cannot_be_seen_or_voted_on(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, state="draft")
    assert reader.get(f"/ballots/{ballot.slug}", headers=FRAGMENT).status_code == 404
    assert cast(reader, ballot, 1).status_code == 404


def test_signed_out_reader_of_a_members_ballot_logs_in_and_keeps_the_choice(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, who="member")
    assert "Log in to vote" in reader.get(f"/ballots/{ballot.slug}", headers=FRAGMENT).text
    option = ballot.options[1].id
    answer = reader.post(f"/ballots/{ballot.slug}/votes", {"option": option})
    assert answer.status_code == 303
    assert f"option%3D{option}" in answer.headers["Location"]
    page = reader.get(f"/ballots/{ballot.slug}?option={option}", headers=FRAGMENT).text
    assert f'value="{option}" required checked' in page


def test_unconfirmed_member_may_not_vote_on_a_members_ballot(browser_for: SignIn, author: User, site: Site) -> None:
    ballot = make_ballot(site, who="member")
    author.confirmed_at = None
    db.session.commit()
    answer = cast(browser_for(author), ballot, 0)
    assert answer.status_code == 403
    assert "Confirm your e-mail address first" in answer.text
    assert counts(ballot) == [0, 0, 0]
