"""A judge who parses HTML as a browser would, with rules of its own and not those of the code under test."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest

COMMENT_ELEMENTS = {"a", "p", "br", "hr", "em", "strong", "s", "blockquote", "ul", "ol", "li", "pre", "code", "span"}
ARTICLE_ELEMENTS = COMMENT_ELEMENTS | {"h2", "h3", "h4", "figure", "figcaption", "img"}
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def assert_safe_comment(html: str) -> None:
    """Fail unless the HTML has only what a comment may have, every link marked and leading to another site."""
    assert_only_allowed(html)
    for link in (element for element in _elements(html) if element.tag == "a"):
        assert link.attrib.keys() == {"href", "rel"}, html
        assert re.match("(?i)https?://|mailto:", link.attrib["href"]), html
    assert not BIDI_CONTROLS.search(html)


def assert_only_allowed(html: str) -> None:
    """Fail unless every element and attribute of the HTML is one that a comment may have."""
    for element in _elements(html):
        assert element.tag in COMMENT_ELEMENTS, html
        for name, value in element.attrib.items():
            _assert_safe_attribute(element.tag, name, value, "nofollow ugc noopener")


def assert_safe_article(html: str) -> None:
    """Fail unless the HTML has only what an article may have."""
    for element in _elements(html):
        assert element.tag in ARTICLE_ELEMENTS, html
        for name, value in element.attrib.items():
            _assert_safe_attribute(element.tag, name, value, "noopener")
    assert not BIDI_CONTROLS.search(html)


def _elements(html: str) -> Iterable[Any]:
    """Parse the HTML as the content of an element and list what is in it; comments are never allowed."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    found = [element for element in tree.iter() if element is not tree]
    assert all(isinstance(element.tag, str) for element in found), html
    return found


def _assert_safe_attribute(element: str, name: str, value: str, rel: str) -> None:
    """Judge one attribute."""
    match element, name:
        case "a", "href":
            _assert_safe_address(value)
        case "a", "rel":
            assert value == rel
        case "ol", "start":
            assert value.isdecimal()
        case "code", "class":
            assert value == "highlight"
        case "span", "class":
            assert re.fullmatch(r"[a-z][a-z0-9]{0,2}", value)
        case "img", "src":
            assert value.startswith("/media/")
            assert not re.search(r"\.\.|//|[%?\\\s]", value)
        case "img", "alt":
            pass
        case "img", "loading":
            assert value == "lazy"
        case _:
            pytest.fail(f"<{element} {name}={value!r}> is not allowed")


def _assert_safe_address(address: str) -> None:
    """Judge where a link leads."""
    assert not re.search(r"[\s\\]", address), address
    parts = urlsplit(address)
    is_web = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    is_mail = parts.scheme == "mailto" and "@" in parts.path and "&" not in address
    is_same_site = address.startswith("/") and not address.startswith("//")
    assert is_web or is_mail or is_same_site, address
