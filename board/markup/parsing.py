"""The Markdown that a comment, and the Markdown that an article, may use."""

import re
from collections.abc import Callable, Iterable, Sequence
from types import MethodType

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, link
from markdown_it.token import Token

from board.markup.addresses import is_article_link, is_media_path, is_public_link
from board.markup.highlighting import render_code
from board.markup.limits import MAX_NESTED_ELEMENTS, MAX_NESTED_LEVELS, TextTooDeep


class Reader(MarkdownIt):
    """CommonMark without raw HTML, with line breaks as typed, struck text and bare addresses as links."""

    def __init__(self, is_link_allowed: Callable[[str], bool]) -> None:
        """Set up the rules that comments and articles share."""
        options = {
            "html": False,
            "breaks": True,
            "linkify": True,
            "xhtmlOut": False,
            # The parser drops what is nested deeper than this without a word: our own rule refuses it before.
            "maxNesting": MAX_NESTED_LEVELS + 4,
        }
        super().__init__("commonmark", options)
        self.enable(["strikethrough", "linkify"]).disable(["html_inline", "html_block"])
        self.add_render_rule("fence", render_code)
        self.add_render_rule("text", _render_text)
        self.linkify = _linkifier()
        self.is_link_allowed = is_link_allowed
        self.block.ruler.before("code", "refuse_deep_blocks", _refuse_deep_blocks)
        self.core.ruler.push("refuse_deep_elements", _refuse_deep_elements)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Let only allowed addresses become links; others stay text."""
        return self.is_link_allowed(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the library's name
        """Show a bare address as it was typed, since decoding xn-- or %41 would let it pose as another."""
        return link


def comment_reader() -> Reader:
    """Make the reader of comments: pictures become links, headings become bold paragraphs."""
    reader = Reader(is_public_link)
    reader.inline.ruler.at("image", _read_image_as_link)
    reader.core.ruler.push("headings_to_bold", _turn_headings_bold)
    return reader


def article_reader() -> Reader:
    """Make the reader of articles: headings from the second level, pictures of this site in figures."""
    reader = Reader(is_article_link)
    reader.core.ruler.push("pictures", _place_pictures)
    reader.core.ruler.push("headings_below_title", _lower_headings)
    return reader


def top_level_blocks(tokens: Sequence[Token]) -> Iterable[Sequence[Token]]:
    """Cut the tokens where nothing is open."""
    start = depth = 0
    for end, token in enumerate(tokens, start=1):
        depth += token.nesting
        if depth == 0:
            yield tokens[start:end]
            start = end


def _render_text(_renderer: object, tokens: Sequence[Token], number: int, *_settings: object) -> str:
    """Escape text as little as HTML asks for, since bleach takes ten times as long for an entity as for a sign."""
    return tokens[number].content.replace("&", "&amp;").replace("<", "&lt;")


class Finder(LinkifyIt):  # type: ignore[misc]
    """The library's finder, which searches only texts with a sign that every address has."""

    def pretest(self, text: str) -> bool:
        """Tell whether there may be an address in the text."""
        return (":" in text or "www." in text.lower()) and bool(super().pretest(text))


def _linkifier() -> LinkifyIt:
    """Find http, https and mailto addresses and names that begin with www.; guess at nothing else."""
    finder = Finder(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    # Bound methods: the finder would keep plain functions on its class, where threads overwrite each other's.
    www = {
        "validate": MethodType(_length_of_www_address, finder),
        "normalize": MethodType(_complete_www_address, finder),
    }
    return finder.add("ftp:", None).add("//", None).add("www.", www)


def _length_of_www_address(finder: LinkifyIt, text: str, position: int) -> int:
    """Measure what follows www., unless that only continues another name."""
    before = text[position - 5 : position - 4] if position > 4 else ""
    if before in tuple("./@:-"):
        return 0
    if "www" not in finder.re:
        host_and_path = finder.re["src_host_port_strict"] + finder.re["src_path"]
        finder.re["www"] = re.compile(host_and_path, re.IGNORECASE)
    found = finder.re["www"].match(text, position)
    return len(found.group()) if found else 0


def _complete_www_address(_finder: LinkifyIt, match: Match) -> None:
    """Give a www. name its scheme."""
    match.url = "http://" + match.url


def _refuse_deep_blocks(state: StateBlock, _start: int, _end: int, _silent: bool) -> bool:
    """Stop before the parser spends itself on, or drops, what is nested too deep."""
    if state.level > MAX_NESTED_LEVELS:
        raise TextTooDeep
    return False


def _refuse_deep_elements(state: StateCore) -> None:
    """Stop before the cleaners spend themselves on elements nested too deep."""
    depth = 0
    for token in _all_tokens(state.tokens):
        depth += token.nesting
        if depth > MAX_NESTED_ELEMENTS:
            raise TextTooDeep


def _all_tokens(tokens: Iterable[Token]) -> Iterable[Token]:
    """Walk the tokens and those of the text within them."""
    for token in tokens:
        yield token
        yield from token.children or ()


def _read_image_as_link(state: StateInline, silent: bool) -> bool:
    """Take ![text](address) for [text](address): a comment shows no pictures."""
    start = state.pos
    if not state.src.startswith("![", start):
        return False
    state.pos += 1
    if link(state, silent):
        return True
    state.pos = start
    return False


def _turn_headings_bold(state: StateCore) -> None:
    """Make each heading a bold paragraph, so that a comment adds nothing to the page's outline."""
    for number, token in enumerate(state.tokens):
        if token.type == "heading_open":
            text = state.tokens[number + 1]
            text.children = [
                Token("strong_open", "strong", 1),
                *(text.children or []),
                Token("strong_close", "strong", -1),
            ]
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"


def _lower_headings(state: StateCore) -> None:
    """Keep article headings between h2 and h4: the title is the h1."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"


def _place_pictures(state: StateCore) -> None:
    """Put a picture that stands alone in a figure, and make a link of one that is not from this site."""
    for number, token in enumerate(state.tokens):
        if token.type != "inline" or not any(child.type == "image" for child in token.children or ()):
            continue
        children = token.children = [new for child in token.children or () for new in _picture(child)]
        if len(children) == 1 and children[0].type == "image" and state.tokens[number - 1].type == "paragraph_open":
            state.tokens[number - 1].tag = state.tokens[number + 1].tag = "figure"
            state.tokens[number - 1].hidden = state.tokens[number + 1].hidden = False
            children.extend(_caption(children[0]))


def _picture(token: Token) -> list[Token]:
    """Return a picture of this site ready to load late, or a link to a picture elsewhere."""
    if token.type != "image":
        return [token]
    address = str(token.attrs["src"])
    if is_media_path(address):
        token.attrs["loading"] = "lazy"
        return [token]
    opening = Token("link_open", "a", 1, attrs={"href": address})
    return [opening, Token("text", "", 0, content=token.content or address), Token("link_close", "a", -1)]


def _caption(picture: Token) -> list[Token]:
    """Make a caption of a picture's title, if it has one."""
    caption = str(picture.attrs.pop("title", ""))
    if not caption:
        return []
    return [
        Token("caption_open", "figcaption", 1),
        Token("text", "", 0, content=caption),
        Token("caption_close", "figcaption", -1),
    ]
