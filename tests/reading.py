"""Read pages as a browser does, and count what the database was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import html5lib
from sqlalchemy import event

from board.extensions import db


def parsed(html: str) -> Any:
    """Return the page's tree as a browser builds it."""
    return html5lib.parse(html, namespaceHTMLElements=False)


def words(element: Any) -> str:
    """Return the element's text."""
    return " ".join("".join(element.itertext()).split())


@contextmanager
def queries() -> Iterator[list[str]]:
    """Collect the statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
