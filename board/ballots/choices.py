"""What a voter's choice is, for each method: options, each with a mark.

A choice is a list of `[option ID, mark]`, as JSON keeps it. The mark is 1 for "chosen", the rank from 1 where options
are ranked (in that order), and the score where they are scored. Everything but a ranking is in the order of the option
IDs, so that the same choice is always the same list.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

Choice = list[list[int]]
Counts = Counter[tuple[int, int]]  # (option ID, mark): votes

METHODS = ("one", "several", "approval", "ranked", "score")
CHOSEN = 1
BEST_SCORE = 5
WRITE_IN = 0  # stands for what the voter writes, until it has an ID
MAX_FIELDS = 200  # of marks in one form; a ballot has at most 50 options and a write-in
MAX_ID_DIGITS = 18
MARK_FIELDS = {"ranked": "rank-", "score": "score-"}  # followed by the option's ID
NO_MARK = -1  # what was sent is no number


class NotAChoice(Exception):
    """The marks are no choice by the ballot's rules; the words say what to do."""


@dataclass(frozen=True)
class Marked:
    """What a voter has marked on the form, by option in the order of the fields; perhaps not a choice yet."""

    marks: list[tuple[int, int]] = field(default_factory=list)
    write_in: str = ""

    @property
    def by_option(self) -> dict[int, int]:
        """Return the mark of each option."""
        return dict(self.marks)

    def __bool__(self) -> bool:
        """Tell whether anything is marked."""
        return bool(self.marks or self.write_in)


@dataclass(frozen=True)
class Rules:
    """What a ballot allows: the method, which options there are and how many of them may be chosen."""

    method: str
    option_ids: Collection[int]
    max_choices: int = 1
    takes_write_ins: bool = False

    @property
    def places(self) -> int:
        """Return the number of rows on the form, which is the last rank."""
        return len(self.option_ids) + self.takes_write_ins


def one(option_id: int) -> Choice:
    """Return the choice of a single option."""
    return [[option_id, CHOSEN]]


def several(option_ids: Iterable[int]) -> Choice:
    """Return the choice of some options, all alike."""
    return [[option_id, CHOSEN] for option_id in sorted(set(option_ids))]


def ranking(option_ids: Iterable[int]) -> Choice:
    """Return the choice of options in order, the best first; a second mention counts for nothing."""
    return [[option_id, rank] for rank, option_id in enumerate(dict.fromkeys(option_ids), 1)]


def scores(marks: dict[int, int]) -> Choice:
    """Return the choice that gives each option its score."""
    return [[option_id, mark] for option_id, mark in sorted(marks.items())]


def options_of(choice: Choice) -> list[int]:
    """Return the IDs of the options in the choice, in its order."""
    return [option_id for option_id, _mark in choice]


def marked_as(choice: Choice) -> Marked:
    """Return the form as whoever made the choice filled it in."""
    return Marked([(option_id, mark) for option_id, mark in choice])


def remapped(method: str, choice: Choice, names: Mapping[int, int]) -> Choice:
    """Return the choice with options replaced by others, as after a merge.

    Whoever chose both chose one: in a ranking the better place counts, in scores the better score.
    """
    if method == "ranked":
        return ranking(names.get(option_id, option_id) for option_id, _mark in choice)
    best: dict[int, int] = {}
    for option_id, mark in choice:
        name = names.get(option_id, option_id)
        best[name] = max(mark, best.get(name, 0))
    return scores(best)


def read_marks(method: str, form: "MultiDict[str, str]") -> Marked:
    """Return what is marked in the form; whether it is a choice is for `choice_from` to say. Raises NotAChoice.

    Options come as `option`, repeated, the best first where they are ranked. The page's own form has `rank-<ID>` and
    `score-<ID>` instead, and `write_in` for a text.
    """
    named = form.getlist("option")
    prefix = MARK_FIELDS.get(method)
    fields = [(name, form[name]) for name in form if prefix and name.startswith(prefix) and form[name].strip()]
    if len(named) + len(fields) > MAX_FIELDS:
        raise NotAChoice(_("This form has far more in it than the ballot asks. Load the page again and choose there."))
    if prefix and fields:
        marks = [(_number(name.removeprefix(prefix)), _number(value.strip())) for name, value in fields]
    elif method == "score":
        marks = []
    else:
        ids = dict.fromkeys(_number(value) for value in named if value)
        marks = [(option_id, rank if method == "ranked" else CHOSEN) for rank, option_id in enumerate(ids, 1)]
    return Marked(marks, " ".join(form.get("write_in", "").split()))


