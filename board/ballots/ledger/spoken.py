"""What stands in a ledger or in the database, in words, for whoever reads in which way they differ."""

import json
from collections.abc import Mapping
from typing import Any

from board.ballots.choices import BEST_SCORE
from board.ballots.ledger.lines import CHANGE, OPENING, RESULT, SEAL, STANDING, TERMS, VOTE, Entry

MAX_SHOWN = 160  # characters of a value in a sentence
HASH_SHOWN = 12  # digits of a hash that tell it from others

Names = Mapping[int, str]  # an option's text by its ID

MALFORMED = (TypeError, ValueError, KeyError, AttributeError, RecursionError)
VOTERS = {"m": "member", "d": "device", "e": "address"}
FIELDS = {
    "slug": "address",
    "method": "way of voting",
    "max_choices": "number of choices",
    "takes_write_ins": "taking suggestions",
    "who": "who may vote",
    "work_bits": "proof of work",
    "can_change": "changing one’s vote",
    "opens_at": "opening time",
    "closes_at": "closing time",
    "results": "when results are shown",
    "write_ins": "suggestions",
    "counts": "count of the votes",
    "winners": "winner",
    "rounds": "run-off",
    "root": "root over its lines",
    "total": "number of votes so far",
    "votes": "number of votes",
    "openings": "number of votes opened",
    "standings": "number of votes that count differently now",
}


def names_in(terms: Entry) -> dict[int, str]:
    """Return the options' texts by their IDs; nothing where the terms are not as they have to be."""
    options = terms.get("options")
    return {each["id"]: each["text"] for each in options} if isinstance(options, list) else {}


def field_in_words(name: str) -> str:
    """Return what a field is called."""
    return FIELDS.get(name, name)


def value_in_words(name: str, value: Any, names: Names) -> str:
    """Return the value of a field in words; as it is written where it is of no known form."""
    try:
        return _short(_spoken(name, value, names))
    except MALFORMED:
        return shown(value)


def choice_in_words(method: str, choice: Any, names: Names) -> str:
    """Return a voter's choice: the options' texts, with places or scores where it has them."""
    if method == "ranked":
        return " before ".join(_option(option_id, names) for option_id, _mark in choice)
    if method == "score":
        return ", ".join(f"{_option(option_id, names)} with {mark} of {BEST_SCORE}" for option_id, mark in choice)
    return ", ".join(_option(option_id, names) for option_id, _mark in choice)


def voter_in_words(voter_key: str) -> str:
    """Return whose vote it is, as far as anybody can tell."""
    kind, _colon, name = voter_key.partition(":")
    return f"{VOTERS.get(kind, kind)} {_short_hash(name)}"


def line_in_words(line: bytes, terms: Entry) -> str:
    """Return what a line of a ledger is, and what it says where that is short."""
    try:
        return _short(_LINES[(parsed := json.loads(line))["type"]](parsed, terms))
    except MALFORMED:
        return shown(line.decode(errors="replace").strip()) or "an empty line"


def shown(value: Any) -> str:
    """Return a value as a sentence can hold it."""
    return _short(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _short_hash(text: str) -> str:
    return text if len(text) <= HASH_SHOWN else f"{text[:HASH_SHOWN]}…"


def _short(text: str) -> str:
    """Return a text that a terminal takes for nothing but text, whoever wrote the file it is from."""
    text = "".join(character if character.isprintable() else "�" for character in text[: MAX_SHOWN + 1])
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _spoken(name: str, value: Any, names: Names) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in _FORMS:
        return _FORMS[name](value, names) or "nobody"
    return f"“{value}”" if isinstance(value, str) else shown(value)


def _option(option_id: int, names: Names) -> str:
    return f"“{names[option_id]}”" if option_id in names else f"option {option_id}"


def _options(value: Any, _names: Names) -> str:
    return ", ".join(f"“{each['text']}”" for each in value)


def _winners(value: Any, names: Names) -> str:
    return " and ".join(_option(option_id, names) for option_id in value)


def _counts(value: Any, names: Names) -> str:
    plain = all(mark == 1 for _option_id, mark, _votes in value)
    return ", ".join(
        f"{votes:,} for {_option(option_id, names)}" + ("" if plain else f" with mark {mark}")
        for option_id, mark, votes in value
    )


def _turnout(value: Any, _names: Names) -> str:
    return ", ".join(f"{votes:,} {standing}" for standing, votes in value.items() if votes) or "no votes"


def _disclosure(value: Any, _names: Names) -> str:
    return f"“{value['text']}” (version {value['version']}), sponsor “{value['sponsor']}”"


def _rounds(value: Any, names: Names) -> str:
    return "; ".join(
        f"round {number}: "
        + ", ".join(f"{votes:,} for {_option(option_id, names)}" for option_id, votes in each["counts"])
        for number, each in enumerate(value, 1)
    )


_FORMS = {
    "options": _options,
    "winners": _winners,
    "counts": _counts,
    "turnout": _turnout,
    "disclosure": _disclosure,
    "rounds": _rounds,
}


def _vote_line(line: Entry, _terms: Entry) -> str:
    return f"the vote {_short_hash(line['handle'])} with the commitment {_short_hash(line['commitment'])}"


def _opening_line(line: Entry, terms: Entry) -> str:
    chosen = choice_in_words(terms.get("method", ""), line["choice"], names_in(terms))
    return f"the vote {_short_hash(line['handle'])}, opened: {chosen}, {line['standing']}"


def _standing_line(line: Entry, _terms: Entry) -> str:
    return f"the vote {_short_hash(line['handle'])}, now {line['standing']}"


def _seal_line(line: Entry, _terms: Entry) -> str:
    return f"seal {line['number']} of {line['votes']} votes with the hash {_short_hash(line['hash'])}"


def _entry_line(kind: str) -> Any:
    return lambda line, _terms: f"{kind}, entry {line['number']} with the hash {_short_hash(line['hash'])}"


_LINES = {
    VOTE: _vote_line,
    OPENING: _opening_line,
    STANDING: _standing_line,
    SEAL: _seal_line,
    TERMS: _entry_line("the ballot’s terms"),
    CHANGE: _entry_line("a change of the terms"),
    RESULT: _entry_line("a result"),
}
