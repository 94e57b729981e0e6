"""`/metrics`: for the operator's Prometheus, and for nobody else."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from board import create_app
from board.articles.models import Article
from tests.conftest import Browser, _settings

TOKEN = "a-token-for-prometheus"
SENT = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched_app(app: Flask, database_url: str, tmp_path: Path) -> Flask:
    """Return the application with ready bytes in front, and a token for metrics."""
    settings = _settings(database_url, tmp_path)
    settings.page_cache_megabytes, settings.metrics_token = 8, TOKEN
    return create_app(settings)


def test_ready_bytes_are_counted(watched_app: Flask, article: Article) -> None:
    browser = Browser(watched_app)
    for _ in range(3):
        browser.get("/articles/opening-night")
    answer = browser.get("/metrics", headers=SENT)
    assert answer.mimetype == "text/plain"
    assert answer.headers["Cache-Control"] == "no-store"
    values = {line.partition("{")[0]: line.split()[-1] for line in answer.text.splitlines() if line[0] != "#"}
    assert (values["board_ready_pages_given_total"], values["board_ready_pages_built_total"]) == ("3", "1")
    assert values["board_ready_pages"] == "1"
    assert int(values["process_resident_memory_bytes"]) > 1_000_000


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_without_the_token_there_is_no_such_page(watched_app: Flask, sent: dict[str, str]) -> None:
    assert Browser(watched_app).get("/metrics", headers=sent).status_code == 404


def test_without_the_setting_there_is_no_such_page(client: Any) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
