"""Other systems' comment HTML, brought to the elements that our comments have before it is cleaned.

Nothing here makes HTML safe: that is the cleaners' work, which comes after.
"""

import re
from collections.abc import Mapping

from board.markup.limits import MAX_NESTED_ELEMENTS, TextTooDeep

_EQUIVALENTS: Mapping[str, str] = {
    **dict.fromkeys(("b", "strong"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "q"), "em"),
    **dict.fromkeys(("s", "strike", "del"), "s"),
    **dict.fromkeys(("tt", "kbd", "samp"), "code"),
    **dict.fromkeys(("div", "section", "center", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "tr"), "p"),
}
_RENAMED = re.compile(rf"<(/?)({'|'.join(_EQUIVALENTS)})(?:\s[^<>]*)?>", re.IGNORECASE)
_UNREAD = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"<img\s[^<>]*?\bsrc\s*=\s*[\"'](https?://[^\"'<>\s]+)[\"'][^<>]*>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<(?:p|ul|ol|blockquote|pre)\b", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n\s*\n")
_NESTING = re.compile(r"<(/?)(?:a|blockquote|code|em|li|ol|s|span|strong|ul)\b", re.IGNORECASE)
_EMPTY_PARAGRAPH = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>")


def in_our_elements(html: str) -> str:
    """Return the HTML with our names for its elements, pictures as links and paragraphs where it has lines only."""
    html = _UNREAD.sub("", html)
    html = _PICTURE.sub(r'<a href="\1">\1</a>', html)
    html = _RENAMED.sub(lambda tag: f"<{tag[1]}{_EQUIVALENTS[tag[2].lower()]}>", html)
    _refuse_deep(html)
    return html if _PARAGRAPH.search(html) else _lines_as_paragraphs(html)


def without_empty_paragraphs(html: str) -> str:
    """Take out of clean HTML the paragraphs that hold only space."""
    return _EMPTY_PARAGRAPH.sub("", html)


def _refuse_deep(html: str) -> None:
    """Stop before bleach, whose time grows with the square of the depth, sees elements left open by the hundred."""
    depth = 0
    for tag in _NESTING.finditer(html):
        depth += -1 if tag[1] else 1
        if depth > MAX_NESTED_ELEMENTS:
            raise TextTooDeep


def _lines_as_paragraphs(html: str) -> str:
    """Make paragraphs at blank lines and breaks at line ends, as systems do that keep only inline HTML."""
    paragraphs = (part.strip() for part in _BLANK_LINES.split(html))
    return "\n".join("<p>" + part.replace("\n", "<br>") + "</p>" for part in paragraphs if part)
