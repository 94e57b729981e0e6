"""Articles merged into others."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('article_merge',
    sa.Column('id', number, nullable=False),
    sa.Column('site_id', number, nullable=False),
    sa.Column('article_id', number, nullable=False),
    sa.Column('into_id', number, nullable=False),
    sa.Column('merged_at', UtcDateTime(), nullable=False),
    sa.Column('undone_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_merge_article_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['into_id'], ['article.id'], name=op.f('fk_article_merge_into_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_article_merge_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_merge'))
    )
    with op.batch_alter_table('article_merge', schema=None) as batch_op:
        batch_op.create_index('ix_article_merge_article', ['article_id', 'undone_at'], unique=False)
        batch_op.create_index('ix_article_merge_into', ['into_id', 'undone_at'], unique=False)
    op.create_table('article_merge_root',
    sa.Column('merge_id', number, nullable=False),
    sa.Column('comment_id', number, nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_article_merge_root_comment_id_comment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['merge_id'], ['article_merge.id'], name=op.f('fk_article_merge_root_merge_id_article_merge'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('merge_id', 'comment_id', name=op.f('pk_article_merge_root'))
    )
    # In one statement, because SQLite would copy the whole table for a constraint that comes by itself.
    kind = 'INTEGER' if op.get_bind().dialect.name == 'sqlite' else 'BIGINT'
    op.execute(f"ALTER TABLE article ADD COLUMN merged_into_id {kind} "
               "CONSTRAINT fk_article_merged_into_id_article REFERENCES article (id)")
    op.create_index('ix_article_merged_into_id', 'article', ['merged_into_id'], unique=False)
