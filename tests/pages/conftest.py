"""The application with ready bytes in front."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from board import create_app, pagecache
from board.pagecache import PageCache
from tests.conftest import _settings

A_LONG_SECOND = 3600


@pytest.fixture
def cached_app(app: Flask, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Return a second application on the same database, with ready bytes in front; the test says when time passes."""
    monkeypatch.setattr(pagecache, "CHECK_SECONDS", A_LONG_SECOND)
    settings = _settings(database_url, tmp_path)
    settings.page_cache_megabytes = 8
    return create_app(settings)


@pytest.fixture
def cache(cached_app: Flask) -> Any:
    """Return the layer in front."""
    assert isinstance(cached_app.wsgi_app, PageCache)
    return cached_app.wsgi_app
