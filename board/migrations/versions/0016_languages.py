"""In which language a site's pages are, and in which a member gets mails."""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'


def upgrade() -> None:
    op.add_column('site', sa.Column('language', sa.String(length=20), server_default='', nullable=False))
    op.add_column('member', sa.Column('language', sa.String(length=20), server_default='', nullable=False))
