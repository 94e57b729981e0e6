"""The extensions, unbound; `create_app` binds them."""

from typing import TYPE_CHECKING

from flask_babel import Babel
from flask_mailman import Mail
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Table

from board.csrf import OriginAndToken
from board.storage import Base, insert_for

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


def insert_once(table: type[Model], **values: object) -> bool:
    """Insert the row unless a constraint says that it is there; tell whether it was inserted."""
    target: Table = table.__table__  # type: ignore[assignment]
    statement = insert_for(db.engine.dialect.name)(target).values(**values).on_conflict_do_nothing()
    return db.session.execute(statement.returning(*target.primary_key)).first() is not None