def choice_from(rules: Rules, marked: Marked) -> Choice:
    """Return the choice that the marks make, the write-in as option 0. Raises NotAChoice, which says what to do."""
    marks = _with_write_in(rules, marked)
    if any(option_id not in rules.option_ids and option_id != WRITE_IN for option_id in marks):
        raise NotAChoice(_no_such_option())
    if not marks:
        raise NotAChoice(_nothing_chosen(rules.method))
    return _CHOICES[rules.method](rules, marks)


def _with_write_in(rules: Rules, marked: Marked) -> dict[int, int]:
    """Return the marks, with that of the write-in if there is one."""
    marks = marked.by_option
    if not rules.takes_write_ins:
        if WRITE_IN in marks:
            raise NotAChoice(_no_such_option())
        return marks
    if WRITE_IN in marks and not marked.write_in:
        raise NotAChoice(_("Write your own suggestion in its field, or take its mark away."))
    if not marked.write_in or WRITE_IN in marks:
        return marks
    if rules.method == "one" and marks:
        text = _("You chose an option and wrote “%(text)s” too. Keep one of them.", text=marked.write_in[:60])
        raise NotAChoice(text)
    if rules.method in MARK_FIELDS:
        raise NotAChoice(_("Mark your suggestion “%(text)s” too, or clear its field.", text=marked.write_in[:60]))
    return {**marks, WRITE_IN: CHOSEN}


def _choose_one(_rules: Rules, marks: dict[int, int]) -> Choice:
    if len(marks) > 1:
        raise NotAChoice(_("Choose one option only."))
    return one(*marks)


def _choose_several(rules: Rules, marks: dict[int, int]) -> Choice:
    over = len(marks) - rules.max_choices
    if over > 0:
        text = ngettext(
            "Choose at most %(most)s. Take %(num)s of your marks away.",
            "Choose at most %(most)s. Take %(num)s of your marks away.",
            over,
            most=rules.max_choices,
        )
        raise NotAChoice(text)
    return several(marks)


def _approve(_rules: Rules, marks: dict[int, int]) -> Choice:
    return several(marks)


def _rank(rules: Rules, marks: dict[int, int]) -> Choice:
    """Return the ranking. A gap is closed up; of two options in one place the voter has to say which comes first."""
    if any(not 1 <= rank <= rules.places for rank in marks.values()):
        raise NotAChoice(_("Rank the options with places from 1 to %(last)s.", last=rules.places))
    twice = [rank for rank, times in Counter(marks.values()).items() if times > 1]
    if twice:
        raise NotAChoice(
            _("Place %(place)s is given more than once. Give each option its own place.", place=min(twice))
        )
    return ranking(sorted(marks, key=lambda option_id: marks[option_id]))


def _score(_rules: Rules, marks: dict[int, int]) -> Choice:
    if any(not 1 <= mark <= BEST_SCORE for mark in marks.values()):
        raise NotAChoice(_("Give scores from 1 to %(best)s.", best=BEST_SCORE))
    return scores(marks)


_CHOICES = {
    "one": _choose_one,
    "several": _choose_several,
    "approval": _approve,
    "ranked": _rank,
    "score": _score,
}


def _no_such_option() -> str:
    return str(_("Choose one of the options, then press the button again."))


def _nothing_chosen(method: str) -> str:
    if method == "ranked":
        return str(_("Give at least one option a place, then press the button again."))
    if method == "score":
        return str(_("Give at least one option a score, then press the button again."))
    return _no_such_option()


def _number(text: str) -> int:
    """Return the number that the text writes in plain digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS else NO_MARK
