"""The files beside the results page, the share picture, the integrity report and the commands."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import insert

from board.articles.models import Site
from board.ballots.choices import CHOSEN
from board.ballots.models import Ballot
from board.ballots.recounts import recount
from board.ballots.results import show_results
from board.ballots.tally import COUNTED, QUARANTINED, TURNOUT, VOIDED, Tally
from board.extensions import db
from tests.ballots.conftest import cast, make_ballot, make_sponsor
from tests.ballots.resulting import FILES, cells, close, vote_ranked
from tests.conftest import Browser
from tests.reading import parsed, queries


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
    monkeypatch.setattr("board.operations.schema.must_be_there", lambda: None)
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
