"""Secret addresses of feeds of what waits too long."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('overdue_feed',
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('site_id', number, nullable=True),
    sa.Column('user_id', number, nullable=True),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('(site_id IS NULL) <> (user_id IS NULL)', name=op.f('ck_overdue_feed_one')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_overdue_feed_site_id_site'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_overdue_feed_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_overdue_feed')),
    sa.UniqueConstraint('site_id', name=op.f('uq_overdue_feed_site_id')),
    sa.UniqueConstraint('user_id', name=op.f('uq_overdue_feed_user_id'))
    )
