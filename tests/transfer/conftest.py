"""Files to import."""

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from board.articles.models import Site
from board.extensions import db
from board.transfer.importing import Import, Report


def line(row_id: str = "c1", **more: Any) -> dict[str, Any]:
    """Return one comment as another system writes it."""
    return {
        "source": "oldblog",
        "thread": "first-night",
        "id": row_id,
        "parent_id": None,
        "author": "Ann",
        "created": "2020-01-01T12:00:00+00:00",
        "body": f"This is {row_id}.",
        **more,
    }


def jsonl(*lines: dict[str, Any] | str | bytes) -> bytes:
    """Return the file of these lines."""
    raw = [
        part if isinstance(part, bytes) else (part if isinstance(part, str) else json.dumps(part)).encode()
        for part in lines
    ]
    return b"".join(part + b"\n" for part in raw)


@pytest.fixture
def importing(app: Flask, site: Site) -> Callable[..., tuple[Report, list[tuple[int, str]]]]:
    """Return a function that imports a file and returns the report, and line and reason of each refused row."""

    def run(content: bytes, *, into: Site | None = None, dry_run: bool = False, **more: Any) -> Any:
        task = Import(into or site)
        try:
            task.read(io.BytesIO(content), **more)
            if not dry_run:
                task.store()
            return task.report, [(refusal.line, refusal.why) for refusal in task.staging.refusals()]
        finally:
            db.session.rollback()
            task.staging.close()

    return run


def packed(content: bytes) -> bytes:
    """Return the file gzipped."""
    return gzip.compress(content)
