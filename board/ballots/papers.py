"""Finds a ballot with its options: for a page as objects of the ORM, for a vote in one row.

Thousands vote in a ballot that nobody changes. So a process keeps the options of the latest ballots, each until the
ballot's version grows, which it does with every change an editor makes. The ballot itself is read for each vote.
"""

from typing import Any

from flask import current_app
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from board.access import NotThere, load
from board.ballots.models import Ballot, BallotOption
from board.ballots.terms import is_slug
from board.extensions import as_loaded, table_of
from board.statements import prepared

MAX_KEPT = 200  # ballots of which a process keeps the options

Options = tuple[dict[str, Any], ...]


def load_ballot(slug: str) -> Ballot:
    """Return the published ballot and its options, in one query. Raises NotThere."""
    if not is_slug(slug):
        raise NotThere
    query = select(Ballot).where(Ballot.slug == slug, Ballot.state != "draft")
    return load(query.options(joinedload(Ballot.options)))


def load_paper(slug: str) -> Ballot:
    """Return the published ballot to vote in, in one query on tables once its options are known. Raises NotThere."""
    if not is_slug(slug):
        raise NotThere
    row = _paper.first(slug=slug)
    if row is None:
        raise NotThere
    columns = row._asdict()
    options = _options_of(columns)
    if any(each["sponsor_id"] or each["picture_id"] for each in options):
        return load_ballot(slug)  # with the sponsors and pictures of all its options
    ballot = as_loaded(Ballot, columns)
    set_committed_value(ballot, "options", [as_loaded(BallotOption, each) for each in options])
    return ballot


def _options_of(ballot: Any) -> Options:
    """Return the rows of the ballot's options, which are kept for this version of it."""
    kept: dict[tuple[Any, ...], Options] = current_app.extensions.setdefault("kept_options", {})
    key = (ballot["id"], ballot["version"], ballot["created_at"])
    if key not in kept:
        if len(kept) >= MAX_KEPT:
            kept.clear()
        kept[key] = tuple(row._asdict() for row in _listed_options.all(ballot=ballot["id"]))
    return kept[key]


@prepared
def _paper(_dialect: str) -> Select[Any]:
    ballot = table_of(Ballot)
    return select(ballot).where(ballot.c.slug == bindparam("slug"), ballot.c.state != "draft")


@prepared
def _listed_options(_dialect: str) -> Select[Any]:
    option = table_of(BallotOption)
    listed = (option.c.ballot_id == bindparam("ballot")) & (option.c.state == "listed")
    return select(option).where(listed).order_by(option.c.position, option.c.id)
