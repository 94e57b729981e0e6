"""The log's chain."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0003'
down_revision = '0002'

SQLITE_LINK_GUARDS = [
    """CREATE TRIGGER audit_link_no_update BEFORE UPDATE ON audit_link
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_link_no_delete BEFORE DELETE ON audit_link
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
]
POSTGRESQL_LINK_GUARDS = [
    """CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE ON audit_link
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()""",
]


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('audit_link',
    sa.Column('number', number, autoincrement=False, nullable=False),
    sa.Column('entry_id', number, nullable=False),
    sa.Column('linked_at', UtcDateTime(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_audit_link')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_audit_link_entry_id'))
    )
    op.create_index('ix_audit_entry_actor', 'audit_entry', ['actor_id', 'id'])
    op.create_index('ix_audit_entry_action', 'audit_entry', ['action', 'id'])
    op.create_index('ix_audit_entry_at', 'audit_entry', ['at'])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for guard in SQLITE_LINK_GUARDS if is_sqlite else POSTGRESQL_LINK_GUARDS:
        op.execute(guard)
