"""Roles on single sites."""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('site_role',
    sa.Column('user_id', number, nullable=False),
    sa.Column('site_id', number, nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.CheckConstraint("role IN ('moderator', 'editor')", name=op.f('ck_site_role_role')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_site_role_site_id_site'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_site_role_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'site_id', name=op.f('pk_site_role'))
    )
    with op.batch_alter_table('site_role', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_site_role_site_id'), ['site_id'], unique=False)
    # Not in batch mode, which would make the table anew for this default, and lose what hangs on it.
    op.add_column('member', sa.Column('has_site_roles', sa.Boolean(), nullable=False, server_default=sa.false()))
