"""Each site's language, kept in memory: every page asks for it, and it changes once in a lifetime.

A process asks anew at most once a second, before it holds a connection. Pages kept ready carry `mark` in their stamp,
so they are made anew in another language after that second.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from flask import Flask, current_app, has_app_context, has_request_context
from sqlalchemy import Engine, event

from board.articles.models import Site
from board.extensions import db
from board.languages import SITE_LANGUAGES

log = structlog.get_logger(__name__)

KEPT_SECONDS = 1.0


class SiteLanguages(Mapping[int | str, str]):
    """The language of each site that has chosen one, by its number and by its short name."""

    def __init__(self, engine: Engine) -> None:
        """Know nothing yet."""
        self._engine = engine
        self._kept: dict[int | str, str] = {}
        self._asked: float | None = None

    def __getitem__(self, site: int | str) -> str:
        """Return the site's language; raise KeyError if it has none of its own."""
        if self._asked is None or not has_request_context():  # the worker has no requests to begin with
            self.refresh()
        return self._kept[site]

    def __iter__(self) -> Iterator[int | str]:
        """Go through the numbers and short names."""
        return iter(self._kept)

    def __len__(self) -> int:
        """Return how many names are known."""
        return len(self._kept)

    @property
    def mark(self) -> str:
        """Return what changes whenever a site's language does."""
        self.refresh()
        return ",".join(f"{name}={language}" for name, language in self._kept.items())

    def forget(self) -> None:
        """Ask the database before the next request."""
        self._asked = None

    def refresh(self) -> None:
        """Ask the database unless that was just done; with none that answers, what was known stays."""
        moment = time.monotonic()
        if self._asked is not None and moment - self._asked < KEPT_SECONDS:
            return
        self._asked = moment
        try:
            rows = self._chosen()
        except Exception as error:
            log.warning("languages_not_read", error=type(error).__name__)
            return
        self._kept = {name: language for number, slug, language in rows for name in (number, slug)}

    def _chosen(self) -> list[Any]:
        """Ask past SQLAlchemy, on a connection of its own that is given back at once."""
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("SELECT id, slug, language FROM site WHERE language <> '' ORDER BY id")
            return list(cursor.fetchall())
        finally:
            connection.close()


def init_languages(app: Flask) -> None:
    """Let the foundation ask for a site's language."""
    with app.app_context():
        languages = app.extensions[SITE_LANGUAGES] = SiteLanguages(db.engine)
    app.before_request(languages.refresh)


@event.listens_for(Site, "after_insert")
@event.listens_for(Site, "after_update")
def _forget(_mapper: object, _connection: object, _site: Site) -> None:
    """Let a change be seen at once where it was made."""
    if has_app_context() and SITE_LANGUAGES in current_app.extensions:
        current_app.extensions[SITE_LANGUAGES].forget()
