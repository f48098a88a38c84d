"""What a replica must have replayed before it may answer.

Whatever changes who may see what marks its transaction, by triggers: no action can forget it. So does each event that a
client's own act recorded, so that the client reads what it has just written. A timeline is marked when it is first met,
so that who follows a leader that is no longer one is known by not having the mark.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None

# Every table by which the guard decides how a body stands to a child and what is open to it. `child_access` and the
# facts that it is kept from are both here: a fact may change what it opens without changing to whom.
SHARING = (
    "arrangement",
    "arrangement_party",
    "sharing_rule",
    "broken_glass",
    "child_access",
    "consent",
    "cooperation_request",
    "disclosure_decision",
    "notification",
    "plan",
    "provision_agreement",
    "responsibility",
)

TIMELINE = """
CREATE FUNCTION leaders_timeline() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint
$$;
CREATE FUNCTION mark_timeline() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO replay_mark SELECT 'timeline', leaders_timeline() ON CONFLICT DO NOTHING
$$;
"""
MARKS = """
CREATE FUNCTION mark_sharing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        INSERT INTO replay_mark VALUES ('sharing', pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION mark_client() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO replay_mark SELECT DISTINCT 'client:' || client_id, recorded_in FROM changed WHERE client_id IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    op.create_table(
        "replay_mark",
        sa.Column("about", sa.Text(), comment="sharing: a change of who may see what; client:ID: its write; timeline"),
        sa.Column("number", sa.BigInteger(), autoincrement=False, comment="of the transaction, or of the timeline"),
        sa.PrimaryKeyConstraint("about", "number", name=op.f("pk_replay_mark")),
    )
    op.execute(TIMELINE)
    op.execute(MARKS)
    for table in SHARING:
        for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            _mark(table, event, rows, "mark_sharing")
    for table in ("child", "organisation"):  # a new one is nobody's to see yet
        for event, rows in (("UPDATE", "NEW"), ("DELETE", "OLD")):
            _mark(table, event, rows, "mark_sharing")
    _mark("event", "INSERT", "NEW", "mark_client")
    op.execute("GRANT SELECT ON replay_mark TO hub_serving")
    op.execute("GRANT DELETE ON replay_mark TO hub_worker")
    op.execute("REVOKE ALL ON FUNCTION mark_timeline() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION mark_timeline() TO hub_serving")


def _mark(table: str, event: str, rows: str, function: str) -> None:
    op.execute(
        f"CREATE TRIGGER {function}_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
