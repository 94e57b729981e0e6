"""Import and export."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the page that takes a file of comments."""
    from board.transfer.views import blueprint, raise_limit

    app.register_blueprint(blueprint)
    app.url_value_preprocessor(raise_limit)
