"""The front page, the hosted article page, and `/manage`."""

from datetime import datetime

from flask import Flask
from flask_babel import format_date

from board.config import Settings


def init_app(app: Flask) -> None:
    """Bind this feature's routes."""
    from board.pages import (  # noqa: F401 - their routes join `manage`
        manage_articles,
        manage_merges,
        manage_screening,
        manage_sites,
    )
    from board.pages.manage import manage
    from board.pages.views import pages

    app.jinja_env.filters["long_date"] = long_date
    app.register_blueprint(pages)
    app.register_blueprint(manage)


def init_ready_pages(app: Flask, settings: Settings) -> None:
    """Put ready bytes in front of the whole application."""
    from board.pages import ready

    ready.init_ready_pages(app, settings)


def long_date(moment: datetime) -> str:
    """Return the day in full, as in "22 November 2026"."""
    return str(format_date(moment, "long"))
