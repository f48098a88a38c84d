"""Denied attempts, and the Merkle log over everything that is recorded.

What is sealed is read in the order of the transactions that recorded it. Rows from before have the number 0, which
costs no rewriting of a table: they are sealed first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RECORDED_IN = "pg_current_xact_id()::text::bigint"
PURPOSES = (
    "OWN_FUNCTIONS",
    "S23_NOTIFICATION",
    "S31_COOPERATION",
    "EHCNA_ADVICE_REQUEST",
    "EHCNA_ADVICE_RETURN",
    "COMMISSIONER_NOTICE",
    "SECTION_G_AGREEMENT",
    "PROVISION_DELIVERY",
    "ANNUAL_REVIEW",
    "PERSONAL_BUDGET",
    "TRANSFER_AUTHORITY",
    "CHANGE_OF_COMMISSIONER",
    "MEDIATION",
    "APPEAL",
    "RECOMMENDATION",
    "SAFEGUARDING",
    "HIGHER_EDUCATION_DSA",
    "OFSTED_INSPECTION",
    "CQC_INSPECTION",
    "OMBUDSMAN",
    "COURT",
    "SECRETARY_OF_STATE",
    "YOUTH_JUSTICE",
    "RESEARCH",
    "STATISTICS",
    "SUBJECT_ACCESS",
    "SELF_OR_PARENT_VIEW",
)

# As 0003 made it, and the denied attempts too.
MAKE_PARTITIONS = """
CREATE OR REPLACE FUNCTION make_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    moment text;
    part text;
    month date;
    made integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY['event', 'disclosure', 'denied_attempt', 'source'] LOOP
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


def upgrade() -> None:
    for table in ("disclosure", "broken_glass"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN recorded_in bigint NOT NULL DEFAULT 0")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN recorded_in SET DEFAULT {RECORDED_IN}")
        op.create_index(f"ix_{table}_recorded_in_id", table, ["recorded_in", "id"])
    _denied_attempts()
    _log()
    for table in ("denied_attempt", "sealed_row", "sealed_subtree", "tree_head"):
        op.execute(f"REVOKE ALL ON {table} FROM hub_serving")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO hub_serving")


def _denied_attempts() -> None:
    op.create_table(
        "denied_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("client_id", sa.Text()),
        sa.Column("person", sa.Text()),
        sa.Column("token_id", sa.Text()),
        sa.Column("purpose", sa.Enum(*PURPOSES, name="purpose", native_enum=False, create_constraint=True, length=64)),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("operation_hash", sa.Text(), nullable=False),
        sa.Column("recorded_in", sa.BigInteger(), nullable=False, server_default=sa.text(RECORDED_IN)),
        sa.PrimaryKeyConstraint("id", "recorded_at", name=op.f("pk_denied_attempt")),
        postgresql_partition_by="RANGE (recorded_at)",
    )
    op.create_index(
        "ix_denied_attempt_organisation_id_recorded_at", "denied_attempt", ["organisation_id", "recorded_at"]
    )
    op.create_index("ix_denied_attempt_recorded_in_id", "denied_attempt", ["recorded_in", "id"])
    op.execute("CREATE TABLE denied_attempt_default PARTITION OF denied_attempt DEFAULT")
    op.execute(MAKE_PARTITIONS)
    op.execute("SELECT make_partitions(current_date, 3)")


def _log() -> None:
    op.create_table(
        "sealed_row",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="the table that the row is in"),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_in", sa.BigInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_sealed_row")),
    )
    op.create_index("ix_sealed_row_row_id", "sealed_row", ["row_id"])
    op.create_table(
        "sealed_subtree",
        sa.Column("height", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("height", "number", name=op.f("pk_sealed_subtree")),
    )
    op.create_table(
        "tree_head",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False, comment="the whole subtrees that the tree is made of"),
        sa.Column("last_recorded_in", sa.BigInteger(), nullable=False),
        sa.Column("last_kind", sa.Text(), nullable=False),
        sa.Column("last_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, comment="the signed checkpoint"),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_tree_head")),
    )


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
