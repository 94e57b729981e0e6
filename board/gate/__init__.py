"""The e-mail gate, unlocks and newsletter consent."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes and commands."""
