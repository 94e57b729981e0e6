"""The answer to a vote from the page's script, as the page shows the ballot, with blanks that are filled in.

It is the same `ballots/_ballot.html` that everybody else's answer is rendered from: once for each version of a ballot
and each choice in it. What differs from one voter to the next (the numbers, the receipt) is filled in.
"""

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, url_for
from flask_babel import get_locale
from markupsafe import Markup, escape

from board.ballots.choices import Choice, Counts
from board.ballots.models import Ballot, BallotOption
from board.ballots.papers import load_ballot
from board.ballots.placing import BallotView, Numbers
from board.ballots.tabs import tab_ticket
from board.ballots.votes import MAX_CHANGES, Cast, Vote
from board.ballots.wording import SAID, grouped
from board.web import time_ago

# Editors' and voters' words stand between the blanks. So control characters mark these, which no such text keeps.
BLANK = re.compile("\x02([a-z0-9_]+)\x03")
MAX_FRAMES = 500  # of some kB that a process keeps


def blank(name: str) -> str:
    """Return what stands where the value of that name is filled in."""
    return f"\x02{name}\x03"


@dataclass(frozen=True)
class BlankView(BallotView):
    """What whoever has just voted sees, with blanks for the numbers and the receipt."""

    @property
    def turnout(self) -> str:
        """Return the blank."""
        return blank("turnout")

    @property
    def receipt(self) -> str:
        """Return the blank."""
        return blank("receipt")

    @property
    def tab_ticket(self) -> str:
        """Return the blank, where there is a ticket."""
        return blank("tab_ticket") if super().tab_ticket else ""

    def numbers_of(self, option: BallotOption) -> Numbers:
        """Return the option's blanks."""
        return Numbers(*(blank(f"{name}_{option.id}") for name in ("percent", "share", "votes")))


def is_alike_for_all(ballot: Ballot) -> bool:
    """Tell whether all who chose alike see the ballot alike: no order and no suggestions of their own."""
    return ballot.is_open and ballot.option_order != "random" and not ballot.takes_write_ins


def voted_html(ballot: Ballot, choice: Choice, done: Cast, counts: Counts, back: str) -> str | None:
    """Return the ballot as who has just made the choice sees it; None if an editor has changed it meanwhile.

    `back` is the page that holds the ballot.
    """
    frames: dict[Any, str] = current_app.extensions.setdefault("voted_frames", {})
    version = (ballot.id, ballot.version, ballot.created_at)
    way = url_for("ballots.vote", slug=ballot.slug)  # leads elsewhere in each site's frames
    closing = time_ago(ballot.closes_at) if ballot.closes_at else ""
    form = (
        version,
        str(choice),
        done.outcome,
        done.may_change,
        back,
        way,
        closing,
        str(get_locale()),
        bool(tab_ticket(ballot)),
    )
    frame = frames.get(form)
    if frame is None:
        present = load_ballot(ballot.slug)
        if present.version != ballot.version:
            return None
        if len(frames) >= MAX_FRAMES:
            frames.clear()
        frame = frames[form] = _frame(present, choice, done, back)
    return frame % _values(ballot, done, counts)


def _frame(ballot: Ballot, choice: Choice, done: Cast, back: str) -> str:
    """Render the form; its blanks are what Python's `%` fills."""
    vote = Vote(choice=choice, receipt=done.receipt, changes=0 if done.may_change else MAX_CHANGES)
    message = str(SAID[done.outcome.value])
    view = BlankView(ballot, vote, message=message, back=back, is_personal=True)
    html = render_template("ballots/_ballot.html", view=view)
    return BLANK.sub(r"%(\1)s", html.replace("%", "%%"))


def _values(ballot: Ballot, done: Cast, counts: Counts) -> dict[str, Markup]:
    """Return what goes into the blanks, as safe HTML."""
    values = {"receipt": grouped(done.receipt), "tab_ticket": tab_ticket(ballot)}
    if ballot.shows_results(has_voted=True):
        view = BallotView(ballot, counts=counts)
        values["turnout"] = view.turnout
        for option in ballot.options:
            for name, text in vars(view.numbers_of(option)).items():
                values[f"{name}_{option.id}"] = text
    return {name: escape(text) for name, text in values.items()}
