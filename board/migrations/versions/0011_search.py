"""The words of all comments, for the desk's search. The worker fills it."""

import sqlalchemy as sa
from alembic import op
from board.comments import searching
from board.storage import UtcDateTime


revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    op.create_table('search_progress',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('indexed_to', sa.BigInteger(), nullable=False),
    sa.Column('seen_to', sa.BigInteger(), nullable=False),
    sa.Column('seen_xid', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_progress'))
    )
    # SQLite: a later migration that makes the table of comments anew must make these triggers anew as well.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in searching.SQLITE_SEARCH if is_sqlite else searching.POSTGRESQL_SEARCH:
        op.execute(statement)
