"""The extensions, unbound; `create_app` binds them."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from flask_babel import Babel
from flask_mailman import Mail
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Table
from sqlalchemy.orm.attributes import instance_state, manager_of_class

from board.csrf import OriginAndToken
from board.storage import Base
from board.turns import let_the_next_one_in
from board.without import without

# They come with the first passkey (board/accounts/passkeys.py) and the first code (board/accounts/code_secrets.py).
with without("webauthn", "cryptography"):
    from flask_security import Security

db = SQLAlchemy(model_class=Base)
babel = Babel()
mail = Mail()
security = Security()
csrf = OriginAndToken()

if TYPE_CHECKING:

    class Model(Base):
        """Stand in for `db.Model`, which mypy cannot see through."""

        __abstract__ = True
else:
    Model = db.Model


T = TypeVar("T", bound=Model)


def table_of(model: type[Model]) -> Table:
    """Return the model's table, for statements that hot paths build once and send past the ORM."""
    table: Table = model.__table__  # type: ignore[assignment]
    return table


def as_loaded(model: type[T], columns: Mapping[str, Any]) -> T:
    """Return the object that these columns of its row make, as if the session had loaded it.

    For what nearly every request loads: a query on tables and this take a fifth of what a query for objects takes. A
    column that is left out is loaded when somebody asks for it. An object that the session has already stays as it is.
    """
    session = db.session()
    kind, names, all_columns = _shape_of(model)
    key = (kind, tuple([columns[name] for name in names]), None)
    present: T | None = session.identity_map.get(key)
    if present is not None:
        return present
    # As `sqlalchemy.orm.loading` does with a row of a query, without looking for what a row may not have.
    thing: T = manager_of_class(model).new_instance()
    state = instance_state(thing)
    state.dict.update(columns)
    state.key, state.session_id = key, session.hash_key
    state.expired_attributes.update(all_columns.difference(columns))
    session.identity_map.add(state)
    return thing


@cache
def _shape_of(model: type[Model]) -> tuple[type[Any], tuple[str, ...], frozenset[str]]:
    """Return what the keys of the model's objects begin with, the columns in them, and all of its columns."""
    mapper = model.__mapper__
    own = frozenset(mapper.column_attrs.keys())
    return mapper._identity_class, tuple(mapper.get_property_by_column(c).key for c in mapper.primary_key), own


def commit_and_keep() -> None:
    """Commit, and keep what is loaded as it is: the request only answers from here on, and reads nothing again."""
    session = db.session()
    session.expire_on_commit = False
    if session.get_bind().dialect.name == "postgresql":
        let_the_next_one_in()  # SQLite's disk waits until the request is answered
    try:
        session.commit()
    finally:
        session.expire_on_commit = True
