"""Health, the worker, and what the operator runs."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the probes for the operator's machines."""
    from board.operations.views import blueprint

    app.register_blueprint(blueprint)
