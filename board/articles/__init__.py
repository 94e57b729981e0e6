"""Sites, their articles, videos and pictures."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind this feature's routes, and what templates ask of it."""
    from board.articles.languages import init_languages
    from board.articles.loading import article_path, house_name, house_path
    from board.articles.pictures import picture_path
    from board.articles.uploads import init_uploads
    from board.articles.views import media

    app.jinja_env.globals.update(
        article_path=article_path, house_name=house_name, house_path=house_path, picture_path=picture_path
    )
    app.register_blueprint(media)
    init_uploads(app)
    init_languages(app)
