"""Votes of every kind, and what readers then get of a ballot."""

from typing import Any

from board.ballots.choices import ranking
from board.ballots.models import Ballot
from board.ballots.votes import cast_vote
from board.extensions import db
from tests.conftest import Browser
from tests.reading import words

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
