"""Monthly partitions of the append-only tables, and the serving role, which may only insert into them."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("event", "disclosure", "source")

# Runs as its owner, so that the worker needs no right to create tables. Rows that come before their month's partition
# exists are kept in the default one.
MAKE_PARTITIONS = """
CREATE FUNCTION make_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    month date;
    made integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY['event', 'disclosure', 'source'] LOOP
        FOR month IN SELECT (date_trunc('month', first) + make_interval(months => n))::date
                     FROM generate_series(0, months - 1) AS n LOOP
            IF to_regclass(format('public.%s_%s', parent, to_char(month, 'YYYY_MM'))) IS NULL THEN
                EXECUTE format(
                    'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                    parent || '_' || to_char(month, 'YYYY_MM'), parent, month, (month + interval '1 month')::date);
                made := made + 1;
            END IF;
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
    # The worker fetches, retries and forgets jobs: the queue's tables are its own.
    op.execute(
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename LIKE 'procrastinate%' LOOP "
        "EXECUTE format('GRANT DELETE ON %I TO hub_serving', t); END LOOP; END $$"
    )


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
