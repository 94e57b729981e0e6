"""Reports, decisions and the log."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes and commands."""
