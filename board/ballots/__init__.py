"""Sponsors, ballots, votes, tally and results."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes."""
    from board.ballots.views import blueprint

    app.register_blueprint(blueprint)
