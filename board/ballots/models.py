"""Sponsors and ballots: what is asked, by whose money, when, of whom, and when its results are shown.

A ballot is *frozen* once it has opened: question, options, disclosure and rules stay what the first voter saw. From
then on it can only be tightened: closed earlier, results hidden longer.
"""

import hashlib
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.articles.models import Article, Picture, Site
from board.ballots.choices import Choice, Marked, Rules, choice_from
from board.extensions import Model, db
from board.storage import now

MAX_OPTIONS = 50
MIN_OPTIONS = 2
MAX_OPTION_CHARACTERS = 200
MAX_QUESTION_CHARACTERS = 300
MAX_DISCLOSURE_CHARACTERS = 300
MAX_SPONSOR_CHARACTERS = 120
MAX_SLUG_CHARACTERS = 64

KINDS = ("presented", "for_sponsor")
RESULTS = ("always", "after-vote", "after-close", "by-hand")  # each hides longer than the one before it
WHO = ("anyone", "email", "member")
ORDERS = ("fixed", "random", "alphabetical")
LINGERS = timedelta(days=7)  # after the close, on pages that a ballot is not placed on one by one
REACHES = ("placed", "section", "site")  # on the articles it is placed on, all of a section, or all of the site
MAX_SECTION_CHARACTERS = 80
MAX_OPTION_NOTE_CHARACTERS = 500


class Sponsor(Model):
    """Who pays: the legal name that every disclosure shows, with a link and a logo."""

    __tablename__ = "sponsor"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(MAX_SPONSOR_CHARACTERS))
    url: Mapped[str] = mapped_column(String(2000), default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)

    site: Mapped[Site] = relationship(lazy="joined")
    picture: Mapped[Picture | None] = relationship(lazy="joined")


