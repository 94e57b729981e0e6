"""Sponsors, ballots, votes, tally and results."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes."""
    from board.ballots import manage, manage_sponsors, views

    for module in (views, manage, manage_sponsors):
        app.register_blueprint(module.blueprint)
