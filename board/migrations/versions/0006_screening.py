"""Screening: rules, modes, reasons for holding, and what moderators' decisions have taught."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0006'
down_revision = '0005'

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
# Written out: to add a constraint, Alembic would make SQLite's table anew, and deleting the old one would take along
# all rows that hang on it.
MODES = {
    'site': ('first', "'first', 'held', 'closed'"),
    'article': ('site', "'site', 'first', 'held'"),
}


def upgrade() -> None:
    for table, (usual, all_modes) in MODES.items():
        op.execute(f"ALTER TABLE {table} ADD COLUMN comment_mode VARCHAR(10) DEFAULT '{usual}' NOT NULL "
                   f"CONSTRAINT ck_{table}_comment_mode CHECK (comment_mode IN ({all_modes}))")
    op.add_column('site', sa.Column('rules_version', BIG_ID, nullable=False, server_default='0'))
    op.add_column('site', sa.Column('lessons_version', BIG_ID, nullable=False, server_default='0'))
    op.add_column('comment', sa.Column('hold_reasons', sa.JSON(), nullable=True))
    op.add_column('comment', sa.Column('likeness', BIG_ID, nullable=True))
    op.create_index('ix_comment_likeness', 'comment', ['site_id', 'likeness', 'created_at'], unique=False,
                    sqlite_where=sa.text('likeness IS NOT NULL'), postgresql_where=sa.text('likeness IS NOT NULL'))

    op.create_table('screening_rules',
    sa.Column('site_id', BIG_ID, nullable=False),
    sa.Column('version', BIG_ID, nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('changed_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_screening_rules_site_id_site')),
    sa.PrimaryKeyConstraint('site_id', name=op.f('pk_screening_rules'))
    )
    op.create_table('screening_model',
    sa.Column('site_id', BIG_ID, nullable=False),
    sa.Column('version', BIG_ID, nullable=False),
    sa.Column('good', BIG_ID, nullable=False),
    sa.Column('bad', BIG_ID, nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_screening_model_site_id_site')),
    sa.PrimaryKeyConstraint('site_id', name=op.f('pk_screening_model'))
    )
    op.create_table('screening_word',
    sa.Column('site_id', BIG_ID, nullable=False),
    sa.Column('word', sa.String(length=60), nullable=False),
    sa.Column('good', BIG_ID, nullable=False),
    sa.Column('bad', BIG_ID, nullable=False),
    sa.Column('version', BIG_ID, nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_screening_word_site_id_site')),
    sa.PrimaryKeyConstraint('site_id', 'word', name=op.f('pk_screening_word'))
    )
    op.create_index('ix_screening_word_version', 'screening_word', ['site_id', 'version'], unique=False)
    op.create_table('screening_lesson',
    sa.Column('comment_id', BIG_ID, nullable=False, autoincrement=False),
    sa.Column('site_id', BIG_ID, nullable=False),
    sa.Column('is_bad', sa.Boolean(), nullable=True),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('taught_is_bad', sa.Boolean(), nullable=True),
    sa.Column('taught_words', sa.JSON(), nullable=False),
    sa.Column('is_due', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_screening_lesson_comment_id_comment')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_screening_lesson_site_id_site')),
    sa.PrimaryKeyConstraint('comment_id', name=op.f('pk_screening_lesson'))
    )
    op.create_index('ix_screening_lesson_due', 'screening_lesson', ['site_id', 'comment_id'], unique=False,
                    sqlite_where=sa.text('is_due = 1'), postgresql_where=sa.text('is_due'))
    op.create_table('screening_question',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('comment_id', BIG_ID, nullable=False),
    sa.Column('step', sa.String(length=30), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('tries', BIG_ID, nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_screening_question_comment_id_comment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screening_question')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_screening_question_due', 'screening_question', ['due_at'], unique=False)
