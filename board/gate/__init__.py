"""The e-mail gate, unlocks and newsletter consent."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the gate, the newsletter's links and the list of subscribers."""
    from board.gate.manage import blueprint as manage
    from board.gate.views import blueprint as gate

    app.register_blueprint(gate)
    app.register_blueprint(manage)
