"""Reports, decisions and the log."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind reporting, the decisions and the desk."""
    from board.moderation.views import blueprint

    app.register_blueprint(blueprint)
