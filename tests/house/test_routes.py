"""Every route has its entry in the matrix of roles; whoever adds a route says who may use it."""

from pathlib import Path

from board import create_app
from board.config import load_settings
from tests.matrix.entries import all_entries

UNASKED = {"HEAD", "OPTIONS"}


def test_every_route_is_in_the_matrix(tmp_path: Path) -> None:
    app = create_app(load_settings(instance_path=tmp_path, secret_key="test " * 10, log_level="error"))
    there = {
        (method, rule.endpoint) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - UNASKED
    }
    listed = [entry.route for entry in all_entries()]
    missing = sorted(there - set(listed))
    assert not missing, (
        f"Nobody has said who may use {missing}. Add an entry for each to the feature's module in tests/matrix/table "
        "(a new file is found by itself): get(endpoint, path, who, status) for a page, post(…, logs='thing.done') for "
        "a form that changes something; see tests/matrix/entries.py. Then run tests/matrix."
    )
    gone = sorted(set(listed) - there)
    assert not gone, f"These routes are no more: {gone}. Take their entries out of tests/matrix/table."


def test_no_route_is_listed_twice() -> None:
    listed = [entry.route for entry in all_entries()]
    assert sorted(listed) == sorted(set(listed))
