"""JSON under `/api/v1`, for publishers' pages and programs."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes."""
    from board.api import ballots, counts

    for module in (counts, ballots):
        app.register_blueprint(module.api)
