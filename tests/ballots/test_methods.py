"""Each method's form, as a browser without JavaScript sends it: what is a choice, and what is asked again."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from board.articles.models import Site
from board.ballots.choices import (
    BEST_SCORE,
    METHODS,
    WRITE_IN,
    Choice,
    NotAChoice,
    Rules,
    choice_from,
    ranking,
    read_marks,
    remapped,
    scores,
    several,
)
from board.ballots.models import Ballot
from board.ballots.tally import counts_of
from board.ballots.votes import Vote, VoteRecord
from board.extensions import db
from tests.ballots.conftest import FRAGMENT, make_ballot
from tests.conftest import Browser

IDS = {11, 12, 13}


def send(browser: Browser, ballot: Ballot, form: dict[str, Any]) -> Any:
    """Press the button, and follow the cookie's 307 as browsers do."""
    answer = browser.post(f"/ballots/{ballot.slug}/votes", form, headers=FRAGMENT)
    if answer.status_code == 307:
        answer = browser.post(answer.headers["Location"], form, headers=FRAGMENT)
    return answer


def chosen() -> Choice | None:
    """Return the choice of the only vote."""
    return db.session.scalar(select(Vote.choice))


def ids(ballot: Ballot) -> list[int]:
    """Return the IDs of the options."""
    return [option.id for option in ballot.options]


def choose(method: str, fields: list[tuple[str, str]], **rules: Any) -> Choice:
    """Return the choice that a form makes."""
    return choice_from(Rules(method, IDS, **rules), read_marks(method, MultiDict(fields)))


def test_several_are_chosen_up_to_the_limit(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, method="several", max_choices=2)
    first, second, third = ids(ballot)
    answer = send(reader, ballot, {"option": [first, second, third]})
    assert answer.status_code == 422
    assert "Choose at most 2. Take 1 of your marks away." in answer.text
    assert answer.text.count(" checked") == 3
    assert send(reader, ballot, {"option": [third, first]}).status_code == 200
    assert chosen() == several([first, third])


def test_approval_takes_any_number(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, method="approval")
    send(reader, ballot, {"option": ids(ballot)})
    assert chosen() == several(ids(ballot))