class Ballot(Model):
    """One question to readers."""

    __tablename__ = "ballot"
    __table_args__ = (
        CheckConstraint("kind IN ('presented', 'for_sponsor')", name="kind"),
        CheckConstraint("state IN ('draft', 'published', 'closed')", name="state"),
        CheckConstraint("results IN ('always', 'after-vote', 'after-close', 'by-hand')", name="results"),
        CheckConstraint("who IN ('anyone', 'email', 'member')", name="who"),
        CheckConstraint("method IN ('one', 'several', 'approval', 'ranked', 'score')", name="method"),
        CheckConstraint("option_order IN ('fixed', 'random', 'alphabetical')", name="option_order"),
        CheckConstraint("reach IN ('placed', 'section', 'site')", name="reach"),
        CheckConstraint("state = 'draft' OR sponsor_id IS NULL OR disclosure <> ''", name="disclosed"),
        CheckConstraint("state = 'draft' OR opens_at IS NOT NULL", name="opens"),
        Index("ix_ballot_site", "site_id", "created_at"),
        Index("ix_ballot_reach", "site_id", "reach", "section"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    slug: Mapped[str] = mapped_column(String(MAX_SLUG_CHARACTERS), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="presented")
    method: Mapped[str] = mapped_column(String(20), default="one")  # what a choice is: see choices.py
    max_choices: Mapped[int] = mapped_column(default=1)  # of "several"
    option_order: Mapped[str] = mapped_column(String(20), default="fixed")
    takes_write_ins: Mapped[bool] = mapped_column(default=False)
    reach: Mapped[str] = mapped_column(String(10), default="placed")
    section: Mapped[str] = mapped_column(String(MAX_SECTION_CHARACTERS), default="")  # where the reach is a section
    question: Mapped[str] = mapped_column(String(MAX_QUESTION_CHARACTERS))
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("sponsor.id"))
    disclosure: Mapped[str] = mapped_column(String(MAX_DISCLOSURE_CHARACTERS), default="")
    disclosure_version: Mapped[int] = mapped_column(default=0)  # of the wording, in `ballot_disclosure`
    opens_at: Mapped[datetime | None]  # None in a draft: at publication
    closes_at: Mapped[datetime | None]  # None: until an editor closes it
    state: Mapped[str] = mapped_column(String(10), default="draft")
    results: Mapped[str] = mapped_column(String(20), default="after-vote")
    results_shown_at: Mapped[datetime | None]  # when an editor showed them, where that is by hand
    who: Mapped[str] = mapped_column(String(10), default="anyone")
    work_bits: Mapped[int] = mapped_column(default=0)  # of proof of work a vote needs; 0: none
    can_change: Mapped[bool] = mapped_column(default=True)  # a voter may change their mind while voting is open
    version: Mapped[int] = mapped_column(default=0)  # grows with each change an editor makes
    created_at: Mapped[datetime] = mapped_column(default=now)

    site: Mapped[Site] = relationship(lazy="joined")
    sponsor: Mapped[Sponsor | None] = relationship(lazy="joined")
    options: Mapped[list["BallotOption"]] = relationship(  # those on the paper; other write-ins are in `write_ins.py`
        primaryjoin="and_(Ballot.id == BallotOption.ballot_id, BallotOption.state == 'listed')",
        order_by="BallotOption.position, BallotOption.id",
        cascade="all, delete-orphan",
        lazy="selectin",
    )
    disclosures: Mapped[list["Disclosure"]] = relationship(cascade="all, delete-orphan", order_by="Disclosure.version")

    @property
    def is_draft(self) -> bool:
        """Tell whether only editors see the ballot."""
        return self.state == "draft"

    @property
    def has_opened(self) -> bool:
        """Tell whether the first vote could have been cast: from then on the ballot is frozen."""
        return not self.is_draft and self.opens_at is not None and self.opens_at <= now()

    @property
    def has_closed(self) -> bool:
        """Tell whether the last vote could have been cast."""
        return self.state == "closed" or (
            self.state == "published" and self.closes_at is not None and self.closes_at <= now()
        )

    @property
    def is_open(self) -> bool:
        """Tell whether votes are accepted now."""
        return self.has_opened and not self.has_closed

    @property
    def needs_disclosure(self) -> bool:
        """Tell whether somebody pays for the ballot, or to stand in it."""
        return self.sponsor_id is not None or any(option.sponsor_id for option in self.options)

    def shows_results(self, *, has_voted: bool) -> bool:
        """Tell whether the numbers may be seen now: always, by those who have voted, after the close, or by hand."""
        if self.is_draft:
            return False
        if self.results == "by-hand":
            return self.has_closed and self.results_shown_at is not None
        return self.has_closed or self.results == "always" or (self.results == "after-vote" and has_voted)

    def disclose(self, text: str, sponsor: Sponsor | None) -> None:
        """Set who pays and in which words; an earlier wording is kept."""
        name = sponsor.name if sponsor else ""
        if not self.disclosures or (self.disclosures[-1].text, self.disclosures[-1].sponsor) != (text, name):
            self.disclosure_version = len(self.disclosures) + 1
            self.disclosures.append(Disclosure(version=self.disclosure_version, text=text, sponsor=name))
        self.disclosure, self.sponsor = text, sponsor

    def option(self, option_id: int) -> "BallotOption | None":
        """Return the option of this ballot with the ID, if it is listed."""
        return next((option for option in self.options if option.id == option_id), None)

    def choice_from(self, marked: Marked) -> Choice:
        """Return the choice that the marks on this ballot's form make. Raises NotAChoice."""
        return choice_from(self.rules, marked)

    @property
    def rules(self) -> Rules:
        """Return what a choice in this ballot may be."""
        ids = {option.id for option in self.options}
        return Rules(self.method, ids, self.max_choices, self.takes_write_ins)

    def lock(self) -> None:
        """Take the ballot for a change: votes and other editors wait, and what is read from here on is fresh."""
        taken = update(Ballot).where(Ballot.id == self.id).values(version=Ballot.version + 1)
        db.session.execute(taken, execution_options={"synchronize_session": False})
        db.session.refresh(self)

    def close(self) -> bool:
        """End the voting now; tell whether it was still open or to come."""
        if self.is_draft or self.has_closed:
            return False
        moment = now()
        self.state, self.closes_at = "closed", moment
        self.opens_at = min(self.opens_at or moment, moment)
        return True


def look_of(text: str) -> str:
    """Return a key that texts share which differ in nothing but case, spaces and compatible forms of letters."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode()).hexdigest()


def _look_of_the_text(context: Any) -> str:
    return look_of(context.get_current_parameters()["text"])


class BallotOption(Model):
    """One of the answers, in the editor's order; or a write-in that waits for the editor, and what became of it."""

    __tablename__ = "ballot_option"
    __table_args__ = (
        CheckConstraint("state IN ('listed', 'proposed', 'merged', 'refused')", name="state"),
        UniqueConstraint("ballot_id", "look"),
        Index("ix_ballot_option_ballot", "ballot_id", "position"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(String(MAX_OPTION_CHARACTERS))
    look: Mapped[str] = mapped_column(String(64), default=_look_of_the_text)  # one option per look
    note: Mapped[str] = mapped_column(String(MAX_OPTION_NOTE_CHARACTERS), default="")  # a sentence under the text
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("sponsor.id"))  # in a vote for sponsors
    state: Mapped[str] = mapped_column(String(10), default="listed")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ballot_option.id"))

    sponsor: Mapped[Sponsor | None] = relationship(lazy="joined")
    picture: Mapped[Picture | None] = relationship(lazy="joined")


class Disclosure(Model):
    """A wording of the ballot's disclosure; each vote's record names the one that its voter saw."""

    __tablename__ = "ballot_disclosure"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(MAX_DISCLOSURE_CHARACTERS))
    sponsor: Mapped[str] = mapped_column(String(MAX_SPONSOR_CHARACTERS), default="")
    written_at: Mapped[datetime] = mapped_column(default=now)


class Placement(Model):
    """A ballot on an article's page."""

    __tablename__ = "ballot_placement"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True, index=True)
    placed_at: Mapped[datetime] = mapped_column(default=now)

    ballot: Mapped[Ballot] = relationship()
    article: Mapped[Article] = relationship()
