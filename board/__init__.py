"""Board: threaded comments, a sponsored ballot and an e-mail gate for any article page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from board.config import Settings, load_settings
from board.logs import init_logs

PACKAGE = Path(__file__).parent
MAX_REQUEST_BYTES = 64 * 1024


class Application(Flask):
    """Flask, without asking of each function at each request whether it is a coroutine: none of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from its settings; read it as a table of contents."""
    settings = settings or load_settings()
    init_logs(settings.log_level)
    app = Application(
        "board",
        instance_path=str(settings.instance_path),
        template_folder=str(shared_directory("templates")),
        static_folder=str(shared_directory("static")),
    )
    configure(app, settings)
    init_extensions(app, settings)
    init_features(app)
    init_indexes(app)
    return app


def shared_directory(name: str) -> Path:
    """Return `templates/` or `static/`: inside the package in an installed wheel, beside it in a checkout."""
    in_wheel = PACKAGE / "_bundled" / name
    return in_wheel if in_wheel.is_dir() else PACKAGE.parent / name


def configure(app: Flask, settings: Settings) -> None:
    """Turn settings into Flask's configuration."""
    from board.signing import KnowingSessions
    from board.storage import engine_options
    from board.urls import RowNumber

    app.config.update(
        BOARD=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url, settings.database_pool_size),
        SESSION_COOKIE_NAME="__Host-board" if settings.is_https else "board",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=settings.session_lifetime,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.session_interface = KnowingSessions()
    app.url_map.merge_slashes = False
    app.url_map.converters["int"] = RowNumber
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}


def init_extensions(app: Flask, settings: Settings) -> None:
    """Bind the extensions."""
    from board import audit, extensions, outbox  # noqa: F401 - the first and the last have tables
    from board.csrf import init_csrf
    from board.mailer import init_mail
    from board.transactions import prepare_engine
    from board.web import init_web

    extensions.db.init_app(app)
    with app.app_context():
        prepare_engine(extensions.db.engine)
    init_mail(app, settings)
    init_web(app, settings)  # before the check of forms, so that a refused one has its ID in the log too
    init_csrf(app, extensions.csrf)


def init_features(app: Flask) -> None:
    """Bind the features, lowest layer first."""
    from board import (
        accounts,
        api,
        articles,
        ballots,
        comments,
        embed,
        errors,
        gate,
        moderation,
        operations,
        pages,
        transfer,
    )

    errors.init_errors(app)
    for feature in (accounts, articles, comments, ballots, gate, moderation, pages, embed, api, transfer, operations):
        feature.init_app(app)
    init_front(app)


def init_indexes(app: Flask) -> None:
    """Complete what tables are made of, once all features have named theirs."""
    from board.extensions import db
    from board.storage import make_indexes_partial

    with app.app_context():
        make_indexes_partial(db.metadata, db.engine.dialect.name)


def init_front(app: Flask) -> None:
    """Put in front of Flask what a request meets first: ready bytes, then the queue."""
    from board.pages import init_ready_pages
    from board.turns import TURNS, Turns

    app.wsgi_app = app.extensions[TURNS] = Turns(app.wsgi_app)  # type: ignore[method-assign]
    init_ready_pages(app, app.config["BOARD"])
