"""When the moderators of a site are told that something waits too long."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('overdue_rule',
    sa.Column('site_id', number, nullable=False),
    sa.Column('hours', number, nullable=False),
    sa.Column('every_hours', number, nullable=False),
    sa.Column('told_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint('every_hours > 0', name=op.f('ck_overdue_rule_every_hours')),
    sa.CheckConstraint('hours >= 0', name=op.f('ck_overdue_rule_hours')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_overdue_rule_site_id_site'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('site_id', name=op.f('pk_overdue_rule'))
    )
