"""The desk: decisions that can be undone, what waits for one, locked branches, featured comments."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0004'
down_revision = '0003'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
WAITS = "state = 'held' OR (state = 'published' AND report_count > 0)"
REMOVED = "state = 'removed'"


def upgrade() -> None:
    op.add_column('comment', sa.Column('lock_id', BIG, nullable=True))
    op.add_column('comment', sa.Column('text_key', BIG, nullable=True))
    op.add_column('thread', sa.Column('featured_ids', sa.JSON(), nullable=True))
    op.add_column('outbox', sa.Column('tag', sa.String(length=60), nullable=True))

    op.create_index('ix_comment_created', 'comment', ['created_at', 'id'])
    for name, columns in (
        ('ix_comment_waiting', ['state', 'report_count', 'id', 'site_id']),
        ('ix_comment_waiting_author', ['state', 'author_id', 'site_id', 'id']),
        ('ix_comment_waiting_article', ['state', 'article_id', 'site_id', 'id']),
        ('ix_comment_waiting_text', ['state', 'text_key', 'site_id', 'id']),
    ):
        op.create_index(name, 'comment', columns, sqlite_where=sa.text(WAITS), postgresql_where=sa.text(WAITS))
    for name, columns in (
        ('ix_comment_removed', ['id', 'site_id']),
        ('ix_comment_removed_author', ['author_id', 'site_id', 'id']),
    ):
        op.create_index(name, 'comment', columns, sqlite_where=sa.text(REMOVED), postgresql_where=sa.text(REMOVED))
    is_tagged = sa.text('tag IS NOT NULL')
    op.create_index('ix_outbox_tag', 'outbox', ['tag'], sqlite_where=is_tagged, postgresql_where=is_tagged)

    op.create_table('decision_batch',
    sa.Column('id', BIG, nullable=False),
    sa.Column('act', sa.String(length=20), nullable=False),
    sa.Column('by_id', BIG, nullable=False),
    sa.Column('reason', sa.String(length=50), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('count', BIG, nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.Column('undone_at', UtcDateTime(), nullable=True),
    sa.Column('undone_by_id', BIG, nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_decision_batch_by_id_member')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['member.id'], name=op.f('fk_decision_batch_undone_by_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_batch')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_decision_batch_by', 'decision_batch', ['by_id', 'id'])

    op.create_table('decision_item',
    sa.Column('id', BIG, nullable=False),
    sa.Column('batch_id', BIG, nullable=False),
    sa.Column('site_id', BIG, nullable=False),
    sa.Column('article_id', BIG, nullable=False),
    sa.Column('comment_id', BIG, nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('undone_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_decision_item_article_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['batch_id'], ['decision_batch.id'], name=op.f('fk_decision_item_batch_id_decision_batch')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_decision_item_comment_id_comment')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_decision_item_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_item')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_decision_item_batch', 'decision_item', ['batch_id', 'id'])
    op.create_index('ix_decision_item_comment', 'decision_item', ['comment_id', 'id'])
