"""What an import does not take, and what it says then."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from board.comments.models import Comment
from board.extensions import db
from board.transfer import lines
from board.transfer.lines import BrokenFile
from tests.transfer.conftest import jsonl, line, packed

Importing = Callable[..., Any]

WRONG: list[tuple[Any, str]] = [
    ("not json", "not JSON"),
    ('{"source": "x"', "not JSON"),
    ('["a"]', "not a JSON object"),
    ("7", "not a JSON object"),
    ('{"score": NaN}', "not JSON"),
    ("[" * 100_000, "not JSON"),
    (b'{"id": "\xff"}', "not UTF-8"),
    ('{"id": ' + "9" * 5000 + "}", "not JSON"),
    ({"source": "x", "id": "y"}, "missing"),
    (line("x", body=None), "“body” is missing"),
    (line("x", author=None), "“author” is missing"),
    (line("x", body=["a"]), "not a text"),
    (line("x", source="x" * 51), "longer than 50"),
    (line("x", thread="x" * 256), "longer than 255"),
    (line("x" * 256), "longer than 255"),
    (line("x", thread=" "), "empty"),
    (line("x", thread="a\u0000b"), "cannot be stored"),
    (line("x", source="\ud800"), "cannot be stored"),
    (line("\ud800\u0000"), "cannot be stored"),
    (line("x", created="yesterday"), "not a time"),
    (line("x", created=""), "not a time"),
    (line("x", created="0001-01-01T00:00:00+23:59"), "not a time"),
    (line("x", created="1815-06-18T11:00:00Z"), "before 1970 or in the future"),
    (line("x", created="9999-01-01T00:00:00Z"), "before 1970 or in the future"),
    (line("x", score="many"), "not a number"),
    (line("x", score=True), "not a number"),
    (line("x", score=10**12), "not a number"),
    (line("x", body="x" * 10_001), "Shorten it"),
    (line("x", body=" \u200b "), "nothing to read"),
    (line("x", body="> " * 400 + "deep"), "inside one another"),
    (line("good"), "in line 1 already"),
    (line("x", parent_id="nowhere"), "neither in this file nor imported before"),
    (line("x", parent_id="x"), "circle"),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG)
def test_a_row_that_cannot_be_taken_is_reported_and_the_rest_imported(
    importing: Importing, wrong: Any, why: str
) -> None:
    report, refused = importing(jsonl(line("good"), wrong, line("last")))
    assert (report.rows, report.comments, report.refused) == (3, 2, 1)
    assert refused[0][0] == 2
    assert why in refused[0][1]


def test_a_wrong_last_row_without_a_line_end_is_only_a_wrong_row(importing: Importing) -> None:
    report, refused = importing(jsonl(line("a"), "not json").rstrip())
    assert (report.comments, refused) == (1, [(2, "The line is not JSON.")])


def test_a_line_of_megabytes_is_refused_and_skipped(importing: Importing) -> None:
    report, refused = importing(jsonl(line("a"), "x" * 3_000_000, line("b")))
    assert (report.comments, refused) == (2, [(2, "The line is longer than 1 MB.")])


def test_what_hangs_on_a_refused_row_is_refused(importing: Importing) -> None:
    file = jsonl(line("a", parent_id="gone"), line("b", parent_id="a"), line("c", parent_id="b"), line("d"))
    report, refused = importing(file)
    assert report.comments == 1
    assert [number for number, _why in refused] == [1, 2, 3]


def test_a_circle_is_refused_with_what_hangs_on_it(importing: Importing) -> None:
    file = jsonl(line("a", parent_id="b"), line("b", parent_id="a"), line("c", parent_id="a"), line("d"))
    report, refused = importing(file)
    assert report.comments == 1
    assert {why for _number, why in refused} == {"Its parents form a circle."}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"hello\nworld\n", "not JSONL"),
        (json.dumps([line("a"), line("b")], indent=1).encode(), "not JSONL"),
        (bytes(range(256)) * 50, "not JSONL"),
        (jsonl(line("a"), line("b"))[:-20], "breaks off in line 2"),
        (packed(jsonl(*(line(f"c{n}") for n in range(500))))[:-30], "cut off or damaged"),
        (packed(jsonl(line("a"))) + b"trailing rubbish", "cut off or damaged"),
        (b"\x1f\x8b" + b"no gzip at all", "cut off or damaged"),
        (packed(b"x" * 40_000_000), "100 times"),
    ],
)
def test_a_broken_file_changes_nothing_and_says_why(importing: Importing, content: bytes, why: str) -> None:
    with pytest.raises(BrokenFile, match=why):
        importing(content)
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 0


def test_a_file_has_a_greatest_number_of_lines(importing: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_LINES", 3)
    with pytest.raises(BrokenFile, match="more than 3 lines"):
        importing(jsonl(*(line(f"c{n}") for n in range(4))))


def test_a_fault_in_the_middle_leaves_nothing(importing: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    from board.transfer import importing as module

    def fail(_article_id: int) -> None:
        raise RuntimeError

    monkeypatch.setattr(module, "recount", fail)
    with pytest.raises(RuntimeError):
        importing(jsonl(line("a")))
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 0
