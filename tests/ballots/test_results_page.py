"""The results page and its files: who sees them and when, what they say, what they cost."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import insert, select

from board.accounts.models import User
from board.articles.models import Article, Site
from board.audit import AuditEntry
from board.ballots.choices import CHOSEN, ranking, scores, several
from board.ballots.models import Ballot
from board.ballots.recounts import count_results, recount
from board.ballots.results import result_of, show_results
from board.ballots.tally import COUNTED, QUARANTINED, TURNOUT, VOIDED, Tally
from board.ballots.votes import cast_vote
from board.extensions import db
from board.storage import now
from tests.ballots.conftest import FRAGMENT, cast, make_ballot, make_sponsor, place
from tests.conftest import Browser
from tests.reading import parsed, queries, words

FILES = ("/results", "/results.csv", "/results.json", "/share.png", "/integrity", "")


def close(ballot: Ballot) -> None:
    """End the voting."""
    ballot.close()
    db.session.commit()


def vote_ranked(ballot: Ballot, *rankings: tuple[int, ...]) -> None:
    """Cast rankings of the options' positions."""
    for number, places in enumerate(rankings):
        choice = ranking(ballot.options[place].id for place in places)
        cast_vote(ballot, f"d:{number}", choice)
    db.session.commit()


def answers(reader: Browser, ballot: Ballot) -> dict[str, tuple[int, bytes, str]]:
    """Return what this reader gets of everything about the ballot, without what is random in a page's head."""
    found = {file: reader.get(f"/ballots/{ballot.slug}{file}") for file in FILES}
    article = reader.get("/articles/opening-night")
    found["article"] = article
    return {file: (got.status_code, got.data, got.headers.get("ETag", "")) for file, got in found.items()}


def cells(tree: Any) -> list[list[str]]:
    """Return the words of every table's cells, row by row."""
    return [[words(cell) for cell in row if cell.tag in ("td", "th")] for row in tree.iter("tr")]


HIDING: list[dict[str, Any]] = [{"results": "after-vote"}, {"results": "after-close"}, {"results": "by-hand"}]


@pytest.mark.parametrize("terms", HIDING, ids=str)
def test_what_outsiders_get_of_a_hidden_ballot_is_the_same_with_and_without_votes(
    new_reader: Callable[[], Browser], site: Site, article: Article, terms: dict[str, Any]
) -> None:
    ballot = make_ballot(site, closes_at=now() + timedelta(days=1), **terms)
    place(ballot, article)
    with time_machine.travel(now(), tick=False):
        before = answers(new_reader(), ballot)
        for number in range(7):
            cast(new_reader(), ballot, number % 2)
        recount(ballot)
        after = answers(new_reader(), ballot)
    assert before == after
    assert before["/results"][0] == 200
    assert before["/results.csv"][0] == 403


def test_results_by_hand_stay_hidden_after_the_close(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, results="by-hand")
    voter = new_reader()
    cast(voter, ballot, 0)
    close(ballot)
    for reader in (voter, new_reader()):
        assert "The editors show them" in reader.get("/ballots/best-musical/results").text
        assert reader.get("/ballots/best-musical/results.json").status_code == 403
        assert "Musical 1 wins" not in reader.get("/ballots/best-musical").text


def test_editor_shows_them_and_the_log_says_so(
    browser_for: Callable[[User], Browser], new_reader: Callable[[], Browser], site: Site, editor: User
) -> None:
    ballot = make_ballot(site, results="by-hand")
    cast(new_reader(), ballot, 0)
    close(ballot)
    desk = browser_for(editor)
    for _ in range(2):
        assert desk.post("/manage/ballots/best-musical/results").status_code == 303
    assert "Musical 1 wins with 100% of the votes." in new_reader().get("/ballots/best-musical/results").text
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "ballot.results_shown")).all()
    assert len(actions) == 1


def test_nobody_shows_them_before_the_close(
    browser_for: Callable[[User], Browser], site: Site, editor: User, moderator: User
) -> None:
    make_ballot(site, results="by-hand")
    make_ballot(site, "other", results="always", state="closed", closes_at=now())
    assert browser_for(editor).post("/manage/ballots/best-musical/results").status_code == 409
    assert browser_for(editor).post("/manage/ballots/other/results").status_code == 409
    assert browser_for(moderator).post("/manage/ballots/best-musical/results").status_code == 403


