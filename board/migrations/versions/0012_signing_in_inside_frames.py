"""Mailed sign-in codes, log-ins handed over to frames, and publishers' single sign-on."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('sign_in_code',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('tries', number, nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sign_in_code'))
    )
    op.create_index(op.f('ix_sign_in_code_expires_at'), 'sign_in_code', ['expires_at'], unique=False)
    op.create_table('handover',
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('site_id', number, nullable=False),
    sa.Column('user_id', number, nullable=False),
    sa.Column('challenge', sa.String(length=64), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_handover_site_id_site'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_handover_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_handover'))
    )
    op.create_index(op.f('ix_handover_expires_at'), 'handover', ['expires_at'], unique=False)
    op.create_index(op.f('ix_handover_user_id'), 'handover', ['user_id'], unique=False)
    op.create_table('site_key',
    sa.Column('id', number, nullable=False),
    sa.Column('site_id', number, nullable=False),
    sa.Column('kid', sa.String(length=40), nullable=False),
    sa.Column('algorithm', sa.String(length=10), nullable=False),
    sa.Column('public_key', sa.Text(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('retired_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("algorithm IN ('HS256', 'EdDSA', 'ES256')", name=op.f('ck_site_key_algorithm')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_site_key_site_id_site'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site_key')),
    sa.UniqueConstraint('site_id', 'kid', name=op.f('uq_site_key_site_id_kid'))
    )
    op.create_table('sso_identity',
    sa.Column('site_id', number, nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('user_id', number, nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_sso_identity_site_id_site'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_sso_identity_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('site_id', 'subject', name=op.f('pk_sso_identity')),
    sa.UniqueConstraint('user_id', name=op.f('uq_sso_identity_user_id'))
    )
    op.create_table('sso_token',
    sa.Column('site_id', number, nullable=False),
    sa.Column('jti_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_sso_token_site_id_site'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('site_id', 'jti_hash', name=op.f('pk_sso_token'))
    )
    op.create_index(op.f('ix_sso_token_expires_at'), 'sso_token', ['expires_at'], unique=False)
