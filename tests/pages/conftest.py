"""The application with ready bytes in front."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from board import create_app, pagecache
from board.extensions import db
from board.pagecache import PageCache
from board.pagecache.store import Store
from tests.conftest import _settings, without_memory

A_LONG_SECOND = 3600
CACHE_MEGABYTES = 8


@pytest.fixture(scope="session")
def cached_stages() -> Iterator[dict[str, Flask]]:
    """Keep the applications with ready bytes in front that were built so far, by the addresses of their databases."""
    built: dict[str, Flask] = {}
    yield built
    for application in built.values():
        with application.app_context():
            db.engine.dispose()


@pytest.fixture
def cached_app(
    app: Flask,
    database_url: str,
    cached_stages: dict[str, Flask],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Flask]:
    """Return a second application on the same database, with ready bytes in front; the test says when time passes."""
    monkeypatch.setattr(pagecache, "CHECK_SECONDS", A_LONG_SECOND)
    if database_url not in cached_stages:
        settings = _settings(database_url, tmp_path_factory.mktemp("cached"))
        settings.page_cache_megabytes = CACHE_MEGABYTES
        cached_stages[database_url] = create_app(settings)
    application = cached_stages[database_url]
    in_front = application.wsgi_app
    assert isinstance(in_front, PageCache)
    in_front.store = Store(in_front.store.max_bytes)
    in_front.counts = in_front.store.counts
    with without_memory(application):
        yield application


@pytest.fixture
def cache(cached_app: Flask) -> Any:
    """Return the layer in front."""
    return cached_app.wsgi_app
