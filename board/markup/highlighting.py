"""Code in a text, coloured by Pygments' classes; what colours is loaded with the first code in a language."""

from collections.abc import MutableMapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from markdown_it.token import Token
from pygments.token import STANDARD_TYPES

if TYPE_CHECKING:
    from pygments.formatters import HtmlFormatter
    from pygments.lexer import Lexer

# Every coloured piece is an element that both cleaners must look at: beyond these, code has no colours.
MAX_COLOURED_CHARACTERS = 4_000
MAX_COLOURED_PIECES = 500
# Pygments knows 500 languages, and some of their patterns take minutes for a hostile text. These were timed.
LANGUAGES = frozenset(
    {
        "bash",
        "c",
        "cpp",
        "css",
        "diff",
        "go",
        "html",
        "java",
        "javascript",
        "js",
        "json",
        "php",
        "py",
        "python",
    }
    | {"rb", "ruby", "rust", "sh", "sql", "toml", "ts", "typescript", "xml", "yaml"}
)
CODE_CLASS = "highlight"
TOKEN_CLASSES = frozenset(filter(None, STANDARD_TYPES.values()))


def render_code(
    _renderer: object,
    tokens: Sequence[Token],
    number: int,
    _options: object,
    environment: MutableMapping[str, Any],
) -> str:
    """Return fenced code as HTML, with Pygments' classes while the text's budget of pieces lasts."""
    code, language = tokens[number].content, tokens[number].info.strip().split(" ")[0].lower()
    coloured = _coloured(code, language)
    pieces = environment.get("coloured_pieces", 0) + coloured.count("<span")
    if not coloured or pieces > MAX_COLOURED_PIECES:
        return f"<pre><code>{escape(code)}</code></pre>\n"
    environment["coloured_pieces"] = pieces
    return f'<pre><code class="{CODE_CLASS}">{coloured}</code></pre>\n'


def _coloured(code: str, language: str) -> str:
    """Return the code with a span for each piece, or nothing when we do not colour it."""
    lexer = _lexer(language) if len(code) <= MAX_COLOURED_CHARACTERS else None
    if lexer is None:
        return ""
    from pygments import highlight

    coloured: str = highlight(code, lexer, _formatter())
    return coloured


@cache
def _lexer(language: str) -> "Lexer | None":
    """Find the lexer of a language we colour."""
    if language not in LANGUAGES:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


@cache
def _formatter() -> "HtmlFormatter[str]":
    """Make the formatter that writes bare spans."""
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)
