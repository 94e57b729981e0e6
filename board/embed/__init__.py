"""The thread, the ballot, the gate and the counts on publishers' own pages."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes."""
    from board.embed import frames, loader

    for module in (frames, loader):
        app.register_blueprint(module.embed)
