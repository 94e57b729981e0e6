"""Safe HTML by two cleaners with one allow-list: bleach, then nh3."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from itertools import chain

import nh3
from bleach.sanitizer import Cleaner

from board.markup.addresses import is_article_link, is_media_path, is_public_link
from board.markup.highlighting import CODE_CLASS, TOKEN_CLASSES
from board.markup.source import strip_unwanted

Rule = Callable[[str], bool]

_LINK_SCHEMES = {"http", "https", "mailto"}

# A text's *shape* is its tags with each run of plain text between them as one sign.
_TEXT_SIGN = "\ue000"
_BARE_TAG = re.compile(r"(</?[a-z]+>[ \n]*)")  # no attributes; spaces behind it are a token of their own to bleach
_NOT_PLAIN = re.compile(f"[\0-\x09\x0b-\x1f\x7f-\x9f<>&{_TEXT_SIGN}\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SHAPES_KEPT = 512  # by each process, of at most …
_SHAPE_CHARACTERS = 400  # … this length: paragraphs with some emphasis, a quotation, a list


@dataclass(frozen=True)
class AllowList:
    """Which elements a text may have, and for each attribute of each element which values."""

    elements: frozenset[str]
    attributes: Mapping[tuple[str, str], Rule]
    rel: str

    def permits(self, element: str, attribute: str, value: str) -> bool:
        """Decide about one attribute, its value as a browser reads it."""
        rule = self.attributes.get((element, attribute))
        return rule is not None and rule(value)

    def clean(self, html: str) -> str:
        """Pass the HTML through both cleaners, and take out what they leave of links without an address."""
        clean = self.clean_with_nh3(self.clean_with_bleach(html))
        # Taking text out last is safe: every < and & that is text is an entity by now, links cannot nest, and
        # both cleaners have judged the addresses with the unwanted characters in them.
        return strip_unwanted(self._bare_link.sub(r"\1", clean))

    def clean_with_bleach(self, html: str) -> str:
        """Pass the HTML through the first cleaner, which is asked once for each shape of text without attributes.

        It takes plain text as it comes, and twenty times as long as all else here (docs/decisions/0006).
        """
        pieces = _BARE_TAG.split(html)
        texts, tags = [text for text in pieces[::2] if text], map(str.rstrip, pieces[1::2])
        if pieces[0] or _NOT_PLAIN.search("".join(texts)) or not self._bare_tags.issuperset(tags):
            return self._ask_bleach(html)
        pieces[::2] = [text and _TEXT_SIGN for text in pieces[::2]]
        shape = "".join(pieces)
        clean = self._bleach_shape(shape).split(_TEXT_SIGN) if len(shape) <= _SHAPE_CHARACTERS else []
        if len(clean) != len(texts) + 1:
            return self._ask_bleach(html)
        return "".join(chain.from_iterable(zip(clean, [*texts, ""], strict=True)))

    def _ask_bleach(self, html: str) -> str:
        return str(self._bleach.clean(html))

    @cached_property
    def _bleach_shape(self) -> Callable[[str], str]:
        """Remember what bleach made of a shape."""
        return lru_cache(maxsize=_SHAPES_KEPT)(self._ask_bleach)

    @cached_property
    def _bare_tags(self) -> frozenset[str]:
        """Return the tags of elements that have no attributes to judge."""
        bare = self.elements - {element for element, _attribute in self.attributes}
        return frozenset(tag for element in bare for tag in (f"<{element}>", f"</{element}>"))

    def clean_with_nh3(self, html: str) -> str:
        """Pass the HTML through the second cleaner."""
        return self._nh3.clean(html)

    @cached_property
    def _per_thread(self) -> threading.local:
        """Keep what must not be shared between threads."""
        return threading.local()

    @property
    def _bleach(self) -> Cleaner:
        """Return this thread's bleach cleaner: its parser has a state, so threads may not share one."""
        if not hasattr(self._per_thread, "cleaner"):
            self._per_thread.cleaner = Cleaner(
                tags=self.elements,
                # bleach hands over the value as it is written, with its entities.
                attributes=lambda element, attribute, value: self.permits(element, attribute, unescape(value)),
                protocols=_LINK_SCHEMES,
                strip=True,
            )
        cleaner: Cleaner = self._per_thread.cleaner
        return cleaner

    @cached_property
    def _nh3(self) -> nh3.Cleaner:
        """Make the second cleaner."""
        attributes: dict[str, set[str]] = {}
        for element, attribute in self.attributes:
            attributes.setdefault(element, set()).add(attribute)
        return nh3.Cleaner(
            tags=set(self.elements),
            attributes=attributes,
            attribute_filter=self._filter_for_nh3,
            url_schemes=_LINK_SCHEMES,
            link_rel=self.rel,
        )

    def _filter_for_nh3(self, element: str, attribute: str, value: str) -> str | None:
        """Return the value if it is permitted; nh3 asks about the `rel` that it has set itself too."""
        is_own_rel = (element, attribute, value) == ("a", "rel", self.rel)
        return value if is_own_rel or self.permits(element, attribute, value) else None

    @cached_property
    def _bare_link(self) -> re.Pattern[str]:
        """Match a link without an address, as nh3 writes it."""
        return re.compile(rf'<a rel="{re.escape(self.rel)}">(.*?)</a>', re.DOTALL)


def _is_number(value: str) -> bool:
    """Allow the first number of a list."""
    return re.fullmatch(r"[0-9]{1,9}", value) is not None


def _is_any_text(_value: str) -> bool:
    """Allow what is only ever shown as text."""
    return True


COMMENT = AllowList(
    elements=frozenset(
        {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "span", "strong", "ul"}
    ),
    attributes={
        ("a", "href"): is_public_link,
        ("ol", "start"): _is_number,
        ("code", "class"): CODE_CLASS.__eq__,
        ("span", "class"): TOKEN_CLASSES.__contains__,
    },
    rel="nofollow ugc noopener",
)
ARTICLE = AllowList(
    elements=COMMENT.elements | {"h2", "h3", "h4", "figure", "figcaption", "img"},
    attributes={
        **COMMENT.attributes,
        ("a", "href"): is_article_link,
        ("img", "src"): is_media_path,
        ("img", "alt"): _is_any_text,
        ("img", "loading"): "lazy".__eq__,
    },
    rel="noopener",
)
