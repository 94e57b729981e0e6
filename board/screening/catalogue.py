"""The steps a site can set, in the order in which they are asked; each with its sentence and its fields."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

TEXT_AT_MOST = 5000  # characters of the guidelines
HOURS_OF_COPIES = 24 * 7
MAX_FIRST = 20
MAX_SPEED = 50


@dataclass(frozen=True)
class Field:
    """One value of a step: a choice, a number, a list of words or a Markdown text."""

    name: str
    label: LazyString
    kind: str = "choice"
    choices: tuple[str, ...] = ()
    usual: str | int = "off"
    least: int = 0
    most: int = 0
    hint: LazyString | None = None


@dataclass(frozen=True)
class Step:
    """One step: what it is called, what it does in a sentence, what can be set."""

    name: str
    title: LazyString
    sentence: LazyString
    fields: tuple[Field, ...]


CHOICES = {
    "off": _l("Do nothing"),
    "hold": _l("Hold for a moderator"),
    "refuse": _l("Refuse"),
    "ask": _l("Ask, and hold what it finds"),
    "on": _l("On"),
    "no": _l("No"),
    "yes": _l("Yes"),
}


def _act(name: str, *choices: str, usual: str = "off") -> Field:
    return Field(name, _l("What to do"), choices=("off", *choices), usual=usual)


def _number(name: str, label: LazyString, least: int, most: int, usual: int) -> Field:
    return Field(name, label, kind="number", least=least, most=most, usual=usual)


def _words(name: str) -> tuple[Field, Field]:
    hint = _l("One word or phrase a line. idiot* also finds idiots and idiotic; *spam* finds it inside words.")
    listed = Field(name + "_list", _l("Words and phrases"), kind="words", usual="", hint=hint)
    hint = _l("1d10t, ídiot and i d i o t are then idiot. It finds more, and now and then something harmless.")
    alike = Field(name + "_alike", _l("Also find look-alikes"), choices=("no", "yes"), usual="no", hint=hint)
    return listed, alike


STEPS: tuple[Step, ...] = (
    Step(
        "first_comments",
        _l("First comments"),
        _l("Holds a member’s comments until so many of theirs have been published."),
        (
            _act("first_comments", "hold"),
            _number("first_comments_count", _l("Comments"), 1, MAX_FIRST, 1),
        ),
    ),
    Step(
        "new_accounts",
        _l("New accounts"),
        _l("Holds comments from accounts that are younger than this."),
        (_act("new_accounts", "hold"), _number("new_accounts_hours", _l("Hours"), 1, 24 * 90, 24)),
    ),
    Step(
        "newcomer_links",
        _l("Links in a first comment"),
        _l("Looks at a member’s very first comment: most spam is one with links."),
        (
            _act("newcomer_links", "hold", "refuse", usual="hold"),
            _number("newcomer_links_most", _l("Links that are fine"), 0, 50, 2),
        ),
    ),
    Step(
        "links",
        _l("Links"),
        _l("Looks for more links than this, by whoever."),
        (_act("links", "hold", "refuse"), _number("links_most", _l("Links that are fine"), 0, 50, 5)),
    ),
    Step(
        "refused_words",
        _l("Words that are refused"),
        _l("Refuses a comment with one of these words; its author reads which, and can change it."),
        (_act("refused_words", "refuse", usual="refuse"), *_words("refused_words")),
    ),
    Step(
        "held_words",
        _l("Words that make a comment wait"),
        _l("Holds a comment with one of these words."),
        (_act("held_words", "hold", usual="hold"), *_words("held_words")),
    ),
    Step(
        "repeats",
        _l("Repeats"),
        _l("Looks for the same or nearly the same text, posted on this site before by the same member or by others."),
        (
            _act("repeats", "hold", "refuse"),
            _number("repeats_count", _l("Earlier copies"), 1, MAX_FIRST, 2),
            _number("repeats_hours", _l("Within hours"), 1, HOURS_OF_COPIES, 24),
        ),
    ),
    Step(
        "capitals",
        _l("All capitals"),
        _l("Looks for comments written mostly in capital letters; short ones may be."),
        (_act("capitals", "hold", "refuse"), _number("capitals_percent", _l("Per cent of the letters"), 30, 100, 70)),
    ),
    Step(
        "length",
        _l("Length"),
        _l("Looks for comments that are shorter or longer than this, in characters that readers see."),
        (
            _act("length", "hold", "refuse"),
            _number("length_least", _l("At least"), 1, 1000, 2),
            _number("length_most", _l("At most"), 10, 10_000, 5000),
        ),
    ),
    Step(
        "speed",
        _l("Speed"),
        _l("Looks for a member’s comments that come faster than so many in ten minutes."),
        (_act("speed", "hold", "refuse"), _number("speed_count", _l("Comments in ten minutes"), 1, MAX_SPEED, 10)),
    ),
    Step(
        "learnt",
        _l("What your decisions have taught"),
        _l("Holds comments whose words are those of comments that your moderators removed, once it has seen enough."),
        (
            _act("learnt", "hold"),
            _number("learnt_percent", _l("Per cent sure"), 60, 99, 95),
            _number("learnt_lessons", _l("Decisions of each kind it needs first"), 20, 10_000, 100),
        ),
    ),
    Step(
        "akismet",
        _l("Akismet"),
        _l("Asks Akismet about a comment after it was posted, and holds spam. The text leaves your server."),
        (_act("akismet", "ask"),),
    ),
    Step(
        "service",
        _l("A service of your own"),
        _l("Asks the address in the operator’s settings once a comment is posted, and holds what it objects to."),
        (_act("service", "ask"),),
    ),
)

ADVICE: tuple[Step, ...] = (
    Step(
        "nudge",
        _l("A word before it waits"),
        _l("Tells an author that a comment may break the rules: they can change it, or post it anyway."),
        (Field("nudge", _l("What to do"), choices=("off", "on")),),
    ),
    Step(
        "guidelines",
        _l("Guidelines"),
        _l("Shown to members before their first comment, and at /guidelines, which is there once they are written."),
        (Field("guidelines", _l("Your guidelines"), kind="markdown", usual="", hint=_l("Markdown, as in comments.")),),
    ),
)
