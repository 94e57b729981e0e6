"""Write-ins: a suggestion has its votes at once, is seen by nobody else, and is listed, merged or left out."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Site
from board.audit import AuditEntry, fingerprint
from board.ballots import write_ins
from board.ballots.choices import METHODS
from board.ballots.models import Ballot, BallotOption
from board.ballots.tally import QUARANTINED, TURNOUT, counts_of, move_counts, weights
from board.ballots.votes import Vote, VoteRecord
from board.ballots.write_ins import MAX_PROPOSED, WriteInVoter, merge, waiting
from board.extensions import db
from tests.ballots.conftest import FRAGMENT, make_ballot
from tests.ballots.test_methods import ids, send
from tests.conftest import Browser

NewReader = Callable[[], Browser]


@pytest.fixture
def ballot(site: Site) -> Ballot:
    """Return an open ballot whose voters may write in, and choose several."""
    return make_ballot(site, method="approval", takes_write_ins=True)


@pytest.fixture
def desk(browser_for: Callable[[User], Browser], editor: User) -> Browser:
    """Return the editor's browser."""
    return browser_for(editor)


def suggestion(text: str = "Wicked") -> BallotOption:
    """Return the option that was written in."""
    return db.session.scalars(select(BallotOption).where(BallotOption.text == text)).unique().one()


def decide(desk: Browser, ballot: Ballot, deed: str, option_id: int, **form: Any) -> int:
    """Press the editor's button; return the status."""
    path = f"/manage/ballots/{ballot.slug}/write-ins/{option_id}/{deed}"
    return int(desk.post(path, form).status_code)


def total(ballot: Ballot, option_id: int) -> int:
    """Return how many chose the option."""
    return counts_of(ballot.id)[(option_id, 1)]


def test_suggestion_has_its_vote_and_only_its_author_sees_it(new_reader: NewReader, ballot: Ballot) -> None:
    author = new_reader()
    answer = send(author, ballot, {"write_in": "Wicked", "option": [ballot.options[0].id]})
    assert "Wicked (your suggestion, which waits for the editors)" in answer.text
    assert total(ballot, suggestion().id) == total(ballot, ballot.options[0].id) == 1
    assert "Wicked" not in new_reader().get(f"/ballots/{ballot.slug}", headers=FRAGMENT).text
    page = author.get(f"/ballots/{ballot.slug}?change=1", headers=FRAGMENT).text
    assert 'value="Wicked"' in page


def test_votes_for_an_undecided_suggestion_are_told_and_the_result_is_not_called_final(
    reader: Browser, site: Site
) -> None:
    ballot = make_ballot(site, takes_write_ins=True, results="always")
    told = "1 vote is for a suggestion that is not decided yet."
    assert told in send(reader, ballot, {"option": "0", "write_in": "Wicked"}).text
    ballot.close()
    db.session.commit()
    page = reader.get(f"/ballots/{ballot.slug}/results").text
    assert told in page
    assert "Final result" not in page
    assert "suggestions not decided,1," in reader.get(f"/ballots/{ballot.slug}/results.csv").text


@pytest.mark.parametrize("text", ["Wicked", " wicked ", "WICKED", "Ｗicked", "Wic\u200bked"])
def test_texts_of_one_look_are_one_suggestion(new_reader: NewReader, ballot: Ballot, text: str) -> None:
    for written in ("Wicked", text):
        assert send(new_reader(), ballot, {"write_in": written}).status_code == 200
    assert total(ballot, suggestion().id) == 2


@pytest.mark.parametrize("text", ["musical 1", "Musical  1", "MUSlCAL 1", "Musical-1!"])
def test_writing_a_listed_option_chooses_it(reader: Browser, ballot: Ballot, text: str) -> None:
    first = ballot.options[0].id
    assert send(reader, ballot, {"write_in": text, "option": [first]}).status_code == 200
    assert total(ballot, first) == 1
    assert waiting(ballot) == []


