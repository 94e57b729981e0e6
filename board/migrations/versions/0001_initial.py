"""The first schema."""

import sqlalchemy as sa
from alembic import op
from board.storage import UtcDateTime


revision = '0001'
down_revision = None

SQLITE_GUARDS = [
    """CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER ledger_seal_no_update BEFORE UPDATE ON ledger_seal
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_seal_no_delete BEFORE DELETE ON ledger_seal
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_standings_no_update BEFORE UPDATE ON ledger_standings
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_standings_no_delete BEFORE DELETE ON ledger_standings
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER vote_record_no_delete BEFORE DELETE ON vote_record
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER vote_record_no_update BEFORE UPDATE ON vote_record WHEN OLD.seal IS NOT NULL AND NEW.seal IS NOT OLD.seal OR NEW.choice IS NOT OLD.choice OR NEW.id IS NOT OLD.id OR NEW.ballot_id IS NOT OLD.ballot_id OR NEW.receipt IS NOT OLD.receipt OR NEW.replaces IS NOT OLD.replaces OR NEW.disclosure_version IS NOT OLD.disclosure_version
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
]
POSTGRESQL_GUARDS = [
    """CREATE OR REPLACE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
    """CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()""",
    """CREATE OR REPLACE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$""",
    """CREATE TRIGGER ledger_seal_no_update BEFORE UPDATE ON ledger_seal FOR EACH ROW
    EXECUTE FUNCTION ledger_guard()""",
    """CREATE TRIGGER ledger_seal_no_delete BEFORE DELETE ON ledger_seal FOR EACH ROW
    EXECUTE FUNCTION ledger_guard()""",
    """CREATE TRIGGER ledger_standings_no_update BEFORE UPDATE ON ledger_standings FOR EACH ROW
    EXECUTE FUNCTION ledger_guard()""",
    """CREATE TRIGGER ledger_standings_no_delete BEFORE DELETE ON ledger_standings FOR EACH ROW
    EXECUTE FUNCTION ledger_guard()""",
    """CREATE TRIGGER vote_record_no_delete BEFORE DELETE ON vote_record FOR EACH ROW
    EXECUTE FUNCTION ledger_guard()""",
    """CREATE TRIGGER vote_record_no_update BEFORE UPDATE ON vote_record FOR EACH ROW WHEN (OLD.seal IS NOT NULL AND NEW.seal IS DISTINCT FROM OLD.seal OR NEW.choice::text <> OLD.choice::text OR NEW.id IS DISTINCT FROM OLD.id OR NEW.ballot_id IS DISTINCT FROM OLD.ballot_id OR NEW.receipt IS DISTINCT FROM OLD.receipt OR NEW.replaces IS DISTINCT FROM OLD.replaces OR NEW.disclosure_version IS DISTINCT FROM OLD.disclosure_version)
    EXECUTE FUNCTION ledger_guard()""",
]


