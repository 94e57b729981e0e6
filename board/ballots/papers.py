"""Finds a ballot with its options: for a page as objects of the session, for a vote as a paper.

Thousands vote in a ballot that nobody changes. So a process keeps the papers of the latest ballots, each until the
ballot's version grows, which it does with every change an editor makes; the version is read for each vote. A paper is
the ballot's row and its options' rows. It belongs to no session, and has no site and no sponsor: what is shown to
readers is loaded for them.
"""

from typing import Any

from flask import current_app
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from board.access import NotThere, load
from board.ballots.models import Ballot, BallotOption
from board.ballots.terms import is_slug
from board.extensions import table_of
from board.languages import speak_for
from board.statements import prepared

MAX_KEPT = 200  # papers in each process


def load_ballot(slug: str) -> Ballot:
    """Return the published ballot and its options, in one query. Raises NotThere."""
    if not is_slug(slug):
        raise NotThere
    query = select(Ballot).where(Ballot.slug == slug, Ballot.state != "draft")
    ballot = load(query.options(joinedload(Ballot.options)))
    speak_for(ballot.site_id)
    return ballot


def load_paper(slug: str) -> Ballot:
    """Return the published ballot to vote in, outside of the session; nobody may change it. Raises NotThere."""
    present = _present.first(slug=slug) if is_slug(slug) else None
    if present is None:
        raise NotThere
    kept: dict[Any, Ballot] = current_app.extensions.setdefault("kept_papers", {})
    paper = kept.get(present) or _keep(kept, _read(present.id))
    speak_for(paper.site_id)
    return paper


def _read(number: int) -> Ballot:
    row = _ballot.one(ballot=number)
    return Ballot(**row._asdict(), options=[BallotOption(**row._asdict()) for row in _options.all(ballot=number)])


def _keep(kept: dict[Any, Ballot], paper: Ballot) -> Ballot:
    if len(kept) >= MAX_KEPT:
        kept.clear()
    return kept.setdefault((paper.id, paper.version, paper.created_at), paper)


@prepared
def _present(_dialect: str) -> Select[Any]:
    ballot = table_of(Ballot).c
    query = select(ballot.id, ballot.version, ballot.created_at)
    return query.where(ballot.slug == bindparam("slug"), ballot.state != "draft")


@prepared
def _ballot(_dialect: str) -> Select[Any]:
    ballot = table_of(Ballot)
    return select(ballot).where(ballot.c.id == bindparam("ballot"))


@prepared
def _options(_dialect: str) -> Select[Any]:
    option = table_of(BallotOption)
    listed = (option.c.ballot_id == bindparam("ballot")) & (option.c.state == "listed")
    return select(option).where(listed).order_by(option.c.position, option.c.id)