@pytest.mark.parametrize("text", ["<b>bold</b>", "https://spam.example", "x" * 201, "!!!", "\u200b", "a\u0000<"])
def test_what_cannot_be_an_option_is_refused_and_kept_in_the_field(reader: Browser, ballot: Ballot, text: str) -> None:
    answer = send(reader, ballot, {"write_in": text})
    assert answer.status_code == 422
    assert "field__error" in answer.text
    assert db.session.scalar(select(Vote)) is None


def test_ballot_without_write_ins_takes_none(reader: Browser, site: Site) -> None:
    ballot = make_ballot(site, method="approval")
    assert send(reader, ballot, {"write_in": "Wicked"}).status_code == 422
    assert send(reader, ballot, {"write_in": "Wicked", "option": ["0"]}).status_code == 422


@pytest.mark.parametrize(
    ("method", "form", "choice"),
    [
        ("one", {"option": "0"}, [("Wicked", 1)]),
        ("ranked", {"rank-0": "1", "rank-{first}": "2"}, [("Wicked", 1), ("Musical 1", 2)]),
        ("score", {"score-0": "4"}, [("Wicked", 4)]),
    ],
)
def test_every_method_takes_a_suggestion(
    reader: Browser, site: Site, method: str, form: dict[str, str], choice: list[tuple[str, int]]
) -> None:
    ballot = make_ballot(site, method=method, takes_write_ins=True)
    fields = {name.format(first=ballot.options[0].id): mark for name, mark in form.items()}
    assert send(reader, ballot, {**fields, "write_in": "Wicked"}).status_code == 200
    vote = db.session.scalars(select(Vote)).one()
    texts = {option.id: option.text for option in db.session.scalars(select(BallotOption)).unique()}
    assert [(texts[option_id], mark) for option_id, mark in vote.choice] == choice


def test_accepted_suggestion_is_listed_with_its_votes(desk: Browser, new_reader: NewReader, ballot: Ballot) -> None:
    send(new_reader(), ballot, {"write_in": "Wicked"})
    assert "Wicked" in desk.get(f"/manage/ballots/{ballot.slug}/write-ins").text
    assert decide(desk, ballot, "acceptance", suggestion().id) == 303
    assert "Wicked" in new_reader().get(f"/ballots/{ballot.slug}", headers=FRAGMENT).text
    send(new_reader(), ballot, {"option": [suggestion().id]})
    assert total(ballot, suggestion().id) == 2


def test_merge_moves_the_votes_and_counts_whoever_chose_both_once(
    desk: Browser, new_reader: NewReader, ballot: Ballot
) -> None:
    first, second, _third = (option.id for option in ballot.options)
    send(new_reader(), ballot, {"write_in": "Wicked", "option": [first]})
    send(new_reader(), ballot, {"write_in": "Wicked", "option": [second]})
    send(new_reader(), ballot, {"option": [first]})
    number = suggestion().id
    records = [list(choice) for choice in db.session.scalars(select(VoteRecord.choice).order_by(VoteRecord.id))]
    assert decide(desk, ballot, "merger", number, into=first) == 303
    assert (total(ballot, first), total(ballot, second), total(ballot, number)) == (3, 1, 0)
    assert counts_of(ballot.id)[(TURNOUT, 0)] == 3
    assert list(db.session.scalars(select(VoteRecord.choice).order_by(VoteRecord.id))) == records
    send(new_reader(), ballot, {"write_in": "wicked"})
    assert total(ballot, first) == 4


def test_merge_leaves_quarantined_votes_uncounted(editor: User, new_reader: NewReader, ballot: Ballot) -> None:
    send(new_reader(), ballot, {"write_in": "Wicked"})
    vote = db.session.scalars(select(Vote)).one()
    moves = weights(vote.choice, "quarantined")
    moves.subtract(vote.weights)
    vote.state = "quarantined"
    move_counts(ballot.id, moves)
    db.session.commit()
    merge(ballot, suggestion(), ballot.options[0], by=editor)
    db.session.commit()
    assert total(ballot, ballot.options[0].id) == 0
    assert counts_of(ballot.id)[(TURNOUT, QUARANTINED)] == 1
    assert db.session.scalars(select(Vote)).one().choice == [[ballot.options[0].id, 1]]


