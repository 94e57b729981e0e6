"""Lists of words and phrases, matched against a text in one pass; no expression that a text could make slow.

An entry is a word or a phrase, as in `idiot` or `go back home`. A `*` stands for any letters at the beginning or the
end of a word: `idiot*` is also idiots and idiotic, `*phobe` also xenophobe, `*spam*` anything with spam in it. Entries
in scripts that write without spaces between words match anywhere. A line that begins with `#` is a note.

The entries are a tree of words. A text's word is looked up by itself, by each of its beginnings, ends and inner parts
whose lengths occur in the tree: each a dictionary, so the time grows with the text alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from flask_babel import gettext as _

from board.articles.rules import Wrong
from board.screening.folding import LOOSE_WORD, folded, has_no_spaces, look_of_word, looks_in, words_in

MAX_ENTRIES = 2000
MAX_CHARACTERS = 30_000  # of a whole list
MAX_ENTRY_CHARACTERS = 100
MAX_ENTRY_WORDS = 10
MIN_STEM_CHARACTERS = 2
MAX_WORD_CHARACTERS = 200  # of a word in a text; what is longer is looked at so far
MAX_FOUND = 20


@dataclass
class Branch:
    """The entries that go on from here: what the next word may be, and where that leads."""

    entry: str = ""  # the entry that is complete here
    whole: dict[str, "Branch"] = field(default_factory=dict)
    starts: dict[str, "Branch"] = field(default_factory=dict)
    ends: dict[str, "Branch"] = field(default_factory=dict)
    parts: dict[str, "Branch"] = field(default_factory=dict)
    any_word: "Branch | None" = None

    @cached_property
    def lengths(self) -> tuple[tuple[int, ...], ...]:
        """Return the lengths of the beginnings, ends and inner parts; the tree is whole when this is asked first."""
        return tuple(tuple({len(stem) for stem in stems}) for stems in (self.starts, self.ends, self.parts))

    def after(self, word: str) -> Iterator["Branch"]:
        """Yield where a word leads."""
        if word in self.whole:
            yield self.whole[word]
        if self.any_word and word:
            yield self.any_word
        size = len(word)
        of_starts, of_ends, of_parts = self.lengths
        for length in of_starts:
            if branch := self.starts.get(word[:length]):
                yield branch
        for length in of_ends:
            if length <= size and (branch := self.ends.get(word[size - length :])):
                yield branch
        for length in of_parts:
            for at in range(size - length + 1):
                if branch := self.parts.get(word[at : at + length]):
                    yield branch


@dataclass(frozen=True)
class WordList:
    """A list of entries, ready to be asked."""

    root: Branch
    has_look_alikes: bool

    def found_in(self, text: str) -> tuple[str, ...]:
        """Return the entries that are in the text, in the order of their first place, at most twenty."""
        words = looks_in(folded(text)) if self.has_look_alikes else [(word,) for word in words_in(folded(text))]
        found: dict[str, None] = {}
        open_branches: list[Branch] = []
        for readings in words:
            reached: dict[int, Branch] = {}
            for branch in (self.root, *open_branches):
                for reading in readings:
                    for following in branch.after(reading[:MAX_WORD_CHARACTERS]):
                        reached[id(following)] = following
            open_branches = list(reached.values())
            found.update(dict.fromkeys(branch.entry for branch in open_branches if branch.entry))
            if len(found) >= MAX_FOUND:
                break
        return tuple(found)[:MAX_FOUND]


@lru_cache(maxsize=64)
def compiled(typed: str, has_look_alikes: bool) -> WordList:
    """Return the list of what was typed, one entry a line."""
    root = Branch()
    for entry in entries_of(typed):
        _add(root, entry, has_look_alikes)
    return WordList(root, has_look_alikes)


def entries_of(typed: str) -> list[str]:
    """Return the entries, each once."""
    lines = (" ".join(line.split()) for line in typed.splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def word_list(typed: str) -> str:
    """Judge a list as it was typed and return it tidied. Raises Wrong."""
    lines = [" ".join(line.split()) for line in typed.replace("\x00", "").splitlines()]
    entries = entries_of("\n".join(lines))
    if len(entries) > MAX_ENTRIES:
        raise Wrong(_("These are %(n)d entries. Keep %(limit)d or fewer.", n=len(entries), limit=MAX_ENTRIES))
    if len(typed) > MAX_CHARACTERS:
        raise Wrong(_("This has %(n)d characters. Keep it to %(limit)d or fewer.", n=len(typed), limit=MAX_CHARACTERS))
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#") and (problem := _problem_of(line)):
            raise Wrong(_("Line %(number)d: %(what)s", number=number, what=problem))
    return "\n".join(line for line in dict.fromkeys(lines) if line)


def _problem_of(entry: str) -> str:
    """Return what is wrong with an entry; nothing if it is fine."""
    if len(entry) > MAX_ENTRY_CHARACTERS:
        return str(_("an entry has at most %(n)d characters.", n=MAX_ENTRY_CHARACTERS))
    if any("*" in word.strip("*") for word in entry.split()):
        return str(_("a * can stand at the beginning or the end of a word, as in idiot*."))
    parts = _parts_of(entry)
    stems = [part.strip("*") for part in parts]
    if not any(stems):
        return str(_("write at least one word."))
    if len(parts) > MAX_ENTRY_WORDS:
        return str(_("a phrase has at most %(n)d words.", n=MAX_ENTRY_WORDS))
    if any("*" in part and 0 < len(stem) < MIN_STEM_CHARACTERS for part, stem in zip(parts, stems, strict=True)):
        return str(_("write at least two letters beside the *."))
    return ""


def _parts_of(entry: str, words_of: Callable[[str], list[str]] = words_in) -> list[str]:
    """Return the patterns of an entry's words, parted where a text's words are parted."""
    parts: list[str] = []
    for word in folded(entry).split():
        inner = words_of(word.strip("*"))
        if inner:
            inner[0] = "*" + inner[0] if word.startswith("*") else inner[0]
            inner[-1] = inner[-1] + "*" if word.endswith("*") else inner[-1]
            parts += inner
        elif not word.strip("*"):
            parts.append("*")
    return parts


def _add(root: Branch, entry: str, has_look_alikes: bool) -> None:
    branch = root
    parts = _parts_of(entry, LOOSE_WORD.findall if has_look_alikes else words_in)
    for part in parts:
        stem = part.strip("*")
        is_inner = has_no_spaces(stem)
        stem = look_of_word(stem) if has_look_alikes else stem
        if not stem:
            branch.any_word = branch.any_word or Branch()
            branch = branch.any_word
            continue
        starts, ends = part.endswith("*") or is_inner, part.startswith("*") or is_inner
        kinds = {(True, True): branch.parts, (True, False): branch.starts, (False, True): branch.ends}
        branch = kinds.get((starts, ends), branch.whole).setdefault(stem, Branch())
    branch.entry = branch.entry or entry
