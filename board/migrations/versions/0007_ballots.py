"""How often a voter changed their mind, and who voted for which suggestion."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the count and the table, and note who has voted for suggestions so far."""
    op.add_column("vote", sa.Column("changes", BIG_ID, server_default="0", nullable=False))
    op.create_table(
        "write_in_voter",
        sa.Column("option_id", BIG_ID, nullable=False),
        sa.Column("voter_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["option_id"], ["ballot_option.id"], name="fk_write_in_voter_option_id_ballot_option", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("option_id", "voter_key", name="pk_write_in_voter"),
    )
    op.execute(
        """INSERT INTO write_in_voter (option_id, voter_key)
        SELECT written.id, vote.voter_key FROM ballot_option AS written
        JOIN vote ON vote.ballot_id = written.ballot_id
        AND CAST(vote.choice AS TEXT) LIKE '%[' || written.id || ', %'
        WHERE written.state IN ('proposed', 'refused')"""
    )