@pytest.mark.parametrize("method", ["ranked", "score"])
def test_merge_keeps_tallies_equal_to_the_votes(editor: User, new_reader: NewReader, site: Site, method: str) -> None:
    ballot = make_ballot(site, method=method, takes_write_ins=True)
    first, second, third = (option.id for option in ballot.options)
    kind = {"ranked": "rank", "score": "score"}[method]
    for a, b, c in [("1", "2", "3"), ("3", "1", "2"), ("", "1", "2"), ("2", "", "1")]:
        form = {f"{kind}-{first}": a, f"{kind}-0": b, f"{kind}-{third}": c, "write_in": "Wicked" if b else ""}
        assert send(new_reader(), ballot, form).status_code == 200
    merge(ballot, suggestion(), ballot.options[0], by=editor)
    db.session.commit()
    counted: dict[tuple[int, int], int] = {}
    for vote in db.session.scalars(select(Vote)):
        for option_id, mark in vote.choice:
            counted[(option_id, mark)] = counted.get((option_id, mark), 0) + 1
    shown = {key: count for key, count in counts_of(ballot.id).items() if key[0] != TURNOUT and count}
    assert shown == counted
    assert not {option for option, _mark in shown} - {first, second, third}


def test_merge_looks_at_no_vote_but_those_of_the_suggestion(
    editor: User, new_reader: NewReader, ballot: Ballot
) -> None:
    for _ in range(5):
        send(new_reader(), ballot, {"option": ids(ballot)[0]})
    for _ in range(2):
        send(new_reader(), ballot, {"write_in": "Wicked"})
    changed = new_reader()
    send(changed, ballot, {"write_in": "Wicked"})
    send(changed, ballot, {"option": ids(ballot)[1]})
    option = suggestion()
    noted = db.session.scalars(select(WriteInVoter.voter_key).where(WriteInVoter.option_id == option.id)).all()
    assert len(noted) == 3
    merge(ballot, option, ballot.options[2], by=editor)
    db.session.commit()
    assert [total(ballot, each) for each in ids(ballot)] == [5, 1, 2]


def test_merge_of_many_votes_goes_through_all_of_them(
    editor: User, new_reader: NewReader, ballot: Ballot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_ins, "BATCH", 2)
    for _ in range(5):
        send(new_reader(), ballot, {"write_in": "Wicked"})
    merge(ballot, suggestion(), ballot.options[0], by=editor)
    db.session.commit()
    assert total(ballot, ids(ballot)[0]) == 5
    assert {vote.choice[0][0] for vote in db.session.scalars(select(Vote))} == {ids(ballot)[0]}


def test_refused_suggestion_is_left_out_and_its_author_told(
    desk: Browser, reader: Browser, new_reader: NewReader, ballot: Ballot
) -> None:
    send(reader, ballot, {"write_in": "Wicked"})
    assert decide(desk, ballot, "refusal", suggestion().id) == 303
    assert "Wicked (your suggestion, not taken)" in reader.get(f"/ballots/{ballot.slug}", headers=FRAGMENT).text
    assert "is not taken in this ballot" in send(new_reader(), ballot, {"write_in": "Wicked"}).text
    assert db.session.scalar(select(Vote.voter_key)) is not None