def test_ranking_is_read_from_the_places(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    first, second, third = ids(ballot)
    form = {f"rank-{first}": "3", f"rank-{second}": "", f"rank-{third}": "1"}
    assert send(reader, ballot, form).status_code == 200
    assert chosen() == ranking([third, first])


def test_plain_client_ranks_by_order(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    first, second, third = ids(ballot)
    send(reader, ballot, {"option": [third, first, second]})
    assert chosen() == ranking([third, first, second])
    assert counts_of(ballot.id)[(third, 1)] == 1


def test_focus_goes_to_an_option_whose_place_is_given_twice(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    first, second, third = ids(ballot)
    page = send(reader, ballot, {f"rank-{first}": "1", f"rank-{second}": "2", f"rank-{third}": "2"}).text
    assert f'-rank-{second}" autofocus' in page
    assert page.count("autofocus") == 1


def test_two_options_in_one_place_are_asked_again_and_stay_as_chosen(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    first, second, _third = ids(ballot)
    answer = send(reader, ballot, {f"rank-{first}": "2", f"rank-{second}": "2"})
    assert answer.status_code == 422
    assert "Place 2 is given more than once." in answer.text
    assert answer.text.count('<option value="2" selected>') == 2
    assert chosen() is None


def test_scores_may_leave_options_out(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, method="score")
    first, second, third = ids(ballot)
    answer = send(reader, ballot, {f"score-{first}": "5", f"score-{second}": "", f"score-{third}": "2"})
    assert answer.status_code == 200
    assert chosen() == scores({first: 5, third: 2})
    assert send(reader, ballot, {f"score-{first}": ""}).status_code == 422


@pytest.mark.parametrize("method", METHODS)
def test_form_shows_the_present_choice_when_it_is_changed(reader: Browser, site: Site, method: str) -> None:
    ballot = make_ballot(site, method=method, max_choices=2)
    option = ids(ballot)[1]
    send(reader, ballot, {"option": option, f"score-{option}": 4})
    page = reader.get(f"/ballots/{ballot.slug}?change=1", headers=FRAGMENT).text
    marked = {
        "ranked": '<option value="1" selected>',
        "score": f'name="score-{option}" value="4" checked',
    }
    assert marked.get(method, f'value="{option}"') in page
    assert page.count(" checked") + page.count(" selected") == (3 if method == "score" else 1)


@pytest.mark.parametrize("method", ["several", "approval", "score"])
def test_order_of_the_fields_makes_no_other_choice(reader: Browser, site: Site, method: str) -> None:
    ballot = make_ballot(site, method=method, max_choices=2)
    first, second, _third = ids(ballot)
    for order in ([first, second], [second, first]):
        answer = send(reader, ballot, {"option": order, **{f"score-{option}": 3 for option in order}})
        assert answer.status_code == 200
    assert len(list(db.session.scalars(select(VoteRecord.choice)))) == 1


@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
        ("one", [("option", "11"), ("option", "12")], "Choose one option only"),
        ("one", [], "Choose one of the options"),
        ("several", [("option", "99")], "Choose one of the options"),
        ("approval", [("option", "0")], "Choose one of the options"),
        ("ranked", [("rank-11", "4")], "places from 1 to 3"),
        ("ranked", [("rank-11", "0")], "places from 1 to 3"),
        ("ranked", [("rank-11", "first")], "places from 1 to 3"),
        ("ranked", [("rank-99", "1")], "Choose one of the options"),
        ("ranked", [("rank-", "1")], "Choose one of the options"),
        ("ranked", [], "at least one option a place"),
        ("score", [("score-11", "6")], "scores from 1 to 5"),
        ("score", [("score-11", "-1")], "scores from 1 to 5"),
        ("score", [("score-11", "9" * 400)], "scores from 1 to 5"),
        ("score", [("score-x", "1")], "Choose one of the options"),
        ("score", [("option", "11")], "at least one option a score"),
        ("approval", [("option", "11")] * 201, "far more in it"),
        ("ranked", [(f"rank-{n}", "1") for n in range(201)], "far more in it"),
    ],
)
def test_what_is_no_choice_is_refused_in_words(
    app: object, method: str, fields: list[tuple[str, str]], words: str
) -> None:
    with pytest.raises(NotAChoice, match=words):
        choose(method, fields)


@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
        ("one", [("option", "11"), ("write_in", "Mine")], "Keep one of them"),
        ("one", [("option", "0")], "Write your own suggestion"),
        ("ranked", [("rank-11", "1"), ("write_in", "Mine")], "Mark your suggestion"),
        ("score", [("score-0", "1"), ("write_in", " ")], "Write your own suggestion"),
    ],
)
def test_write_in_without_a_mark_or_a_text_is_asked_again(
    app: object, method: str, fields: list[tuple[str, str]], words: str
) -> None:
    with pytest.raises(NotAChoice, match=words):
        choose(method, fields, takes_write_ins=True)


numbers = st.one_of(st.integers(-3, 20).map(str), st.sampled_from(["", " ", "x", "1e3", "٣", "11", "12", "13"]))
names = st.sampled_from(
    ["option", "write_in", *(f"{kind}-{n}" for kind in ("rank", "score") for n in (0, 11, 12, 13, 99))]
)


@settings(max_examples=400)
@given(
    method=st.sampled_from(METHODS),
    fields=st.lists(st.tuples(names, numbers), max_size=12),
    most=st.integers(1, 3),
    takes_write_ins=st.booleans(),
)
def test_no_form_makes_a_choice_outside_of_the_rules(
    method: str, fields: list[tuple[str, str]], most: int, takes_write_ins: bool
) -> None:
    try:
        choice = choose(method, fields, max_choices=most, takes_write_ins=takes_write_ins)
    except NotAChoice:
        return
    options, marks = [option for option, _mark in choice], [mark for _option, mark in choice]
    assert 1 <= len(options) == len(set(options)) <= {"one": 1, "several": most}.get(method, 4)
    assert set(options) <= IDS | ({WRITE_IN} if takes_write_ins else set())
    if method == "ranked":
        assert marks == list(range(1, len(marks) + 1))
    else:
        assert options == sorted(options)
        assert all(1 <= mark <= (BEST_SCORE if method == "score" else 1) for mark in marks)


def test_merged_options_count_once_in_every_method() -> None:
    names = {12: 11}
    assert remapped("several", several([11, 12, 13]), names) == several([11, 13])
    assert remapped("ranked", ranking([13, 12, 11]), names) == ranking([13, 11])
    assert remapped("score", scores({11: 2, 12: 4, 13: 1}), names) == scores({11: 4, 13: 1})
    assert remapped("one", [[12, 1]], names) == [[11, 1]]
