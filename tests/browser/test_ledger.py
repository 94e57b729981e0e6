"""The page that verifies a ledger: served and from disk, it finds what Python finds; and a voter's browser checks."""

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from board.ballots.choices import ranking
from board.ballots.ledger.lines import canonical
from board.ballots.models import Ballot
from board.extensions import db
from tests.ballots.conftest import make_ballot
from tests.ballots.ledger.conftest import close, decide, ledger_of, rehashed, seal, vote
from tests.browser.conftest import WAIT_MS, Server, own
from tests.browser.scene import Scene

Lines = list[bytes]


@pytest.fixture(scope="module")
def ballots(server: Server, scene: Scene) -> dict[str, tuple[Lines, list[str]]]:
    """Make ballots behind the server; return the ledger and the receipts of each."""
    from board import create_app

    app: Flask = create_app(server.settings)
    with app.app_context():
        from board.articles.operations import primary_site

        site = primary_site()
        assert site is not None
        made = {
            method: counted(make_ballot(site, f"ledger-{method}", 4, method=method)) for method in ("one", "ranked")
        }
        db.session.remove()
        db.engine.dispose()
    return made


def counted(ballot: Ballot) -> tuple[Lines, list[str]]:
    """Let people vote, decide on two of them, close, and seal."""
    first = ballot.options[0].id
    orders = [[3, 1], [1, 2, 0], [2], [0, 3], [1, 3, 2], [3, 0, 1, 2], [0, 1], [2, 0], [1]]
    receipts = []
    for voter, order in enumerate(orders):
        chosen = ranking(first + at for at in order)
        receipts.append(vote(ballot, voter, chosen if ballot.method == "ranked" else [[chosen[0][0], 1]]))
    receipts.append(vote(ballot, 0, [[first + 1, 1]]))
    decide(ballot, 3, "voided", "burst")
    decide(ballot, 4, "quarantined", "burst")
    close(ballot)
    deadline = time.monotonic() + WAIT_MS / 1000
    while seal() or not has_result(ballot):  # the server's own worker may be at it too
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return ledger_of(ballot), receipts


def has_result(ballot: Ballot) -> bool:
    """Tell whether the ledger has its last word."""
    return bool(json.loads(ledger_of(ballot)[-1])["type"] == "result")


@pytest.fixture(params=["served", "from disk"])
def page(request: pytest.FixtureRequest, chromium: Any, server: Server, ballots: Any, tmp_path: Path) -> Iterator[Any]:
    """Open the page at its address, or a saved copy with the network cut."""
    context = chromium.new_context(offline=request.param == "from disk")
    context.set_default_timeout(WAIT_MS)
    window, faults = context.new_page(), []
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    window.on(
        "request", lambda r: None if own(r.url, server.url) or r.url.startswith("file:") else faults.append(r.url)
    )
    address = f"{server.url}/ballots/ledger-one/verify"
    if request.param == "from disk":
        saved = tmp_path / "verify-ledger.html"
        saved.write_bytes(urllib.request.urlopen(address).read())
        address = saved.as_uri()
    window.goto(address)
    yield window
    context.close()
    assert not faults


def verdict(page: Any, lines: Lines) -> str:
    """Give the page the file, and return all that it then says."""
    content = b"".join(line + b"\n" for line in lines)
    page.get_by_label("Ledger file").set_input_files({"name": "l.jsonl", "mimeType": "text/plain", "buffer": content})
    page.locator("#report").wait_for()
    return str(page.locator("#report").inner_text())


@pytest.mark.parametrize("method", ["one", "ranked"])
def test_untouched_ledger_holds_and_is_recounted(page: Any, ballots: Any, method: str) -> None:
    lines, receipts = ballots[method]
    said = verdict(page, lines)
    assert "This ledger holds." in said
    assert "7 votes counted, 1 replaced, 1 voided, 1 undecided" in said
    assert json.loads(lines[-1])["hash"] in said
    page.get_by_label("Your receipt").fill(receipts[3].upper())
    page.get_by_role("button", name="Find my vote").click()
    page.get_by_text("It is: voided.").wait_for()
    page.get_by_label("Your receipt").fill("0" * 32)
    page.get_by_role("button", name="Find my vote").click()
    page.get_by_text("No vote in this ledger has this receipt").wait_for()


def forged(lines: Lines, kind: str, change: Callable[[dict[str, Any]], object], nth: int = 0) -> tuple[Lines, int]:
    """Return the ledger with one line of that kind changed, and the line's number."""
    at = [n for n, line in enumerate(lines) if json.loads(line)["type"] == kind][nth]
    parts = json.loads(lines[at])
    change(parts)
    return [*lines[:at], canonical(parts), *lines[at + 1 :]], at + 1


def test_every_forgery_is_caught_and_its_line_named(page: Any, ballots: Any) -> None:
    lines, _receipts = ballots["ranked"]
    changes: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
        ("vote", lambda line: line.update(commitment="0" * 64)),
        ("opening", lambda line: line.update(choice=[*line["choice"][1:], [line["choice"][0][0], 9]])),
        ("opening", lambda line: line.update(standing="counted" if line["standing"] == "undecided" else "undecided")),
        ("seal", lambda line: line.update(votes=3)),
        ("seal", lambda line: line.update(root="0" * 64)),
        ("terms", lambda line: line["terms"].update(question="Another?")),
        ("result", lambda line: line["counts"].pop()),
        ("result", lambda line: line["rounds"].pop()),
        ("result", lambda line: line.update(winners=[])),
    ]
    for kind, change in changes:
        changed, number = forged(lines, kind, change)
        said = verdict(page, changed)
        assert "This ledger does not hold." in said
        assert f"line {number}" in said.lower() or kind == "opening", (kind, said)
        assert not re.search(r'[\[{]"|\[\[', said), "no raw values"
        if kind == "result":
            assert "does not hold" in verdict(page, rehashed(changed))
    without_winner, _number = forged(lines, "result", lambda line: line.update(winners=[]))
    assert "its winner is nobody, and this ledger gives Musical" in verdict(page, without_winner)
    for broken in (
        lines[:4] + lines[5:],
        [*lines[:3], lines[4], lines[3], *lines[5:]],
        [lines[0], lines[1], *lines[1:]],
        lines[:-1],
        [],
    ):
        assert "This ledger does not hold." in verdict(page, broken)


def test_ledger_at_the_address_is_verified(chromium: Any, server: Server, ballots: Any) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/ballots/ledger-ranked/verify")
    page.get_by_role("button", name="Verify the ledger at this address").click()
    page.get_by_text("This ledger holds.").wait_for(timeout=WAIT_MS)
    context.close()


@pytest.mark.parametrize("javascript", [True, False])
def test_receipt_is_checked_with_and_without_javascript(
    chromium: Any, server: Server, ballots: Any, javascript: bool
) -> None:
    context = chromium.new_context(java_script_enabled=javascript)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{server.url}/ballots/ledger-one/ledger")
    page.get_by_label("Receipt").fill(ballots["one"][1][1])
    page.get_by_role("button", name="Check the receipt").click()
    page.get_by_text("This vote is in the ledger").wait_for()
    page.get_by_text("It was counted.").wait_for()
    expect(page.get_by_text("Your browser has recomputed this: the line")).to_have_count(int(javascript))
    context.close()
