"""A site's rules: the values of each step's fields, and what each field may hold.

A field is named for its step (`links`: what to do) or for its step and a quantity (`links_most`). Values that nobody
has set are the usual ones, so a new field needs no migration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from flask_babel import gettext as _

from board.articles.rules import Rule, Wrong, WrongFields, one_of, whole_number
from board.markup import MarkupError, normalise
from board.screening.catalogue import ADVICE, STEPS, TEXT_AT_MOST, Field

BY_NAME: dict[str, Field] = {found.name: found for step in (*STEPS, *ADVICE) for found in step.fields}


@dataclass(frozen=True)
class Rules:
    """The rules of a site at a version."""

    version: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the value of a field that holds a choice or a text."""
        return str(self.values.get(name, BY_NAME[name].usual))

    def number(self, name: str) -> int:
        """Return the value of a field that holds a number."""
        return int(self.values.get(name, BY_NAME[name].usual))

    def is_on(self, name: str) -> bool:
        """Tell whether the step or the option does anything."""
        return self.text(name) not in {"off", ""}

    @cached_property
    def asks_about_author(self) -> bool:
        """Tell whether any rule needs more of the author than what was posted last."""
        return any(map(self.is_on, ("first_comments", "new_accounts", "repeats", "speed")))

    def as_typed(self) -> dict[str, str]:
        """Return each field's text, as a form shows it."""
        return {name: self.text(name) for name in BY_NAME}


USUAL = Rules()


def guidelines_html(rules: Rules) -> str:
    """Return the site's guidelines as safe HTML; empty if it has none."""
    return _rendered(rules.text("guidelines")) if rules.text("guidelines") else ""


@lru_cache(maxsize=32)
def _rendered(source: str) -> str:
    from board.markup import render_comment

    return render_comment(source)


def judged(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return each value as it is kept. Raises WrongFields with a sentence for each that is wrong."""
    clean: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in typed.items():
        if name not in BY_NAME:
            errors[name] = _("There is no such field. The fields are: %(names)s.", names=", ".join(BY_NAME))
            continue
        try:
            clean[name] = _rule_of(BY_NAME[name])(text)
        except (Wrong, MarkupError) as error:
            errors[name] = str(error)
    if errors:
        raise WrongFields(errors)
    return clean


def with_values(rules: Rules, clean: Mapping[str, Any]) -> Rules:
    """Return the rules with other values, which nobody has saved yet; only what is unusual is kept."""
    values = {**rules.values, **clean}
    return Rules(rules.version, {name: value for name, value in values.items() if value != BY_NAME[name].usual})


def _rule_of(asked: Field) -> Rule:
    from board.screening.wordlists import word_list

    if asked.kind == "choice":
        return one_of(*asked.choices)
    if asked.kind == "number":
        return whole_number(asked.least, asked.most)
    return word_list if asked.kind == "words" else _markdown


def _markdown(typed: str) -> str:
    """Judge the guidelines, which are Markdown as comments are."""
    from board.markup import render_comment

    if not typed.strip():
        return ""
    source = normalise(typed)
    if len(source) > TEXT_AT_MOST:
        raise Wrong(_("This has %(n)d characters. Keep it to %(limit)d or fewer.", n=len(source), limit=TEXT_AT_MOST))
    render_comment(source)
    return source
