"""The answer to a vote, filled into blanks, is byte for byte what the page's own partial says of the ballot."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, render_template
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Site
from board.ballots import views, voted
from board.ballots.choices import METHODS
from board.ballots.models import RESULTS, Ballot
from board.ballots.operations import keep_sponsor
from board.ballots.papers import load_ballot
from board.ballots.placing import view_of
from board.ballots.voters import DEVICE_COOKIE
from board.ballots.votes import MAX_CHANGES, Vote
from board.ballots.wording import SAID
from board.embed.mount import COOKIE_PREFIX
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import FRAGMENT, cast, make_ballot, make_sponsor
from tests.ballots.test_methods import ids, send
from tests.conftest import Browser

NewReader = Callable[[], Browser]
Answers = list[tuple[str, str]]
LIKE_BLANKS = "Is it [[receipt]], 100% %(receipt)s or {{ receipt }}? <b>&amp;"


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Keep each answer to a vote that was filled in, and beside it the partial rendered for this one reader."""
    kept: Answers = []

    def fill_in(ballot: Ballot, choice: Any, done: Any, counts: Any, back: str) -> str | None:
        html = voted.voted_html(ballot, choice, done, counts, back)
        if html is None:
            return None
        view = view_of(load_ballot(ballot.slug), message=str(SAID[done.outcome.value]), back=back)
        kept.append((html, render_template("ballots/_ballot.html", view=view)))
        return html

    monkeypatch.setattr(views, "voted_html", fill_in)
    return kept


def all_alike(answers: Answers, count: int) -> bool:
    """Tell whether so many answers were filled in, each like what was rendered."""
    assert len(answers) == count
    for filled, rendered in answers:
        assert filled == rendered
    return True


@pytest.mark.parametrize("results", RESULTS)
@pytest.mark.parametrize("method", METHODS)
def test_answer_is_the_pages_own_for_the_first_voter_and_those_who_follow(
    new_reader: NewReader, site: Site, answers: Answers, method: str, results: str
) -> None:
    closes_at = now() + timedelta(days=3, minutes=5)
    ballot = make_ballot(site, method=method, max_choices=2, results=results, closes_at=closes_at)
    first, second, third = ids(ballot)
    for option in (first, second, first, first, second):
        others = [] if method == "one" else [third]
        form = {"option": [option, *others], f"score-{option}": "4", f"rank-{option}": "1"}
        assert send(new_reader(), ballot, form).status_code == 200
    assert all_alike(answers, 5)


def test_answer_to_a_changed_and_to_a_repeated_vote_is_the_pages_own(
    reader: Browser, ballot: Ballot, answers: Answers
) -> None:
    for position in (0, 1, 1):
        cast(reader, ballot, position)
    said = ["Thank you, your vote is in.", "Your vote is changed.", "This is your vote already."]
    assert all(words in answer for words, (answer, _rendered) in zip(said, answers, strict=True))
    assert all_alike(answers, 3)


def test_last_change_of_mind_offers_no_other(reader: Browser, ballot: Ballot, answers: Answers) -> None:
    cast(reader, ballot, 0)
    db.session.scalars(select(Vote)).one().changes = MAX_CHANGES - 1
    db.session.commit()
    assert "Change my vote" not in cast(reader, ballot, 1).text
    assert all_alike(answers, 2)


def test_answer_to_a_member_is_the_pages_own(author: User, browser_for: Any, site: Site, answers: Answers) -> None:
    assert cast(browser_for(author), make_ballot(site, who="member", can_change=False), 0).status_code == 200
    assert all_alike(answers, 1)


def test_answer_leads_back_to_where_the_ballot_stands(new_reader: NewReader, ballot: Ballot, answers: Answers) -> None:
    path, option = f"/ballots/{ballot.slug}/votes", ids(ballot)[0]
    for place, back in (("", "/articles/opening-night"), ("/embed/at/main", "/articles/other?a=1&b=2"), ("", "")):
        reader, form = new_reader(), {"option": option, "next": back}
        asked = reader.post(path, form)  # brings the device's cookie
        frame = f"{place}{asked.headers['Location']}"
        if place:
            cookie = reader.http.get_cookie(DEVICE_COOKIE)
            assert cookie
            reader.http.set_cookie(f"{COOKIE_PREFIX}{DEVICE_COOKIE}", cookie.value)
        answer = reader.post(frame, form, headers=FRAGMENT)
        assert f'hx-get="{place}/ballots/' in answer.text
    assert all_alike(answers, 3)


def test_texts_that_look_like_blanks_stay_texts(new_reader: NewReader, site: Site, answers: Answers) -> None:
    ballot = make_ballot(site, question=LIKE_BLANKS, sponsor=make_sponsor(site, LIKE_BLANKS), disclosure=LIKE_BLANKS)
    ballot.lock()
    ballot.options[1].text = ballot.options[0].note = LIKE_BLANKS
    db.session.commit()
    for position in (0, 1):
        assert "[[receipt]]" in cast(new_reader(), ballot, position).text
    assert all_alike(answers, 2)


def test_changed_sponsor_is_in_the_next_answer(new_reader: NewReader, site: Site, answers: Answers) -> None:
    shown, beside = make_sponsor(site), make_sponsor(site, "Lights & Co")
    ballot = make_ballot(site, sponsor=shown, disclosure="Presented by Stagecraft Ltd")
    ballot.lock()
    ballot.options[0].sponsor = beside
    db.session.commit()
    cast(new_reader(), ballot, 0)
    for sponsor in (shown, beside):
        address = f"https://{sponsor.id}.example/"
        keep_sponsor(sponsor, name=sponsor.name, url=address)
        db.session.commit()
        assert address in cast(new_reader(), ballot, 0).text
    assert all_alike(answers, 3)


@pytest.mark.parametrize("own", [{"option_order": "random"}, {"takes_write_ins": True}])
def test_what_each_voter_sees_otherwise_is_rendered_for_them(
    new_reader: NewReader, site: Site, answers: Answers, own: dict[str, Any]
) -> None:
    ballot = make_ballot(site, **own)
    assert "Thank you, your vote is in." in cast(new_reader(), ballot, 0).text
    assert not answers


def test_an_answer_of_after_an_edit_is_rendered_and_not_kept_as_one_of_before(
    app: Flask, monkeypatch: pytest.MonkeyPatch, reader: Browser, ballot: Ballot, answers: Answers
) -> None:
    def edited(slug: str) -> Ballot:
        present = load_ballot(slug)
        present.version += 1
        return present

    monkeypatch.setattr(voted, "load_ballot", edited)
    monkeypatch.setitem(app.extensions, "voted_frames", {})
    assert "Thank you, your vote is in." in cast(reader, ballot, 0).text
    assert not app.extensions["voted_frames"]
    assert not answers


def test_a_way_back_of_any_length_is_not_kept(app: Flask, reader: Browser, ballot: Ballot) -> None:
    send(reader, ballot, {"option": ids(ballot)[0], "next": "/" + "a" * 60_000})
    assert all(len(frame) < 20_000 for frame in app.extensions["voted_frames"].values())


def test_few_answers_are_kept_however_they_differ(
    app: Flask, monkeypatch: pytest.MonkeyPatch, new_reader: NewReader, ballot: Ballot, answers: Answers
) -> None:
    monkeypatch.setattr(voted, "MAX_FRAMES", 2)
    for number in range(5):
        send(new_reader(), ballot, {"option": ids(ballot)[0], "next": f"/articles/{number}"})
        assert len(app.extensions["voted_frames"]) <= 2
    assert all_alike(answers, 5)
