"""Who let a withdrawn decision stand again: they do not decide an appeal of it."""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    op.add_column('statement', sa.Column('again_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