def test_each_decision_is_logged_once_and_made_once(desk: Browser, new_reader: NewReader, ballot: Ballot) -> None:
    for text in ("Wicked", "Cats", "Rent"):
        send(new_reader(), ballot, {"write_in": text})
    first = ballot.options[0].id
    assert decide(desk, ballot, "acceptance", suggestion("Wicked").id) == 303
    assert decide(desk, ballot, "merger", suggestion("Cats").id, into=first) == 303
    assert decide(desk, ballot, "refusal", suggestion("Rent").id) == 303
    assert decide(desk, ballot, "merger", suggestion("Cats").id, into=first) == 409
    assert decide(desk, ballot, "refusal", suggestion("Wicked").id) == 409
    deeds = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert deeds == ["ballot.write_in_accepted", "ballot.write_in_merged", "ballot.write_in_refused"]


def test_the_log_has_no_voters_words(desk: Browser, new_reader: NewReader, ballot: Ballot) -> None:
    for text in ("Wicked", "Call Ada 555 0100"):
        send(new_reader(), ballot, {"write_in": text})
    options = [suggestion("Wicked").id, suggestion("Call Ada 555 0100").id]
    assert decide(desk, ballot, "acceptance", options[0]) == 303
    assert decide(desk, ballot, "merger", options[1], into=options[0]) == 303
    accepted, merged = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert accepted.after == {"option": options[0], "text": fingerprint("Wicked"), "characters": 6}
    assert merged.after is not None and merged.after["into"] == options[0]
    assert "Ada" not in f"{merged.before} {merged.after} {merged.note}"


@pytest.mark.parametrize("into", ["", "0", "999999", "x"])
def test_merge_needs_a_listed_option(desk: Browser, reader: Browser, ballot: Ballot, into: str) -> None:
    send(reader, ballot, {"write_in": "Wicked"})
    assert decide(desk, ballot, "merger", suggestion().id, into=into) == 422
    assert decide(desk, ballot, "merger", 999999, into=ballot.options[0].id) == 404


@pytest.mark.parametrize("path", ["", "/1/acceptance", "/1/merger", "/1/refusal"])
def test_only_editors_decide(
    browser_for: Callable[[User], Browser], moderator: User, ballot: Ballot, path: str
) -> None:
    browser, address = browser_for(moderator), f"/manage/ballots/{ballot.slug}/write-ins{path}"
    assert (browser.post(address) if path else browser.get(address)).status_code == 403


def test_suggestions_are_bounded(reader: Browser, ballot: Ballot) -> None:
    rows = [BallotOption(ballot_id=ballot.id, text=f"S {n}", state="proposed") for n in range(MAX_PROPOSED)]
    db.session.add_all(rows)
    db.session.flush()
    move_counts(ballot.id, Counter({(row.id, 1): 1 for row in rows}))
    db.session.commit()
    assert "as many suggestions as" in send(reader, ballot, {"write_in": "One more"}).text
    assert send(reader, ballot, {"write_in": "s 7"}).status_code == 200


def test_one_voter_cannot_fill_the_list_by_changing_their_mind(
    monkeypatch: pytest.MonkeyPatch, reader: Browser, new_reader: NewReader, ballot: Ballot
) -> None:
    monkeypatch.setattr("board.ballots.write_ins.MAX_PROPOSED", 3)
    send(reader, ballot, {"write_in": "S 0"})
    for number in range(1, 5):
        page = reader.get(f"/ballots/{ballot.slug}?change=1", headers=FRAGMENT).text
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)
        assert ticket
        assert send(reader, ballot, {"write_in": f"S {number}", "ticket": ticket[1]}).status_code == 200
    assert send(new_reader(), ballot, {"write_in": "Wicked"}).status_code == 200
    assert [each.count for each in waiting(ballot)[:2]] == [1, 1]


@pytest.mark.parametrize("method", METHODS)
def test_form_has_a_row_for_the_suggestion(reader: Browser, site: Site, method: str) -> None:
    ballot = make_ballot(site, method=method, takes_write_ins=True, results="always")
    answer = reader.get(f"/ballots/{ballot.slug}", headers=FRAGMENT)
    assert answer.status_code == 200
    assert 'name="write_in"' in answer.text
