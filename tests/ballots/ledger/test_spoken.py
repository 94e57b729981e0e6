"""Whoever reads in which way a ledger is wrong reads words, not the values as a program keeps them."""

from typing import Any

import pytest

from board.ballots.ledger.lines import canonical
from board.ballots.ledger.spoken import choice_in_words, line_in_words, value_in_words, voter_in_words

NAMES = {1: "Hamlet", 2: "Lear"}
TERMS = {"method": "ranked", "options": [{"id": each, "text": text} for each, text in NAMES.items()]}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("closes_at", None, "not set"),
        ("can_change", False, "no"),
        ("question", "Who?", "“Who?”"),
        ("winners", [1, 2], "“Hamlet” and “Lear”"),
        ("winners", [], "nobody"),
        ("winners", [7], "option 7"),
        ("counts", [[1, 1, 1200], [2, 1, 3]], "1,200 for “Hamlet”, 3 for “Lear”"),
        ("counts", [[1, 5, 2]], "2 for “Hamlet” with mark 5"),
        ("turnout", {"counted": 3, "replaced": 0, "undecided": 0, "voided": 1}, "3 counted, 1 voided"),
        ("options", TERMS["options"], "“Hamlet”, “Lear”"),
        ("rounds", [{"counts": [[1, 2], [2, 1]]}], "round 1: 2 for “Hamlet”, 1 for “Lear”"),
        ("disclosure", {"text": "Paid", "version": 2, "sponsor": "S"}, "“Paid” (version 2), sponsor “S”"),
        ("votes", 9, "9"),
        ("winners", 3, "3"),
        ("counts", [["x"]], '[["x"]]'),
    ],
)
def test_values_are_told_in_words(name: str, value: Any, words: str) -> None:
    assert value_in_words(name, value, NAMES) == words


@pytest.mark.parametrize(
    ("method", "choice", "words"),
    [
        ("one", [[1, 1]], "“Hamlet”"),
        ("ranked", [[2, 1], [1, 2]], "“Lear” before “Hamlet”"),
        ("score", [[1, 4]], "“Hamlet” with 4 of 5"),
    ],
)
def test_choices_are_told_in_words(method: str, choice: Any, words: str) -> None:
    assert choice_in_words(method, choice, NAMES) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"type": "vote", "handle": "a" * 64, "commitment": "b" * 64}, "the vote aaaaaaaaaaaa… with the commitment"),
        (
            {"type": "opening", "handle": "a" * 64, "choice": [[2, 1], [1, 2]], "standing": "counted"},
            "the vote aaaaaaaaaaaa…, opened: “Lear” before “Hamlet”, counted",
        ),
        ({"type": "standing", "handle": "a" * 64, "standing": "voided"}, "the vote aaaaaaaaaaaa…, now voided"),
        ({"type": "seal", "number": 3, "votes": 9, "hash": "c" * 64}, "seal 3 of 9 votes with the hash cccccccccccc…"),
        ({"type": "result", "number": 4, "hash": "d" * 64}, "a result, entry 4 with the hash dddddddddddd…"),
    ],
)
def test_lines_are_told_in_words(line: dict[str, Any], words: str) -> None:
    assert line_in_words(canonical(line), TERMS).startswith(words)


@pytest.mark.parametrize(
    "line", [b"", b"nonsense", b"[]", b'{"type":"vote"}', b"\xff\xfe", b"x" * 900, b"[" * 100_000, b"\x1b[2J\x07"]
)
def test_lines_that_are_none_are_told_too(line: bytes) -> None:
    told = line_in_words(line, TERMS)
    assert 0 < len(told) < 200
    assert told.isprintable()


def test_voters_are_told_by_kind() -> None:
    told = [voter_in_words(key) for key in ("m:7", "d:" + "f" * 64, "e:" + "0" * 64)]
    assert told == ["member 7", "device ffffffffffff…", "address 000000000000…"]
