"""What a reader sees of a ballot: the form, or the same rows with their numbers."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, CompoundSelect, and_, or_, select, union

from board.articles.loading import article_path
from board.articles.models import Article
from board.ballots.choices import WRITE_IN, Counts, Marked, marked_as
from board.ballots.counting import Line, lines
from board.ballots.disclosing import shown_disclosure
from board.ballots.models import LINGERS, Ballot, BallotOption, Placement
from board.ballots.ordering import ordered_options
from board.ballots.origins import ticket_for
from board.ballots.tabs import tab_ticket
from board.ballots.tally import COUNTED, TURNOUT, counts_by_ballot, counts_of
from board.ballots.verdicts import mean_text, undecided_note
from board.ballots.voters import address_keys, is_known_reader, standing_vote
from board.ballots.votes import Vote
from board.ballots.wording import grouped, how_to, mark_text, percent_text, suggestion_text, votes_text
from board.ballots.write_ins import undecided_votes, unlisted_options
from board.extensions import db
from board.storage import now

PLAIN_METHODS = ("one", "several", "approval")


@dataclass(frozen=True)
class Numbers:
    """What an option has, in words: its share (the mean score, where options are scored) and its votes."""

    percent: str  # of the bar, a plain number
    share: str
    votes: str


@dataclass(frozen=True)
class Row:
    """One option as shown; `numbers` is None while they are hidden."""

    option: BallotOption
    numbers: Numbers | None
    is_own: bool
    mark: int  # on the form, 0 for none


@dataclass(frozen=True)
class BallotView:
    """A ballot as one reader sees it at one moment."""

    ballot: Ballot
    vote: Vote | None = None
    counts: Counts = field(default_factory=Counter)
    marked: Marked | None = None  # on the form, not yet sent
    is_changing: bool = False
    is_preview: bool = False
    is_personal: bool = False  # made for one reader: not to be kept in any shared cache
    message: str = ""  # what the last press did, or why it did nothing
    is_refused: bool = False
    error: str = ""  # what is wrong with the choice
    address: str = ""  # typed, not yet shown to be the reader's
    address_error: str = ""
    code_token: str = ""  # a code is on its way to the address
    code_error: str = ""
    back: str = ""  # the page that holds the ballot

    @property
    def shows_results(self) -> bool:
        """Tell whether the rows have numbers."""
        return self.ballot.shows_results(has_voted=self.vote is not None)

    @property
    def shows_form(self) -> bool:
        """Tell whether the reader can choose now."""
        if self.is_preview and not self.ballot.has_closed:
            return True
        return self.ballot.is_open and (self.vote is None or (self.is_changing and self.may_change))

    @property
    def offers_change(self) -> bool:
        """Tell whether to show the way to another choice."""
        return self.ballot.is_open and self.may_change and not self.shows_form

    @property
    def may_change(self) -> bool:
        """Tell whether the reader has voted and may still choose otherwise."""
        return self.vote is not None and self.ballot.can_change and self.vote.may_change

    @property
    def total(self) -> int:
        """Return the number of votes that count."""
        return self.counts[TURNOUT, COUNTED]

    @cached_property
    def locale(self) -> str:
        """Return the language of the request."""
        return str(get_locale())

    @property
    def turnout(self) -> str:
        """Say how many votes count."""
        return votes_text(self.total, self.locale)

    @cached_property
    def undecided(self) -> str:
        """Say how many of the votes are for suggestions that wait for an editor."""
        return undecided_note(undecided_votes(self.ballot, self.counts)) if self.shows_results else ""

    @cached_property
    def lines(self) -> dict[int, Line]:
        """Return what each option has."""
        ids = [option.id for option in self.ballot.options]
        return {line.option_id: line for line in lines(self.ballot.method, self.counts, self.total, ids)}

    @property
    def rows(self) -> list[Row]:
        """Return the options in the order for this reader."""
        own = marked_as(self.vote.choice).by_option if self.vote else {}
        marks = self.marks.by_option
        return [self._row(option, own.get(option.id, 0), marks.get(option.id, 0)) for option in self.options]

    @cached_property
    def options(self) -> list[BallotOption]:
        """Return the options in the order for this reader."""
        return ordered_options(self.ballot)

    @property
    def marks(self) -> Marked:
        """Return how the form is filled in: as it was sent, else as the present vote has it."""
        if self.marked:
            return self.marked
        return _with_own(marked_as(self.vote.choice), self.own_suggestions) if self.vote else Marked()

    @cached_property
    def faulty_row(self) -> int:
        """Return the ranked option to mend first: one whose place another has too, else the first; 0 for none."""
        if not self.error:
            return 0
        marks = self.marks.by_option
        given = Counter(marks.values())
        twice = [option.id for option in self.options if option.id in marks and given[marks[option.id]] > 1]
        return next(iter(twice), self.options[0].id)

    @cached_property
    def own_suggestions(self) -> list[BallotOption]:
        """Return what the voter has written in and is not listed; nobody else sees it."""
        return unlisted_options(self.vote.choice, self.ballot) if self.vote else []

    @property
    def own_choice(self) -> list[tuple[str, str]]:
        """Return what the voter chose, each with what its mark says."""
        if self.vote is None or self.shows_form:
            return []
        texts = {option.id: option.text for option in self.ballot.options}
        texts |= {option.id: suggestion_text(option) for option in self.own_suggestions}
        method = self.ballot.method
        return [
            (texts[option_id], mark_text(method, mark)) for option_id, mark in self.vote.choice if option_id in texts
        ]

    @property
    def receipt(self) -> str:
        """Return the receipt of the voter's choice in fours."""
        return grouped(self.vote.receipt) if self.vote else ""

    @property
    def how(self) -> str:
        """Say how the form is filled in."""
        return how_to(self.ballot)

    @property
    def places(self) -> int:
        """Return the last place that a voter can give in a ranking."""
        return self.ballot.rules.places

    @property
    def needs_extras(self) -> bool:
        """Tell whether the ballot needs the style sheet and the script that a plain one does without."""
        options = self.ballot.options
        is_plain = self.ballot.method in PLAIN_METHODS and self.ballot.option_order != "random"
        return not is_plain or self.ballot.takes_write_ins or any(each.note or each.picture_id for each in options)

    @property
    def write_in_mark(self) -> int:
        """Return the mark of what the voter writes in the form."""
        return self.marks.by_option.get(WRITE_IN, 0)

    @property
    def numbers(self) -> list[tuple[BallotOption, int, int]]:
        """Return each option with its votes and whole per cent, for editors."""
        return [(option, line.count, line.percent) for option in self.ballot.options if (line := self.lines[option.id])]

    @property
    def means(self) -> dict[int, str]:
        """Return each option's mean, where options are scored."""
        return {key: mean_text(line) for key, line in self.lines.items()} if self.ballot.method == "score" else {}

    @property
    def disclosure(self) -> tuple[str, str, str]:
        """Return the disclosure before, within and behind the sponsor's name, which is the link."""
        text, name = shown_disclosure(self.ballot), self.ballot.sponsor.name if self.ballot.sponsor else ""
        if not name:
            return text, "", ""
        before, found, behind = text.partition(name)
        return (before, found, behind) if found else (f"{text} ", name, "")

    @property
    def needs_member(self) -> bool:
        """Tell whether the reader has to log in before the vote counts."""
        return self.ballot.who == "member" and not current_user.is_authenticated

    @property
    def button(self) -> str:
        """Return what the button does."""
        if self.needs_member:
            return str(_("Log in to vote"))
        return str(_("Change my vote")) if self.vote else str(_("Vote"))

    @property
    def ticket(self) -> str:
        """Return what lets this reader vote once from this form; empty where the vote itself asks for it."""
        return "" if self.is_preview or not self.is_personal else ticket_for(self.ballot, self.vote)

    @property
    def tab_ticket(self) -> str:
        """Return what lets the tab that a frame leads to know whose vote this is; empty outside of frames."""
        return tab_ticket(self.ballot) if self.vote and self.is_personal else ""

    @property
    def needs_address(self) -> bool:
        """Tell whether the reader has to show that an e-mail address is theirs before the vote counts."""
        return self.ballot.who == "email" and (self.is_preview or not address_keys())

    def numbers_of(self, option: BallotOption) -> Numbers:
        """Return what the option has."""
        line = self.lines[option.id]
        share = mean_text(line) if self.ballot.method == "score" else percent_text(line.percent, self.locale)
        return Numbers(str(line.percent), share, votes_text(line.count, self.locale))

    def _row(self, option: BallotOption, own_mark: int, mark: int) -> Row:
        return Row(
            option=option,
            numbers=self.numbers_of(option) if self.shows_results else None,
            is_own=own_mark > 0,
            mark=mark,
        )