def test_voter_sees_results_after_voting_and_only_they(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    voter, outsider = new_reader(), new_reader()
    cast(voter, ballot, 0)
    page = voter.get("/ballots/best-musical/results")
    assert "100%" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert voter.get("/ballots/best-musical/results.json").json["voters"] == 1
    assert outsider.get("/ballots/best-musical/results.json").status_code == 403
    assert "100%" not in outsider.get("/ballots/best-musical/results").text


def test_winner_is_named_only_after_the_close(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, results="always")
    cast(new_reader(), ballot, 1)
    page, data = (new_reader().get(f"/ballots/best-musical/results{kind}") for kind in ("", ".json"))
    assert "wins" not in page.text
    assert data.json["winners"] == []
    close(ballot)
    page, data = (new_reader().get(f"/ballots/best-musical/results{kind}") for kind in ("", ".json"))
    assert "Musical 2 wins with 100% of the votes." in page.text
    assert data.json["winners"] == [ballot.options[1].id]
    assert data.json["is_final"] is True


def test_tie_is_said_to_be_one(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    for position in (0, 1):
        cast(new_reader(), ballot, position)
    close(ballot)
    assert "Musical 1 and Musical 2 tie for first place." in new_reader().get("/ballots/best-musical/results").text


def test_rounding_is_said_where_it_shows(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    for position in (0, 1, 2):
        cast(new_reader(), ballot, position)
    close(ballot)
    assert "Shares are rounded; here they add up to 99%." in new_reader().get("/ballots/best-musical/results").text


def test_nobody_voted(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    close(ballot)
    assert "Nobody voted." in new_reader().get("/ballots/best-musical/results").text


def test_share_of_several_is_of_the_voters(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, method="approval")
    ids = [option.id for option in ballot.options]
    cast_vote(ballot, "d:1", several(ids[:2]))
    cast_vote(ballot, "d:2", several(ids[:1]))
    close(ballot)
    page = new_reader().get("/ballots/best-musical/results").text
    assert "Musical 1 wins: 100% of the voters chose it." in page
    assert [line.percent for line in result_of(ballot).lines] == [100, 50, 0]


def test_scores_have_their_mean_and_how_many_gave_each(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, method="score", results="always")
    first, second, _third = (option.id for option in ballot.options)
    cast_vote(ballot, "d:1", scores({first: 5, second: 1}))
    cast_vote(ballot, "d:2", scores({first: 4}))
    close(ballot)
    tree = parsed(new_reader().get("/ballots/best-musical/results").text)
    assert "Musical 1 wins with a mean score of 4.5 of 5." in words(tree)
    assert cells(tree)[1] == ["Musical 1", "4.5", "0", "0", "0", "1", "1", "2"]
    assert "4.5" in new_reader().get("/ballots/best-musical", headers=FRAGMENT).text


def test_rounds_are_counted_by_the_worker_and_shown_with_their_transfers(
    new_reader: Callable[[], Browser], site: Site
) -> None:
    ballot = make_ballot(site, method="ranked", results="always")
    vote_ranked(ballot, (0, 1), (0, 1), (0,), (1, 0), (1, 2), (2, 1))
    close(ballot)
    assert "The rounds are being counted." in new_reader().get("/ballots/best-musical/results").text
    assert count_results() == 1
    page = new_reader().get("/ballots/best-musical/results").text
    assert "Musical 1 and Musical 2 tie for first place." in page
    assert "Round 1: Musical 3 goes out." in page
    data = new_reader().get("/ballots/best-musical/results.json").json
    third, second = ballot.options[2].id, ballot.options[1].id
    assert data["rounds"][0]["transfers"] == [{"from": third, "to": second, "votes": 1}]


def test_rounds_are_counted_once_a_minute_at_most_while_voting_is_open(site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    moment = now()
    with time_machine.travel(moment, tick=False) as clock:
        vote_ranked(ballot, (0, 1))
        assert count_results() == 1
        vote_ranked(ballot, (1, 0))
        assert count_results() == 0
        clock.shift(timedelta(seconds=61))
        vote_ranked(ballot, (1, 2))
        assert count_results() == 1
    kept = result_of(ballot).run_off
    assert kept is not None
    assert kept.rounds[0].counts[ballot.options[1].id] == 1


def test_nothing_is_counted_again_when_nothing_has_changed(site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    with time_machine.travel(now(), tick=False) as clock:
        vote_ranked(ballot, (0, 1))
        count_results()
        clock.shift(timedelta(minutes=3))
        assert count_results() == 1  # the votes have settled into the hours
        clock.shift(timedelta(minutes=3))
        assert count_results() == 0


def test_result_is_not_final_until_the_last_vote_is_counted(site: Site) -> None:
    ballot = make_ballot(site, method="ranked")
    vote_ranked(ballot, (0, 1))
    recount(ballot)
    vote_ranked(ballot, (1, 0), (1, 2), (1, 2))
    close(ballot)
    assert result_of(ballot).winners == []
    recount(ballot)
    assert [winner.text for winner in result_of(ballot).winners] == ["Musical 2"]


def test_vote_put_aside_later_changes_the_rounds(site: Site) -> None:
    from board.ballots.tally import move_counts, weights
    from board.ballots.votes import Vote

    ballot = make_ballot(site, method="ranked")
    vote_ranked(ballot, (0,), (1,), (1,))
    close(ballot)
    recount(ballot)
    vote = db.session.get_one(Vote, (ballot.id, "d:2"))
    moves = weights(vote.choice, "voided")
    moves.subtract(vote.weights)
    vote.state = "voided"
    move_counts(ballot.id, moves)
    db.session.commit()
    assert not result_of(ballot).is_final
    recount(ballot)
    assert len(result_of(ballot).winners) == 2


def test_votes_over_time_count_each_voter_once(site: Site) -> None:
    ballot = make_ballot(site)
    begun = now().replace(minute=10, second=0) - timedelta(hours=5)
    for number in range(5):
        with time_machine.travel(begun + timedelta(hours=number), tick=False):
            ballot.opens_at = begun - timedelta(hours=1)
            for again in range(2):
                cast_vote(ballot, f"d:{number}", [[ballot.options[again].id, CHOSEN]])
            db.session.commit()
            count_results()
    kept = recount(ballot)
    assert sum(kept.hours.values()) == 5
    assert set(kept.hours.values()) == {1}


def test_csv_has_a_line_for_each_option_and_no_formula(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, results="always", options=2)
    ballot.options[0].text = "=HYPERLINK(1)"
    db.session.commit()
    cast(new_reader(), ballot, 0)
    answer = new_reader().get("/ballots/best-musical/results.csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows == [["option", "votes", "share_percent", "place"], ["'=HYPERLINK(1)", "1", "100", "1"],
                    ["Musical 2", "0", "0", "2"]]  # fmt: skip
    assert answer.headers["Content-Disposition"] == 'attachment; filename="best-musical.csv"'


def test_programs_may_read_it_from_any_page_under_api_v1_too(new_reader: Callable[[], Browser], site: Site) -> None:
    make_ballot(site, results="always")
    for path in ("/ballots/best-musical/results.json", "/api/v1/ballots/best-musical/results"):
        answer = new_reader().get(path)
        assert answer.json["options"][0]["votes"] == 0
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["one", "several", "approval", "ranked", "score"])
def test_page_costs_as_many_statements_with_ten_thousand_votes_as_with_ten(
    new_reader: Callable[[], Browser], site: Site, method: str
) -> None:
    spent = []
    for slug, votes in (("ten", 10), ("many", 10_000)):
        ballot = make_ballot(site, slug, method=method, results="always")
        rows = [{"option_id": option.id, "mark": CHOSEN, "count": votes // 3} for option in ballot.options]
        rows.append({"option_id": TURNOUT, "mark": COUNTED, "count": votes})
        shared = {"ballot_id": ballot.id, "shard": 0}
        db.session.execute(insert(Tally), [row | shared for row in rows])
        db.session.commit()
        recount(ballot)
        with queries() as sent:
            assert new_reader().get(f"/ballots/{slug}/results").status_code == 200
        spent.append(len(sent))
    assert spent[0] == spent[1] <= 9


def test_share_picture_has_the_size_that_other_sites_want(new_reader: Callable[[], Browser], site: Site) -> None:
    make_ballot(site, results="always", sponsor_id=make_sponsor(site).id, disclosure="Presented by Stagecraft Ltd")
    answer = new_reader().get("/ballots/best-musical/share.png")
    assert answer.content_type == "image/png"
    assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
    assert answer.headers["Cache-Control"].startswith("public")
    page = new_reader().get("/ballots/best-musical").text
    assert '<meta property="og:image" content="http://localhost/ballots/best-musical/share.png">' in page


def test_share_picture_changes_with_what_everybody_may_see(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, results="always")
    before = new_reader().get("/ballots/best-musical/share.png").data
    cast(new_reader(), ballot, 0)
    assert new_reader().get("/ballots/best-musical/share.png").data != before


def test_there_is_no_share_picture_where_no_font_has_the_letters(new_reader: Callable[[], Browser], site: Site) -> None:
    make_ballot(site, question="最高のミュージカルは？")
    assert new_reader().get("/ballots/best-musical/share.png").status_code == 404
    assert "og:image" not in new_reader().get("/ballots/best-musical").text


@pytest.mark.parametrize("question", ["Œuvre préférée?", "Наилучший мюзикл?", "Καλύτερο;", "Łódź 🎭?", "x" * 300])
def test_share_picture_of_other_letters(new_reader: Callable[[], Browser], site: Site, question: str) -> None:
    make_ballot(site, question=question)
    assert new_reader().get("/ballots/best-musical/share.png").status_code == 200


def test_integrity_report_is_for_after_the_close(new_reader: Callable[[], Browser], ballot: Ballot) -> None:
    assert "This report is shown when voting has closed." in new_reader().get("/ballots/best-musical/integrity").text


def test_integrity_report_tells_what_became_of_every_vote_and_names_no_rare_reason(
    new_reader: Callable[[], Browser], ballot: Ballot
) -> None:
    from board.ballots.recounts import BallotResult

    for mark, count in ((COUNTED, 90), (QUARANTINED, 8), (VOIDED, 3)):
        db.session.add(Tally(ballot_id=ballot.id, option_id=TURNOUT, mark=mark, shard=0, count=count))
    close(ballot)
    recount(ballot)
    kept = db.session.get_one(BallotResult, ballot.id)
    kept.doubts = [["quarantined", ["network"], 6], ["quarantined", ["burst"], 2], ["voided", ["disposable"], 3]]
    db.session.commit()
    tree = parsed(new_reader().get("/ballots/best-musical/integrity").text)
    assert cells(tree)[0] == ["voters", "101"]
    assert cells(tree)[-2:] == [
        ["One network cast more votes in an hour than is usual for a school or an office.", "6", "0"],
        ["Other reasons", "2", "3"],
    ]


def test_results_of_a_draft_are_nowhere(reader: Browser, site: Site) -> None:
    make_ballot(site, state="draft")
    assert {reader.get(f"/ballots/best-musical{file}").status_code for file in FILES} == {404}


def test_texts_are_escaped_in_every_chart(new_reader: Callable[[], Browser], site: Site) -> None:
    ballot = make_ballot(site, method="ranked", results="always")
    for option in ballot.options:
        option.text += "<script>alert(1)</script>"
    db.session.commit()
    vote_ranked(ballot, (0, 1), (1, 0), (2, 0))
    close(ballot)
    recount(ballot)
    assert "<script>alert" not in new_reader().get("/ballots/best-musical/results").text
    assert "<script>alert" not in new_reader().get("/ballots/best-musical").text


def test_commands_show_hidden_results_and_give_json(app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from board.cli.ballots import ballot as command

    monkeypatch.setattr("board.create_app", lambda: app)
    monkeypatch.setattr("board.operations.schema.ensure_schema", lambda: None)
    ballot = make_ballot(site, method="ranked", results="by-hand")
    vote_ranked(ballot, (0, 1), (1, 0), (2, 0))
    refused = CliRunner().invoke(command, ["results", "best-musical", "--show"])
    assert "Voting has not closed yet" in refused.output
    db.session.rollback()
    close(ballot)
    shown = CliRunner().invoke(command, ["results", "best-musical", "--show", "--format", "json"])
    assert json.loads(shown.stdout)["is_final"] is True
    db.session.rollback()
    db.session.refresh(ballot)
    assert ballot.shows_results(has_voted=False)
    assert not show_results(ballot)
    db.session.rollback()
    assert "Round 1" in CliRunner().invoke(command, ["results", "best-musical"]).output
