"""The ledger as readers meet it: its page, its file, the check of a receipt, the page that works offline."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from board.ballots.ledger.lines import handle_of
from board.ballots.ledger.merkle import leaf_hash, root_from
from board.ballots.ledger.verifying import verify
from board.ballots.models import Ballot
from board.ballots.votes import Vote
from board.extensions import db
from tests.ballots.ledger.conftest import close, decide, ledger_of, seal, vote
from tests.conftest import Browser


@pytest.fixture(autouse=True)
def instance(app: Flask, tmp_path: Path) -> Path:
    """Keep the copies of each test apart."""
    app.config["BOARD"].instance_path = tmp_path
    return tmp_path


@pytest.fixture
def receipts(ballot: Ballot) -> list[str]:
    """Return the receipts of five voters, whose votes are sealed and not shown yet."""
    ballot.results = "by-hand"
    given = [vote(ballot, voter, voter % 3) for voter in range(5)]
    close(ballot)
    seal()
    return given


def check(reader: Browser, ballot: Ballot, receipt: str, **more: str) -> str:
    """Send the form."""
    return str(reader.post(f"/ballots/{ballot.slug}/ledger/receipts", {"receipt": receipt, **more}).text)


def show_results(ballot: Ballot) -> None:
    """Show the results, as an editor may in the end."""
    ballot.lock()
    ballot.results_shown_at = ballot.closes_at
    db.session.commit()
    seal()


def test_page_tells_where_the_ledger_stands(reader: Browser, ballot: Ballot, receipts: list[str]) -> None:
    page = reader.get(f"/ballots/{ballot.slug}/ledger")
    assert page.status_code == 200
    assert "5 choices are sealed so far" in page.text
    head = json.loads(ledger_of(ballot)[-1])["hash"]
    assert head in page.text


def test_page_before_the_opening_says_so(reader: Browser, ballot: Ballot) -> None:
    assert "The ledger begins when voting opens." in reader.get(f"/ballots/{ballot.slug}/ledger").text
    assert reader.get(f"/ballots/{ballot.slug}/ledger.jsonl").status_code == 404


def test_draft_has_no_ledger(reader: Browser, ballot: Ballot) -> None:
    ballot.state = "draft"
    db.session.commit()
    for page in ("ledger", "ledger.jsonl", "verify"):
        assert reader.get(f"/ballots/{ballot.slug}/{page}").status_code == 404


def test_receipt_leads_to_its_line(reader: Browser, ballot: Ballot, receipts: list[str]) -> None:
    page = check(reader, ballot, receipts[1])
    assert "This vote is in the ledger" in page
    assert handle_of(receipts[1]) in page
    assert "Musical 2" in page
    for typed in (receipts[1].upper(), f" {receipts[1][:8]}-{receipts[1][8:]} "):
        assert "This vote is in the ledger" in check(reader, ballot, typed)


@pytest.mark.parametrize("typed", ["", "abc", "g" * 32, "0" * 32, "\0" * 32, "é" * 32])
def test_receipt_that_is_none_is_explained(reader: Browser, ballot: Ballot, receipts: list[str], typed: str) -> None:
    answer = reader.post(f"/ballots/{ballot.slug}/ledger/receipts", {"receipt": typed})
    assert answer.status_code == 422
    assert "receipt-error" in answer.text


def test_fresh_vote_waits_for_its_seal(reader: Browser, ballot: Ballot) -> None:
    assert "waits for its seal" in check(reader, ballot, vote(ballot, 1, 1))


def test_proof_can_be_checked_by_a_stranger(reader: Browser, ballot: Ballot, receipts: list[str]) -> None:
    for receipt in receipts:
        proof = json.loads(check(reader, ballot, receipt, proof="1"))
        line = json.dumps(proof["vote"], separators=(",", ":"), sort_keys=True).encode()
        path = [bytes.fromhex(step) for step in proof["path"]]
        root = root_from(leaf_hash(line), proof["index"], proof["seal"]["votes"], path)
        assert root is not None
        assert root.hex() == proof["seal"]["root"]
        assert receipt not in json.dumps(proof)


def test_nobody_learns_what_is_quarantined(
    app: Flask, reader: Browser, new_reader: Callable[[], Browser], ballot: Ballot, receipts: list[str]
) -> None:
    before = check(reader, ballot, receipts[2]), reader.get(f"/ballots/{ballot.slug}/ledger.jsonl").data
    decide(ballot, 2, "quarantined", "burst")
    seal()
    after = check(reader, ballot, receipts[2]), reader.get(f"/ballots/{ballot.slug}/ledger.jsonl").data
    assert before == after


def test_receipt_tells_the_standing_once_the_ledger_does(reader: Browser, ballot: Ballot, receipts: list[str]) -> None:
    decide(ballot, 2, "quarantined", "burst")
    decide(ballot, 3, "voided", "burst")
    show_results(ballot)
    assert "It was counted." in check(reader, ballot, receipts[1])
    assert "set aside for review" in check(reader, ballot, receipts[2])
    assert "voided after review" in check(reader, ballot, receipts[3])


def test_file_is_the_ledger_and_grows(reader: Browser, ballot: Ballot, receipts: list[str], instance: Path) -> None:
    first = reader.get(f"/ballots/{ballot.slug}/ledger.jsonl")
    assert first.data.splitlines() == ledger_of(ballot)
    show_results(ballot)
    second = reader.get(f"/ballots/{ballot.slug}/ledger.jsonl")
    assert second.data.startswith(first.data)
    assert verify(second.data.splitlines()).result is not None
    assert (instance / "ledgers" / f"{ballot.slug}.jsonl").read_bytes() == second.data


def test_file_is_asked_for_conditionally_and_in_parts(reader: Browser, ballot: Ballot, receipts: list[str]) -> None:
    path = f"/ballots/{ballot.slug}/ledger.jsonl"
    whole = reader.get(path)
    assert whole.headers["Cache-Control"].startswith("public")
    again = reader.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    part = reader.get(path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, whole.data[100:200])


@pytest.mark.parametrize("damage", ["note", "file", "tail", "other", "nowhere"])
def test_damaged_copy_is_mended(
    app: Flask, reader: Browser, ballot: Ballot, receipts: list[str], instance: Path, damage: str
) -> None:
    path, folder = f"/ballots/{ballot.slug}/ledger.jsonl", instance / "ledgers"
    whole = reader.get(path).data
    file, note = folder / f"{ballot.slug}.jsonl", folder / f"{ballot.slug}.json"
    if damage == "note":
        note.write_text("{")
    elif damage == "file":
        file.write_bytes(b"")
    elif damage == "tail":
        file.write_bytes(whole + b"half a li")
    elif damage == "other":
        note.write_text(note.read_text().replace('"hash": "', '"hash": "0'))
        file.write_bytes(b"x" * len(whole))
    else:
        app.config["BOARD"].instance_path = Path("/proc/nowhere")
    assert reader.get(path, buffered=True).data == whole


def test_ledger_holds_no_personal_data(reader: Browser, ballot: Ballot, receipts: list[str]) -> None:
    show_results(ballot)
    data = reader.get(f"/ballots/{ballot.slug}/ledger.jsonl").text
    votes = db.session.scalars(select(Vote)).all()
    assert votes
    for each in votes:
        assert each.voter_key not in data
        assert each.receipt not in data
        assert each.cast_at.isoformat() not in data


def test_offline_page_names_a_winner_not_who_is_ahead(reader: Browser, ballot: Ballot) -> None:
    page = reader.get(f"/ballots/{ballot.slug}/verify").text
    assert "Winner: {names}" in page
    assert "Ahead" not in page


def test_offline_page_allows_exactly_its_own_script(reader: Browser, ballot: Ballot) -> None:
    answer = reader.get(f"/ballots/{ballot.slug}/verify")
    policy = answer.headers["Content-Security-Policy"]
    for name in ("script", "style"):
        (inline,) = re.findall(rf"<{name}>(.*?)</{name}>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}';" in policy
        (in_page,) = re.findall('http-equiv="Content-Security-Policy" content="(.*?)"', answer.text)
        assert f"sha256-{digest}" in in_page
    assert "frame-ancestors 'none'" in policy
    assert not re.findall(r"(?:src|href)=\"(?!data:)", answer.text)
