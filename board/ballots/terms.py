"""What an editor asks for in a ballot or of a sponsor, checked before anything is written."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import ngettext

from board.ballots.choices import METHODS
from board.ballots.disclosing import usual_disclosure
from board.ballots.models import (
    KINDS,
    MAX_DISCLOSURE_CHARACTERS,
    MAX_OPTION_CHARACTERS,
    MAX_OPTION_NOTE_CHARACTERS,
    MAX_OPTIONS,
    MAX_QUESTION_CHARACTERS,
    MAX_SECTION_CHARACTERS,
    MAX_SLUG_CHARACTERS,
    MAX_SPONSOR_CHARACTERS,
    MIN_OPTIONS,
    ORDERS,
    REACHES,
    RESULTS,
    WHO,
    Ballot,
    look_of,
)

MAX_URL_CHARACTERS = 2000
RESERVED_SLUGS = frozenset({"new"})  # has a page of its own at /manage/ballots
NOTE_MARK = " | "  # between an option's text and the sentence under it
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

Faults = dict[str, list[str]]  # by field, each with what to do


class TermsRefused(Exception):
    """What was asked for cannot be; `faults` says why and what to do, by field."""

    def __init__(self, faults: Faults) -> None:
        """Keep the faults."""
        super().__init__(" ".join(fault for faults_of_field in faults.values() for fault in faults_of_field))
        self.faults = faults


@dataclass(frozen=True)
class Terms:
    """A ballot as an editor wants it. Texts are one line each; moments have a zone."""

    slug: str  # empty: made from the question
    question: str
    options: list[str]  # each a text, or "text | note"
    kind: str = "presented"
    sponsor: str = ""
    sponsor_url: str = ""
    disclosure: str = ""  # empty with a sponsor: the usual words
    opens_at: datetime | None = None  # None: at publication
    closes_at: datetime | None = None  # None: until an editor closes it
    results: str = "after-vote"
    who: str = "anyone"
    can_change: bool = True
    method: str = "one"
    max_choices: int = 1  # where the method is "several"
    option_order: str = "fixed"
    takes_write_ins: bool = False
    work_bits: int = 0  # of proof of work that a browser does before it votes; 0: none
    reach: str = "placed"
    section: str = ""  # where the reach is a section
    places: list[str] = field(default_factory=list)  # article IDs
    notes: list[str] = field(default_factory=list)  # of the options, once they are checked

    @classmethod
    def of(cls, ballot: Ballot) -> "Terms":
        """Return the terms that the ballot has now."""
        usual = usual_disclosure(ballot.kind, ballot.sponsor, ballot.site_id)
        names = ("slug", "question", "kind", "opens_at", "closes_at", "results", "who", "can_change")
        rules = ("method", "max_choices", "option_order", "takes_write_ins", "work_bits", "reach", "section")
        return cls(
            **{name: getattr(ballot, name) for name in (*names, *rules)},
            options=[line_of(option.text, option.note) for option in ballot.options],
            disclosure="" if ballot.disclosure == usual else ballot.disclosure,
            sponsor=ballot.sponsor.name if ballot.sponsor else "",
            sponsor_url=ballot.sponsor.url if ballot.sponsor else "",
        )

    def checked(self) -> "Terms":
        """Return the terms with tidy texts. Raises TermsRefused."""
        options = [noted(line) for line in self.options if tidy(line)]
        tidy_terms = Terms(
            **{
                **self.__dict__,
                "slug": self.slug.strip(),
                "question": tidy(self.question),
                "options": [text for text, _note in options],
                "notes": [note for _text, note in options],
                "max_choices": self.max_choices if self.method == "several" else 1,
                "section": tidy(self.section) if self.reach != "site" else "",
                "sponsor": tidy(self.sponsor),
                "sponsor_url": self.sponsor_url.strip(),
                "disclosure": tidy(self.disclosure),
            }
        )
        faults = {name: found for name, found in tidy_terms._faults().items() if found}
        if faults:
            raise TermsRefused(faults)
        return tidy_terms

    def _faults(self) -> Faults:
        return {
            "slug": slug_faults(self.slug) if self.slug else [],
            "question": text_faults(self.question, MAX_QUESTION_CHARACTERS) or self._missing_question(),
            "options": option_faults(self.options) + note_faults(self.notes),
            "kind": choice_faults(self.kind, KINDS),
            "sponsor": text_faults(self.sponsor, MAX_SPONSOR_CHARACTERS),
            "sponsor_url": url_faults(self.sponsor_url),
            "disclosure": text_faults(self.disclosure, MAX_DISCLOSURE_CHARACTERS),
            "results": choice_faults(self.results, RESULTS),
            "who": choice_faults(self.who, WHO),
            "method": choice_faults(self.method, METHODS),
            "max_choices": self._most_faults(),
            "option_order": choice_faults(self.option_order, ORDERS),
            "reach": choice_faults(self.reach, REACHES),
            "section": self._section_faults(),
            "closes_at": self._closing_faults(),
        }

    def _missing_question(self) -> list[str]:
        return [] if self.question else [_("Write the question.")]

    def _most_faults(self) -> list[str]:
        if 1 <= self.max_choices <= max(1, len(self.options)):
            return []
        return [_("Write how many options a voter may choose: from 1 to %(n)s.", n=len(self.options))]

    def _section_faults(self) -> list[str]:
        if self.reach == "section" and not self.section:
            return [_("Write the section, as its articles have it.")]
        if self.reach == "placed" and self.section:
            return [_("Choose “On all articles of a section” to show it there, or leave the section empty.")]
        return text_faults(self.section, MAX_SECTION_CHARACTERS)

    def _closing_faults(self) -> list[str]:
        if self.closes_at and self.opens_at and self.closes_at <= self.opens_at:
            return [_("Voting has to close after it opens. Choose a later time.")]
        return []


def tidy(text: str) -> str:
    """Return the text in one line, without control characters (which PostgreSQL cannot keep) and outer space."""
    return " ".join("".join(c if unicodedata.category(c) != "Cc" else " " for c in text).split())


def noted(line: str) -> tuple[str, str]:
    """Return the option's text and its note from a line, as in "Hamlet | A prince waits"."""
    text, _mark, note = f" {tidy(line)} ".partition(NOTE_MARK)
    return text.strip(), note.strip()


