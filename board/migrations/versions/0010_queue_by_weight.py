"""The desk's queue in the order of its reports' weight."""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'

WAITS = "state = 'held' OR (state = 'published' AND report_count > 0)"


def upgrade() -> None:
    op.drop_index('ix_comment_waiting', 'comment')
    columns = ['state', 'report_weight', 'id', 'site_id']
    op.create_index('ix_comment_waiting', 'comment', columns, sqlite_where=sa.text(WAITS), postgresql_where=sa.text(WAITS))
