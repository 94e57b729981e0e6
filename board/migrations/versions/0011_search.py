"""The words of all comments, for the desk's search. The worker fills it."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0011'
down_revision = '0010'

SQLITE_SEARCH = [
    """CREATE VIRTUAL TABLE comment_words USING fts5(
    body_source, content='comment', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER comment_words_edited AFTER UPDATE OF body_source ON comment
    WHEN old.id <= (SELECT indexed_to FROM search_progress) AND old.body_source <> new.body_source BEGIN
    INSERT INTO comment_words (comment_words, rowid, body_source) VALUES ('delete', old.id, old.body_source);
    INSERT INTO comment_words (rowid, body_source) VALUES (new.id, new.body_source); END""",
    """CREATE TRIGGER comment_words_deleted AFTER DELETE ON comment
    WHEN old.id <= (SELECT indexed_to FROM search_progress) BEGIN
    INSERT INTO comment_words (comment_words, rowid, body_source) VALUES ('delete', old.id, old.body_source); END""",
]
POSTGRESQL_SEARCH = [
    """CREATE TABLE comment_words (
    comment_id BIGINT PRIMARY KEY REFERENCES comment (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)""",
    "CREATE INDEX ix_comment_words ON comment_words USING gin (words)",
    """CREATE OR REPLACE FUNCTION comment_words_follow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE comment_words SET words = to_tsvector('simple', NEW.body_source) WHERE comment_id = NEW.id;
    RETURN NULL; END $$""",
    """CREATE TRIGGER comment_words_edited AFTER UPDATE OF body_source ON comment
    FOR EACH ROW WHEN (OLD.body_source IS DISTINCT FROM NEW.body_source) EXECUTE FUNCTION comment_words_follow()""",
]


def upgrade() -> None:
    op.create_table('search_progress',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('indexed_to', sa.BigInteger(), nullable=False),
    sa.Column('seen_to', sa.BigInteger(), nullable=False),
    sa.Column('seen_xid', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_progress'))
    )
    # SQLite: a later migration that makes the table of comments anew must make these triggers anew as well.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_SEARCH if is_sqlite else POSTGRESQL_SEARCH:
        op.execute(statement)
