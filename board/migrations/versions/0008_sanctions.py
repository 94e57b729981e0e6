"""Sanctions, statements of reasons, appeals, notices, sites' own reasons, mutes and hidden threads."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('mute',
    sa.Column('user_id', number, nullable=False),
    sa.Column('muted_id', number, nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['muted_id'], ['member.id'], name=op.f('fk_mute_muted_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_mute_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'muted_id', name=op.f('pk_mute'))
    )
    with op.batch_alter_table('mute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mute_muted_id'), ['muted_id'], unique=False)

    op.create_table('reason_wording',
    sa.Column('id', number, nullable=False),
    sa.Column('site_id', number, nullable=False),
    sa.Column('base', sa.String(length=30), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('ground', sa.String(length=5), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_current', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("ground IN ('house', 'law')", name=op.f('ck_reason_wording_ground')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_reason_wording_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reason_wording')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('reason_wording', schema=None) as batch_op:
        batch_op.create_index('ix_reason_wording_current', ['site_id', 'base'], unique=True, sqlite_where=sa.text('is_current = 1'), postgresql_where=sa.text('is_current'))

    op.create_table('reporter_record',
    sa.Column('user_id', number, nullable=False),
    sa.Column('upheld', number, nullable=False),
    sa.Column('dismissed', number, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_reporter_record_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_reporter_record'))
    )
    op.create_table('sanction',
    sa.Column('id', number, nullable=False),
    sa.Column('site_id', number, nullable=True),
    sa.Column('member_id', number, nullable=True),
    sa.Column('domain', sa.String(length=255), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=50), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('by_id', number, nullable=True),
    sa.Column('until', UtcDateTime(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('ended_by_id', number, nullable=True),
    sa.CheckConstraint("(member_id IS NULL) = (domain <> '')", name=op.f('ck_sanction_subject')),
    sa.CheckConstraint("domain = '' OR kind <> 'warning'", name=op.f('ck_sanction_domain_kind')),
    sa.CheckConstraint("kind <> 'suspension' OR until IS NOT NULL", name=op.f('ck_sanction_suspension_until')),
    sa.CheckConstraint("kind <> 'warning' OR until IS NULL", name=op.f('ck_sanction_warning_until')),
    sa.CheckConstraint("kind IN ('warning', 'hold', 'suspension', 'ban')", name=op.f('ck_sanction_kind')),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_sanction_by_id_member')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['member.id'], name=op.f('fk_sanction_ended_by_id_member')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_sanction_member_id_member')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_sanction_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sanction')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('sanction', schema=None) as batch_op:
        batch_op.create_index('ix_sanction_domain', ['domain'], unique=False, sqlite_where=sa.text("domain <> ''"), postgresql_where=sa.text("domain <> ''"))
        batch_op.create_index('ix_sanction_member', ['member_id', 'id'], unique=False)
        batch_op.create_index('ix_sanction_until', ['until'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('notice',
    sa.Column('id', number, nullable=False),
    sa.Column('site_id', number, nullable=False),
    sa.Column('comment_id', number, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('explanation', sa.Text(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('closed_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name=op.f('ck_notice_state')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_notice_comment_id_comment')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_notice_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('comment_id', 'email', name=op.f('uq_notice_comment_id_email')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_open', ['site_id', 'id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index('ix_notice_site_at', ['site_id', 'created_at'], unique=False)

    op.create_table('statement',
    sa.Column('id', number, nullable=False),
    sa.Column('site_id', number, nullable=True),
    sa.Column('member_id', number, nullable=False),
    sa.Column('comment_id', number, nullable=True),
    sa.Column('sanction_id', number, nullable=True),
    sa.Column('act', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=50), nullable=False),
    sa.Column('base', sa.String(length=30), nullable=False),
    sa.Column('reason_name', sa.String(length=100), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('ground', sa.String(length=5), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('found_by', sa.String(length=10), nullable=False),
    sa.Column('is_automated', sa.Boolean(), nullable=False),
    sa.Column('until', UtcDateTime(), nullable=True),
    sa.Column('decided_by_id', number, nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('told_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("(act = 'removal') = (sanction_id IS NULL)", name=op.f('ck_statement_subject')),
    sa.CheckConstraint("act IN ('removal', 'warning', 'hold', 'suspension', 'ban')", name=op.f('ck_statement_act')),
    sa.CheckConstraint("found_by IN ('moderator', 'report', 'notice', 'machine')", name=op.f('ck_statement_found_by')),
    sa.CheckConstraint("ground IN ('house', 'law')", name=op.f('ck_statement_ground')),
    sa.CheckConstraint("state IN ('standing', 'withdrawn', 'overturned')", name=op.f('ck_statement_state')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_statement_comment_id_comment')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['member.id'], name=op.f('fk_statement_decided_by_id_member')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_statement_member_id_member')),
    sa.ForeignKeyConstraint(['sanction_id'], ['sanction.id'], name=op.f('fk_statement_sanction_id_sanction')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_statement_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statement')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('statement', schema=None) as batch_op:
        batch_op.create_index('ix_statement_comment', ['comment_id', 'id'], unique=False, sqlite_where=sa.text('comment_id IS NOT NULL'), postgresql_where=sa.text('comment_id IS NOT NULL'))
        batch_op.create_index('ix_statement_member', ['member_id', 'id'], unique=False)
        batch_op.create_index('ix_statement_sanction', ['sanction_id'], unique=False)
        batch_op.create_index('ix_statement_site_at', ['site_id', 'decided_at'], unique=False)

    op.create_table('appeal',
    sa.Column('statement_id', number, nullable=False),
    sa.Column('site_id', number, nullable=True),
    sa.Column('member_id', number, nullable=False),
    sa.Column('against_id', number, nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('decided_by_id', number, nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f('ck_appeal_decided')),
    sa.CheckConstraint("state IN ('open', 'upheld', 'overturned')", name=op.f('ck_appeal_state')),
    sa.CheckConstraint('decided_by_id IS NULL OR against_id IS NULL OR decided_by_id <> against_id', name=op.f('ck_appeal_another')),
    sa.ForeignKeyConstraint(['against_id'], ['member.id'], name=op.f('fk_appeal_against_id_member')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['member.id'], name=op.f('fk_appeal_decided_by_id_member')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_appeal_member_id_member')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_appeal_site_id_site')),
    sa.ForeignKeyConstraint(['statement_id'], ['statement.id'], name=op.f('fk_appeal_statement_id_statement')),
    sa.PrimaryKeyConstraint('statement_id', name=op.f('pk_appeal'))
    )
    with op.batch_alter_table('appeal', schema=None) as batch_op:
        batch_op.create_index('ix_appeal_member', ['member_id'], unique=False)
        batch_op.create_index('ix_appeal_open', ['due_at', 'statement_id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index('ix_appeal_site_at', ['site_id', 'created_at'], unique=False)

    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('report_weight', number, nullable=False, server_default='0'))

    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.add_column(sa.Column('title', sa.String(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('restrictions', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('muted_ids', sa.JSON(), nullable=True))

    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closed_at', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('weight', number, nullable=False, server_default='100'))
    # Not in batch mode, which would make the table anew for this default.
    op.add_column('report', sa.Column('wants_outcome', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('thread_visit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hidden_at', UtcDateTime(), nullable=True))

    op.execute('UPDATE comment SET report_weight = 100 * report_count WHERE report_count > 0')
