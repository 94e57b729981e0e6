"""Sponsors, ballots, votes, tally and results."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes and commands."""
