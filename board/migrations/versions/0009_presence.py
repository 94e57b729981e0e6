"""The desk: who works on what, and newcomers that a moderator has looked at."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0009'
down_revision = '0008'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('desk_presence',
    sa.Column('comment_id', BIG, nullable=False),
    sa.Column('user_id', BIG, nullable=False),
    sa.Column('site_id', BIG, nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_desk_presence_comment_id_comment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_desk_presence_site_id_site'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_desk_presence_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('comment_id', 'user_id', name=op.f('pk_desk_presence'))
    )
    op.create_index('ix_desk_presence_at', 'desk_presence', ['at'])
    op.create_index(op.f('ix_desk_presence_user_id'), 'desk_presence', ['user_id'])

    op.create_table('vouched_member',
    sa.Column('user_id', BIG, nullable=False),
    sa.Column('site_id', BIG, nullable=False),
    sa.Column('vouched_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_vouched_member_site_id_site'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_vouched_member_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'site_id', name=op.f('pk_vouched_member'))
    )
    op.create_index('ix_member_created', 'member', ['created_at'])