def upgrade() -> None:
    op.create_table('attempts',
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('slot', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('key', 'slot', name=op.f('pk_attempts'))
    )
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.create_index('ix_attempts_slot', ['slot'], unique=False)

    op.create_table('audit_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('actor_name', sa.String(length=100), nullable=False),
    sa.Column('action', sa.String(length=50), nullable=False),
    sa.Column('subject_type', sa.String(length=30), nullable=False),
    sa.Column('subject_id', sa.String(length=300), nullable=False),
    sa.Column('reason', sa.String(length=50), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_site', ['site_id', 'id'], unique=False)
        batch_op.create_index('ix_audit_entry_subject', ['subject_type', 'subject_id', 'id'], unique=False)

    op.create_table('mail_tally',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('address_key', sa.String(length=64), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_tally'))
    )
    with op.batch_alter_table('mail_tally', schema=None) as batch_op:
        batch_op.create_index('ix_mail_tally_address_at', ['address_key', 'at'], unique=False)
        batch_op.create_index('ix_mail_tally_at', ['at'], unique=False)

    op.create_table('member',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('display_name', sa.String(length=100), nullable=False),
    sa.Column('name_key', sa.String(length=400), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', UtcDateTime(), nullable=True),
    sa.Column('is_placeholder', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('tf_primary_method', sa.String(length=64), nullable=True),
    sa.Column('tf_totp_secret', sa.String(length=255), nullable=True),
    sa.Column('tf_last_counter', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('mf_recovery_codes', sa.UnicodeText(), nullable=True),
    sa.Column('fs_webauthn_user_handle', sa.String(length=64), nullable=True),
    sa.CheckConstraint("role IN ('member', 'moderator', 'editor', 'admin')", name=op.f('ck_member_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member')),
    sa.UniqueConstraint('email', name=op.f('uq_member_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_member_fs_uniquifier')),
    sa.UniqueConstraint('fs_webauthn_user_handle', name=op.f('uq_member_fs_webauthn_user_handle')),
    sa.UniqueConstraint('name_key', name=op.f('uq_member_name_key')),
    sqlite_autoincrement=True
    )
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('tries', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_due', ['due_at'], unique=False)

    op.create_table('site',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slug', sa.String(length=50), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('origins', sa.JSON(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site')),
    sa.UniqueConstraint('slug', name=op.f('uq_site_slug'))
    )
    op.create_table('member_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('seen_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('device', sa.String(length=120), nullable=False),
    sa.Column('network', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_member_session_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_member_session'))
    )
    with op.batch_alter_table('member_session', schema=None) as batch_op:
        batch_op.create_index('ix_member_session_user', ['user_id', 'ended_at'], unique=False)

    op.create_table('passkey',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('credential_id', sa.LargeBinary(length=1024), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('transports', sa.UnicodeText(), nullable=True),
    sa.Column('backup_state', sa.Boolean(), nullable=False),
    sa.Column('device_type', sa.String(length=64), nullable=False),
    sa.Column('extensions', sa.String(length=255), nullable=True),
    sa.Column('create_datetime', UtcDateTime(), nullable=False),
    sa.Column('lastuse_datetime', UtcDateTime(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('usage', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_passkey_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id'))
    )
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkey_user_id'), ['user_id'], unique=False)

    op.create_table('picture',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content_type', sa.String(length=30), nullable=False),
    sa.Column('width', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('height', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_picture_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_picture')),
    sa.UniqueConstraint('sha256', name=op.f('uq_picture_sha256'))
    )
    op.create_table('subscriber',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('email_key', sa.String(length=320), nullable=False),
    sa.Column('reader_key', sa.String(length=43), nullable=False),
    sa.Column('is_disposable', sa.Boolean(), nullable=False),
    sa.Column('newsletter', sa.String(length=10), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("newsletter IN ('none', 'pending', 'confirmed', 'withdrawn')", name=op.f('ck_subscriber_newsletter')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_subscriber_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscriber')),
    sa.UniqueConstraint('reader_key', name=op.f('uq_subscriber_reader_key')),
    sa.UniqueConstraint('site_id', 'email_key', name=op.f('uq_subscriber_site_id_email_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('subscriber', schema=None) as batch_op:
        batch_op.create_index('ix_subscriber_site_newsletter', ['site_id', 'newsletter', 'id'], unique=False)

    op.create_table('article',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('external_id', sa.String(length=255), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('standfirst', sa.Text(), nullable=False),
    sa.Column('byline', sa.String(length=200), nullable=False),
    sa.Column('section', sa.String(length=80), nullable=False),
    sa.Column('published_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('body_source', sa.Text(), nullable=False),
    sa.Column('body_blocks', sa.JSON(), nullable=False),
    sa.Column('renderer_version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('picture_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('picture_alt', sa.String(length=300), nullable=False),
    sa.Column('trailer_url', sa.String(length=2000), nullable=False),
    sa.Column('gate', sa.String(length=10), nullable=False),
    sa.Column('gate_after_blocks', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('comments', sa.String(length=10), nullable=False),
    sa.Column('comments_close_after_days', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("comments IN ('open', 'closed')", name=op.f('ck_article_comments')),
    sa.CheckConstraint("gate IN ('open', 'email', 'members')", name=op.f('ck_article_gate')),
    sa.ForeignKeyConstraint(['picture_id'], ['picture.id'], name=op.f('fk_article_picture_id_picture')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_article_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article')),
    sa.UniqueConstraint('site_id', 'external_id', name=op.f('uq_article_site_id_external_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.create_index('ix_article_site_published', ['site_id', 'published_at', 'id'], unique=False)

    op.create_table('sponsor',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('picture_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['picture_id'], ['picture.id'], name=op.f('fk_sponsor_picture_id_picture')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_sponsor_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sponsor')),
    sa.UniqueConstraint('site_id', 'name', name=op.f('uq_sponsor_site_id_name'))
    )
    op.create_table('article_video',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_video_article_id_article'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_video'))
    )
    with op.batch_alter_table('article_video', schema=None) as batch_op:
        batch_op.create_index('ix_article_video_article', ['article_id', 'position'], unique=False)

    op.create_table('ballot',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slug', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('method', sa.String(length=20), nullable=False),
    sa.Column('max_choices', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('option_order', sa.String(length=20), nullable=False),
    sa.Column('takes_write_ins', sa.Boolean(), nullable=False),
    sa.Column('reach', sa.String(length=10), nullable=False),
    sa.Column('section', sa.String(length=80), nullable=False),
    sa.Column('question', sa.String(length=300), nullable=False),
    sa.Column('sponsor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('disclosure', sa.String(length=300), nullable=False),
    sa.Column('disclosure_version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('opens_at', UtcDateTime(), nullable=True),
    sa.Column('closes_at', UtcDateTime(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('results', sa.String(length=20), nullable=False),
    sa.Column('results_shown_at', UtcDateTime(), nullable=True),
    sa.Column('who', sa.String(length=10), nullable=False),
    sa.Column('work_bits', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('can_change', sa.Boolean(), nullable=False),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("kind IN ('presented', 'for_sponsor')", name=op.f('ck_ballot_kind')),
    sa.CheckConstraint("method IN ('one', 'several', 'approval', 'ranked', 'score')", name=op.f('ck_ballot_method')),
    sa.CheckConstraint("option_order IN ('fixed', 'random', 'alphabetical')", name=op.f('ck_ballot_option_order')),
    sa.CheckConstraint("reach IN ('placed', 'section', 'site')", name=op.f('ck_ballot_reach')),
    sa.CheckConstraint("results IN ('always', 'after-vote', 'after-close', 'by-hand')", name=op.f('ck_ballot_results')),
    sa.CheckConstraint("state = 'draft' OR opens_at IS NOT NULL", name=op.f('ck_ballot_opens')),
    sa.CheckConstraint("state = 'draft' OR sponsor_id IS NULL OR disclosure <> ''", name=op.f('ck_ballot_disclosed')),
    sa.CheckConstraint("state IN ('draft', 'published', 'closed')", name=op.f('ck_ballot_state')),
    sa.CheckConstraint("who IN ('anyone', 'email', 'member')", name=op.f('ck_ballot_who')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_ballot_site_id_site')),
    sa.ForeignKeyConstraint(['sponsor_id'], ['sponsor.id'], name=op.f('fk_ballot_sponsor_id_sponsor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballot')),
    sa.UniqueConstraint('slug', name=op.f('uq_ballot_slug')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('ballot', schema=None) as batch_op:
        batch_op.create_index('ix_ballot_reach', ['site_id', 'reach', 'section'], unique=False)
        batch_op.create_index('ix_ballot_site', ['site_id', 'created_at'], unique=False)

    op.create_table('comment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('root_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('depth', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ordinal', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('body_source', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('renderer_version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('is_listed', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('edited_at', UtcDateTime(), nullable=True),
    sa.Column('removal_reason', sa.String(length=50), nullable=False),
    sa.Column('removal_note', sa.Text(), nullable=False),
    sa.Column('like_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('imported_likes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('report_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rank', sa.Float(), nullable=False),
    sa.Column('reply_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('listed_reply_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('descendant_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('submission_key', sa.String(length=64), nullable=True),
    sa.Column('source', sa.String(length=50), nullable=True),
    sa.Column('source_id', sa.String(length=255), nullable=True),
    sa.CheckConstraint("state IN ('published', 'held', 'removed', 'deleted')", name=op.f('ck_comment_state')),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_comment_article_id_article')),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_comment_author_id_member')),
    sa.ForeignKeyConstraint(['parent_id'], ['comment.id'], name=op.f('fk_comment_parent_id_comment')),
    sa.ForeignKeyConstraint(['root_id'], ['comment.id'], name=op.f('fk_comment_root_id_comment')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_comment_site_id_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment')),
    sa.UniqueConstraint('author_id', 'submission_key', name=op.f('uq_comment_author_id_submission_key')),
    sa.UniqueConstraint('site_id', 'source', 'source_id', name=op.f('uq_comment_site_id_source_source_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index('ix_comment_article', ['article_id', 'created_at'], unique=False)
        batch_op.create_index('ix_comment_author', ['author_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_comment_best', ['article_id', 'rank', 'id'], unique=False, sqlite_where=sa.text('parent_id IS NULL AND is_listed = 1'), postgresql_where=sa.text('parent_id IS NULL AND is_listed'))
        batch_op.create_index('ix_comment_held', ['article_id', 'id'], unique=False, sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))
        batch_op.create_index('ix_comment_newest', ['article_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('parent_id IS NULL AND is_listed = 1'), postgresql_where=sa.text('parent_id IS NULL AND is_listed'))
        batch_op.create_index('ix_comment_place', ['parent_id', 'ordinal'], unique=False, sqlite_where=sa.text('is_listed = 1'), postgresql_where=sa.text('is_listed'))
        batch_op.create_index('ix_comment_replied', ['article_id', 'descendant_count', 'id'], unique=False, sqlite_where=sa.text('parent_id IS NULL AND is_listed = 1'), postgresql_where=sa.text('parent_id IS NULL AND is_listed'))

    op.create_table('newsletter_consent',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subscriber_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('wording', sa.Text(), nullable=False),
    sa.Column('wording_version', sa.String(length=16), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('given_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', UtcDateTime(), nullable=True),
    sa.Column('withdrawn_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_newsletter_consent_article_id_article'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_newsletter_consent_site_id_site')),
    sa.ForeignKeyConstraint(['subscriber_id'], ['subscriber.id'], name=op.f('fk_newsletter_consent_subscriber_id_subscriber'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_newsletter_consent')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_newsletter_consent_token_hash')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('newsletter_consent', schema=None) as batch_op:
        batch_op.create_index('ix_newsletter_consent_subscriber', ['subscriber_id', 'id'], unique=False)

    op.create_table('thread',
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('comment_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('listed_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('root_count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_thread_article_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_thread_site_id_site')),
    sa.PrimaryKeyConstraint('article_id', name=op.f('pk_thread'))
    )
    op.create_table('thread_visit',
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('began_at', UtcDateTime(), nullable=False),
    sa.Column('earlier_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_thread_visit_article_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_thread_visit_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'article_id', name=op.f('pk_thread_visit'))
    )
    with op.batch_alter_table('thread_visit', schema=None) as batch_op:
        batch_op.create_index('ix_thread_visit_began', ['began_at'], unique=False)

    op.create_table('unlock',
    sa.Column('subscriber_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_unlock_article_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_unlock_site_id_site')),
    sa.ForeignKeyConstraint(['subscriber_id'], ['subscriber.id'], name=op.f('fk_unlock_subscriber_id_subscriber'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('subscriber_id', 'article_id', name=op.f('pk_unlock'))
    )
    with op.batch_alter_table('unlock', schema=None) as batch_op:
        batch_op.create_index('ix_unlock_article', ['article_id', 'subscriber_id'], unique=False)

    op.create_table('ballot_day',
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('impressions', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('presses', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('votes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_day_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', 'day', 'article_id', name=op.f('pk_ballot_day'))
    )
    op.create_table('ballot_disclosure',
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('sponsor', sa.String(length=120), nullable=False),
    sa.Column('written_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_disclosure_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', 'version', name=op.f('pk_ballot_disclosure'))
    )
    op.create_table('ballot_option',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('look', sa.String(length=64), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('picture_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('sponsor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('merged_into_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("state IN ('listed', 'proposed', 'merged', 'refused')", name=op.f('ck_ballot_option_state')),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_option_ballot_id_ballot'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['merged_into_id'], ['ballot_option.id'], name=op.f('fk_ballot_option_merged_into_id_ballot_option')),
    sa.ForeignKeyConstraint(['picture_id'], ['picture.id'], name=op.f('fk_ballot_option_picture_id_picture')),
    sa.ForeignKeyConstraint(['sponsor_id'], ['sponsor.id'], name=op.f('fk_ballot_option_sponsor_id_sponsor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballot_option')),
    sa.UniqueConstraint('ballot_id', 'look', name=op.f('uq_ballot_option_ballot_id_look')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('ballot_option', schema=None) as batch_op:
        batch_op.create_index('ix_ballot_option_ballot', ['ballot_id', 'position'], unique=False)

    op.create_table('ballot_pace',
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slot', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_pace_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', 'slot', name=op.f('pk_ballot_pace'))
    )
    op.create_table('ballot_placement',
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('placed_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_ballot_placement_article_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_placement_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('article_id', 'ballot_id', name=op.f('pk_ballot_placement'))
    )
    with op.batch_alter_table('ballot_placement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ballot_placement_ballot_id'), ['ballot_id'], unique=False)

    op.create_table('ballot_report_link',
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.Column('withdrawn_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_report_link_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_ballot_report_link'))
    )
    with op.batch_alter_table('ballot_report_link', schema=None) as batch_op:
        batch_op.create_index('ix_ballot_report_link_ballot', ['ballot_id'], unique=False)

    op.create_table('ballot_result',
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mark', sa.String(length=200), nullable=False),
    sa.Column('counted_at', UtcDateTime(), nullable=True),
    sa.Column('taken_at', UtcDateTime(), nullable=True),
    sa.Column('rounds', sa.JSON(), nullable=True),
    sa.Column('winners', sa.JSON(), nullable=False),
    sa.Column('doubts', sa.JSON(), nullable=False),
    sa.Column('hours', sa.JSON(), nullable=False),
    sa.Column('hours_to', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_result_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', name=op.f('pk_ballot_result'))
    )
    op.create_table('ballot_tally',
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('option_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('mark', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shard', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_tally_ballot_id_ballot')),
    sa.PrimaryKeyConstraint('ballot_id', 'option_id', 'mark', 'shard', name=op.f('pk_ballot_tally'))
    )
    op.create_table('comment_revision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('comment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('body_source', sa.Text(), nullable=False),
    sa.Column('replaced_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_comment_revision_comment_id_comment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment_revision'))
    )
    with op.batch_alter_table('comment_revision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comment_revision_comment_id'), ['comment_id'], unique=False)

    op.create_table('draft',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('text_key', sa.String(length=64), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_draft_article_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['comment.id'], name=op.f('fk_draft_parent_id_comment')),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_draft_user_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft')),
    sa.UniqueConstraint('token_hash', 'text_key', name=op.f('uq_draft_token_hash_text_key'))
    )
    with op.batch_alter_table('draft', schema=None) as batch_op:
        batch_op.create_index('ix_draft_created', ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_draft_user_id'), ['user_id'], unique=False)

    op.create_table('ledger_seal',
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('votes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('total', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sealed_at', UtcDateTime(), nullable=False),
    sa.Column('ballot_version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("kind IN ('terms', 'seal', 'change', 'result')", name=op.f('ck_ledger_seal_kind')),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ledger_seal_ballot_id_ballot')),
    sa.PrimaryKeyConstraint('ballot_id', 'number', name=op.f('pk_ledger_seal'))
    )
    with op.batch_alter_table('ledger_seal', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_seal_kind', ['ballot_id', 'kind', 'number'], unique=False)

    op.create_table('ledger_standings',
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('result', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('seal', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('by_handle', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ledger_standings_ballot_id_ballot')),
    sa.PrimaryKeyConstraint('ballot_id', 'result', 'seal', name=op.f('pk_ledger_standings'))
    )
    op.create_table('quarantine_decision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('group', sa.String(length=120), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('votes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('decided_by', sa.String(length=100), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.Column('undone_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("verdict IN ('counted', 'voided')", name=op.f('ck_quarantine_decision_verdict')),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_quarantine_decision_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantine_decision')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('quarantine_decision', schema=None) as batch_op:
        batch_op.create_index('ix_quarantine_decision_ballot', ['ballot_id', 'id'], unique=False)

    op.create_table('reaction',
    sa.Column('comment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_reaction_comment_id_comment')),
    sa.ForeignKeyConstraint(['user_id'], ['member.id'], name=op.f('fk_reaction_user_id_member')),
    sa.PrimaryKeyConstraint('comment_id', 'user_id', name=op.f('pk_reaction'))
    )
    with op.batch_alter_table('reaction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reaction_user_id'), ['user_id'], unique=False)

    op.create_table('report',
    sa.Column('comment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('site_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.String(length=50), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name=op.f('ck_report_state')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_report_comment_id_comment')),
    sa.ForeignKeyConstraint(['reporter_id'], ['member.id'], name=op.f('fk_report_reporter_id_member')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_report_site_id_site')),
    sa.PrimaryKeyConstraint('comment_id', 'reporter_id', name=op.f('pk_report'))
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_reporter_id'), ['reporter_id'], unique=False)
        batch_op.create_index('ix_report_site_state', ['site_id', 'state', 'comment_id'], unique=False)

    op.create_table('vote_budget',
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('over_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_vote_budget_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', 'name', name=op.f('pk_vote_budget'))
    )
    with op.batch_alter_table('vote_budget', schema=None) as batch_op:
        batch_op.create_index('ix_vote_budget_over_at', ['over_at'], unique=False)

    op.create_table('vote_code',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('voter_key', sa.String(length=80), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('doubts', sa.JSON(), nullable=False),
    sa.Column('tries', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('used_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_vote_code_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_vote_code'))
    )
    with op.batch_alter_table('vote_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vote_code_expires_at'), ['expires_at'], unique=False)

    op.create_table('vote_record',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('voter_key', sa.String(length=80), nullable=False),
    sa.Column('choice', sa.JSON(), nullable=False),
    sa.Column('receipt', sa.String(length=32), nullable=False),
    sa.Column('replaces', sa.String(length=32), nullable=True),
    sa.Column('disclosure_version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('article_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cast_at', UtcDateTime(), nullable=False),
    sa.Column('seal', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_vote_record_article_id_article'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_vote_record_ballot_id_ballot')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vote_record')),
    sa.UniqueConstraint('receipt', name=op.f('uq_vote_record_receipt')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('vote_record', schema=None) as batch_op:
        batch_op.create_index('ix_vote_record_ballot', ['ballot_id', 'id'], unique=False)
        batch_op.create_index('ix_vote_record_seal', ['ballot_id', 'seal', 'id'], unique=False)

    op.create_table('vote',
    sa.Column('ballot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('voter_key', sa.String(length=80), nullable=False),
    sa.Column('choice', sa.JSON(), nullable=False),
    sa.Column('receipt', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('doubts', sa.JSON(), nullable=False),
    sa.Column('suspicion', sa.String(length=120), nullable=False),
    sa.Column('decision_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('network', sa.String(length=64), nullable=False),
    sa.Column('cast_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("state IN ('counted', 'quarantined', 'voided')", name=op.f('ck_vote_state')),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_vote_ballot_id_ballot')),
    sa.ForeignKeyConstraint(['decision_id'], ['quarantine_decision.id'], name=op.f('fk_vote_decision_id_quarantine_decision')),
    sa.PrimaryKeyConstraint('ballot_id', 'voter_key', name=op.f('pk_vote'))
    )
    with op.batch_alter_table('vote', schema=None) as batch_op:
        batch_op.create_index('ix_vote_quarantine', ['ballot_id', 'suspicion', 'state', 'cast_at'], unique=False, sqlite_where=sa.text("suspicion <> ''"), postgresql_where=sa.text("suspicion <> ''"))

    # The audit log and the ledger are append-only; the primary site has the number 1.
    if op.get_bind().dialect.name == "sqlite":
        for guard in SQLITE_GUARDS:
            op.execute(guard)
    else:
        for guard in POSTGRESQL_GUARDS:
            op.execute(guard)
        op.execute("ALTER SEQUENCE site_id_seq START WITH 2 RESTART WITH 2")
