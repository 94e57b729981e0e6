"""What the operator's monitor sees."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from board.operations import revision, views


def test_a_living_process_says_so(client: Any) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_database_of_another_version_is_not_ready(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "present_revision", lambda: "0000")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "board init" in answer.text


def test_an_up_to_date_database_is_ready(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "present_revision", revision.newest_revision)
    assert client.get("/readyz").text == "ready\n"


def test_a_database_that_is_away_is_not_ready(app: Flask, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr(views, "present_revision", away)
    assert client.get("/readyz").status_code == 503
