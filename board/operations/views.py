"""Whether this process lives, and whether what it depends on is there."""

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from board.extensions import db
from board.operations.metrics import metrics, permit_scraper
from board.operations.revision import newest_revision
from board.operations.schema import present_revision

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def health() -> Response:
    """Answer 200 while the process can answer at all."""
    return plain("ok", 200)


@blueprint.get("/readyz")
def readiness() -> Response:
    """Answer 200 when the database answers and is this version's; else 503 with what is missing."""
    try:
        db.session.execute(text("SELECT 1"))
        revision = present_revision()
    except SQLAlchemyError:
        return plain("the database does not answer", 503)
    if revision != newest_revision():
        return plain("the database is not up to date: run `board init`", 503)
    return plain("ready", 200)


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """Tell the operator's Prometheus how this web process does."""
    permit_scraper()
    return plain(metrics().removesuffix("\n"), 200)


def plain(words: str, status: int) -> Response:
    """Answer a machine in plain words, never from a cache."""
    answer = Response(f"{words}\n", status, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer
