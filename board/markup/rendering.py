"""From source to safe HTML, within bounds."""

import re
import threading
from collections.abc import Callable

from board.markup.cleaning import ARTICLE, COMMENT
from board.markup.imported import in_our_elements, without_empty_paragraphs
from board.markup.limits import (
    MAX_ADDRESSES,
    MAX_ARTICLE_CHARACTERS,
    MAX_BRACKET_STEPS,
    MAX_ELEMENTS,
    MAX_MARKS,
    MAX_SOURCE_CHARACTERS,
    TextEmpty,
    TextTooIntricate,
    TextTooLong,
)
from board.markup.parsing import Reader, article_reader, comment_reader, top_level_blocks
from board.markup.plain import is_visible, plain_text
from board.markup.source import normalise

_readers = threading.local()

_MARK = re.compile(r"\n|[\[\]<!&]|`+|\*+|_+|~+")
_SIMPLE_LABEL = re.compile(r"\[[^\[\]\\`<]*\]")
_BLANK_LINES = re.compile(r"\n\s*\n")
_SPECIAL = re.compile(r"[\n!-&*+:<=>@\[-`{}~-]")
_ADDRESS = re.compile(r"://|www\.|mailto:", re.IGNORECASE)
_OPENING = re.compile(r"<[a-zA-Z]")


def comment_html(source: str) -> str:
    """Render a comment's Markdown."""
    text = _bounded(source, MAX_SOURCE_CHARACTERS)
    _refuse_more(_MARK, text, MAX_MARKS)
    _refuse_costly_brackets(text)
    _refuse_more(_ADDRESS, text, MAX_ADDRESSES)
    html = _reader("comment", comment_reader).render(text)
    _refuse_more(_OPENING, html, MAX_ELEMENTS)
    return _visible(COMMENT.clean(html))


def article_blocks(source: str) -> list[str]:
    """Render an article's Markdown as its top-level blocks."""
    reader = _reader("article", article_reader)
    references: dict[str, object] = {}
    tokens = reader.parse(_bounded(source, MAX_ARTICLE_CHARACTERS), references)
    blocks = (reader.renderer.render(block, reader.options, references) for block in top_level_blocks(tokens))
    return [clean for block in blocks if (clean := ARTICLE.clean(block).strip())]


def imported_html(html: str) -> str:
    """Clean the HTML that another system kept of a comment."""
    text = _bounded(html, MAX_SOURCE_CHARACTERS)
    _refuse_more(_OPENING, text, MAX_ELEMENTS)
    return _visible(without_empty_paragraphs(COMMENT.clean(in_our_elements(text))))


def _bounded(source: str, limit: int) -> str:
    """Return the text normalised, or say that it is too long."""
    # Before it is normalised too: that costs more than a count, and CR LF will be one character.
    if len(source) > 2 * limit:
        raise TextTooLong(len(source), limit)
    text = normalise(source)
    if len(text) > limit:
        raise TextTooLong(len(text), limit)
    return text


def _refuse_more(pattern: re.Pattern[str], text: str, limit: int) -> None:
    """Stop before a library spends itself on more of something than the limit."""
    if len(pattern.findall(text)) > limit:
        raise TextTooIntricate


def _refuse_costly_brackets(text: str) -> None:
    """Stop before the parser looks, for many brackets, through all that follows for the closing one."""
    steps = 0
    for paragraph in _BLANK_LINES.split(text):
        # Where nothing in the label can hide its end, the parser finds it at once.
        brackets = _SIMPLE_LABEL.sub("", paragraph).count("[")
        steps += brackets * len(_SPECIAL.findall(paragraph)) if brackets else 0
    if steps > MAX_BRACKET_STEPS:
        raise TextTooIntricate


def _visible(html: str) -> str:
    """Return the HTML if it shows anything."""
    if not is_visible(plain_text(html)):
        raise TextEmpty
    return html.strip()


def _reader(name: str, make: Callable[[], Reader]) -> Reader:
    """Return this thread's reader: its address finder keeps a state, so threads may not share one."""
    if not hasattr(_readers, name):
        setattr(_readers, name, make())
    reader: Reader = getattr(_readers, name)
    return reader