def line_of(text: str, note: str) -> str:
    """Return the line that `noted` takes apart."""
    return f"{text}{NOTE_MARK}{note}" if note else text


def slug_from(question: str) -> str:
    """Return an address made from the question's words: plain letters and digits, hyphens between."""
    plain = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:MAX_SLUG_CHARACTERS].strip("-")
    return slug or "ballot"


def is_slug(text: str) -> bool:
    """Tell whether the text can be a ballot's address."""
    return len(text) <= MAX_SLUG_CHARACTERS and bool(SLUG.fullmatch(text))


def slug_faults(slug: str) -> list[str]:
    """Say what is wrong with a ballot's address."""
    if slug in RESERVED_SLUGS:
        return [_("The address “%(slug)s” is taken by Board itself. Choose another.", slug=slug)]
    if not is_slug(slug):
        return [
            _("Use small letters a to z, digits and single hyphens, at most %(n)s characters.", n=MAX_SLUG_CHARACTERS)
        ]
    return []


def text_faults(text: str, most: int) -> list[str]:
    """Say by how much the text is too long."""
    over = len(text) - most
    if over <= 0:
        return []
    return [
        ngettext(
            "Too long by %(num)s character; the most is %(most)s.",
            "Too long by %(num)s characters; the most is %(most)s.",
            over,
            most=most,
        )
    ]


def option_faults(options: list[str]) -> list[str]:
    """Say what is wrong with the options: too few, too many, too long, or two alike."""
    if len(options) < MIN_OPTIONS:
        return [_("Give at least two options, one on each line.")]
    if len(options) > MAX_OPTIONS:
        return [_("Give at most %(most)s options. There are %(n)s.", most=MAX_OPTIONS, n=len(options))]
    faults, seen = [], set()
    for number, option in enumerate(options, 1):
        too_long = text_faults(option, MAX_OPTION_CHARACTERS) or ([] if option else [_("Write its text.")])
        faults += [_("Option %(number)s: %(fault)s", number=number, fault=fault) for fault in too_long]
        look = look_of(option)
        if look in seen:
            faults.append(_("Option %(number)s, “%(option)s”, is there already.", number=number, option=option[:60]))
        seen.add(look)
    return faults


def note_faults(notes: list[str]) -> list[str]:
    """Say which notes are too long."""
    found = [(number, text_faults(note, MAX_OPTION_NOTE_CHARACTERS)) for number, note in enumerate(notes, 1)]
    return [_("Note of option %(number)s: %(fault)s", number=n, fault=fault) for n, faults in found for fault in faults]


def choice_faults(value: str, allowed: tuple[str, ...]) -> list[str]:
    """Say what can be chosen instead."""
    return [] if value in allowed else [_("Choose one of: %(choices)s.", choices=", ".join(allowed))]


def sponsor_name_faults(name: str) -> list[str]:
    """Say what is wrong with a sponsor's name."""
    return text_faults(name, MAX_SPONSOR_CHARACTERS) if name else [_("Write the sponsor’s legal name.")]


def url_faults(url: str) -> list[str]:
    """Say what a sponsor's link has to look like; no link is fine."""
    if not url:
        return []
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_web = False
    is_plain = url.isprintable() and not re.search(r"[\s\"<>\\]", url)
    if is_web and is_plain and len(url) <= MAX_URL_CHARACTERS:
        return []
    return [_("Write the whole address, as in https://sponsor.example/.")]
