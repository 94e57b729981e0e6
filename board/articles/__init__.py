"""Sites, their articles, videos and pictures."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes and commands."""
    from board.articles.loading import article_path

    app.jinja_env.globals["article_path"] = article_path
