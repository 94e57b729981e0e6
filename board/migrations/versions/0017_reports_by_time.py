"""Reports by their time, for the transparency report of a site."""

from alembic import op


revision = '0017'
down_revision = '0016'


def upgrade() -> None:
    op.create_index('ix_report_site_at', 'report', ['site_id', 'created_at'])
