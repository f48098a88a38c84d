"""Monthly partitions of the append-only tables, and the serving role, which may only insert into them."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("event", "disclosure", "source")

# Runs as its owner, so that the worker needs no right to create tables. Rows that came before their month's partition
# existed lie in the default one, and are moved. Only the owner has a right to a partition: the way in is the parent.
MAKE_PARTITIONS = """
CREATE FUNCTION make_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    moment text;
    part text;
    month date;
    made integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY['event', 'disclosure', 'source'] LOOP
        moment := CASE parent WHEN 'source' THEN 'received_at' ELSE 'recorded_at' END;
        FOR month IN SELECT (date_trunc('month', first) + make_interval(months => n))::date
                     FROM generate_series(0, months - 1) AS n LOOP
            part := parent || '_' || to_char(month, 'YYYY_MM');
            CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
            EXECUTE format(
                'WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) '
                'INSERT INTO %I SELECT * FROM moved',
                parent || '_default', moment, month, moment, (month + interval '1 month')::date, part);
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, part, month, (month + interval '1 month')::date);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END $$
"""

ROLES = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'hub_serving') THEN
        CREATE ROLE hub_serving NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO hub_serving;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO hub_serving;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hub_serving;
GRANT DELETE ON used_assertion, idempotency_key TO hub_serving;
REVOKE UPDATE, DELETE, TRUNCATE ON event, disclosure, source FROM hub_serving;
REVOKE INSERT, UPDATE ON alembic_version FROM hub_serving;
REVOKE ALL ON FUNCTION make_partitions(date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_partitions(date, integer) TO hub_serving;
"""


def upgrade() -> None:
    for table in APPEND_ONLY:
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
    op.execute(MAKE_PARTITIONS)
    op.execute("SELECT make_partitions(current_date, 3)")
    op.get_bind().exec_driver_sql(ROLES)
    op.execute(
        "DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT inhrelid::regclass FROM pg_inherits JOIN pg_class c ON "
        "c.oid = inhrelid WHERE c.relkind = 'r' LOOP "
        "EXECUTE format('REVOKE ALL ON %s FROM hub_serving', t); END LOOP; END $$"
    )
    # The worker fetches, retries and forgets jobs: the queue's tables are its own.
    op.execute(
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename LIKE 'procrastinate%' LOOP "
        "EXECUTE format('GRANT DELETE ON %I TO hub_serving', t); END LOOP; END $$"
    )


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
