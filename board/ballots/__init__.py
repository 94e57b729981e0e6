"""Sponsors, ballots, votes, tally and results."""

from flask import Flask
from flask_security.signals import user_authenticated


def init_app(app: Flask) -> None:
    """Bind this feature's routes."""
    from board.ballots import (
        manage,
        manage_quarantine,
        manage_sponsors,
        manage_write_ins,
        report_views,
        result_views,
        tabs,
        views,
    )
    from board.ballots.audience import Audience
    from board.ballots.choices import BEST_SCORE
    from board.ballots.ledger import views as ledger
    from board.ballots.waiting import cast_waiting, waiting_choice
    from board.ballots.wording import ordinal

    for module in (
        views,
        result_views,
        ledger,
        manage,
        manage_quarantine,
        manage_sponsors,
        manage_write_ins,
        report_views,
        tabs,
    ):
        app.register_blueprint(module.blueprint)
    app.extensions["audience"] = Audience(app)
    user_authenticated.connect(cast_waiting, app)
    app.jinja_env.globals.update(best_score=BEST_SCORE, ordinal=ordinal, waiting_choice=waiting_choice)