def _with_own(marked: Marked, suggestions: list[BallotOption]) -> Marked:
    """Return the form with the voter's own suggestion in the write-in's row."""
    written = {option.id: option.text for option in suggestions if option.state == "proposed"}
    marks = [(WRITE_IN if option_id in written else option_id, mark) for option_id, mark in marked.marks]
    return Marked(marks, next(iter(written.values()), ""))


def ballots_on(article: Article) -> list[BallotView]:
    """Return the article's ballots for its page, those placed on it first; two or three queries for all of them.

    What a device or a member has voted is marked only if the request carries their cookie; the page is then personal.
    """
    query = (
        select(Ballot)
        .where(Ballot.id.in_(ids_on(article)), Ballot.site_id == article.site_id, Ballot.state != "draft")
        .order_by(Ballot.reach, Ballot.opens_at, Ballot.id)
    )
    ballots = db.session.scalars(query).unique().all()
    counts = counts_by_ballot(ballot.id for ballot in ballots) if ballots else {}
    back, is_personal = article_path(article), is_known_reader()
    return [
        BallotView(
            ballot,
            vote=standing_vote(ballot) if is_personal else None,
            counts=counts[ballot.id],
            back=back,
            is_personal=is_personal,
        )
        for ballot in ballots
    ]


def ids_on(article: Any) -> CompoundSelect[int]:
    """Return the query for the IDs of ballots on an article's page: placed on it, or on all of its section or site.

    `article` has `id`, `site_id` and `section`. One that is not placed comes with its opening and goes some days after
    its close.
    """
    placed = select(Placement.ballot_id).where(Placement.article_id == article.id)
    has_gone = Ballot.closes_at <= now() - LINGERS
    wide = select(Ballot.id).where(
        is_wide_on(Ballot, article), Ballot.opens_at <= now(), or_(Ballot.closes_at.is_(None), ~has_gone)
    )
    return union(placed, wide)


def is_wide_on(ballot: Any, article: Any) -> ColumnElement[bool]:
    """Return the condition for a ballot to be on all pages like the article's; both may be classes or rows."""
    of_section = and_(ballot.reach == "section", ballot.section == article.section, ballot.section != "")
    return and_(ballot.site_id == article.site_id, ballot.state != "draft", or_(ballot.reach == "site", of_section))


def view_of(ballot: Ballot, **more: Any) -> BallotView:
    """Return the ballot as this request's person sees it."""
    return BallotView(
        ballot,
        vote=standing_vote(ballot),
        counts=counts_of(ballot.id),
        is_personal=is_known_reader(),
        **more,
    )
