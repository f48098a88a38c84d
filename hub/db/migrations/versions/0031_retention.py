"""How long children's records are kept, what holds them, and erasing one child's record, whole or not at all."""

import sqlalchemy as sa
from alembic import op

from hub.db.migrations.second_lock import OWNED, lock

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OLDEST = "0029"  # REVOKE is of functions that are new

MATTERS = ("SEN", "HEALTH", "MONEY", "RAW")
COUNTED_FROM = ("BIRTH", "DEATH", "LAST_ENTRY", "LAST_ADVICE", "LAST_PAYMENT", "RECEIPT")
GROUNDS = ("REDRESS", "SUBJECT_ACCESS", "SAFEGUARDING", "INQUIRY", "LOOKED_AFTER", "OTHER")

# Whatever refers to a child goes, and whatever refers to that, whichever tables there are: none can be forgotten. It is
# one statement, at whose end the references are checked, so that no order of the tables need be known. What a merge
# kept of a record that is no more refers to its child by an id alone.
ERASE = """
CREATE FUNCTION belongs_to_child() RETURNS TABLE (named text, which text) LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE
    place record;
    known jsonb;
    found jsonb;
BEGIN
    SELECT jsonb_object_agg(r.named, r.which) INTO known FROM (
        SELECT c.conrelid::regclass::text AS named, string_agg(format('%I = $2', a.attname), ' OR ') AS which
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
        WHERE c.contype = 'f' AND c.confrelid = 'child'::regclass GROUP BY 1) AS r;
    known := known || jsonb_build_object(
        'identity_candidate', (known ->> 'identity_candidate') || ' OR other_child_id = $2',
        'identity_merge', (known ->> 'identity_merge') || ' OR former_child_id = $2');
    LOOP
        SELECT jsonb_object_agg(b.named, b.which) INTO found FROM (
            SELECT c.conrelid::regclass::text AS named,
                   string_agg(format('%I IN (SELECT id FROM %s WHERE owner_id = $1 AND (%s))',
                                     a.attname, c.confrelid::regclass, known ->> (c.confrelid::regclass::text)), ' OR ')
                       AS which
            FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
            WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND known ? (c.confrelid::regclass::text)
              AND NOT known ? (c.conrelid::regclass::text) GROUP BY 1) AS b;
        EXIT WHEN found IS NULL;
        known := known || found;
    END LOOP;
    RETURN QUERY SELECT each.key, each.value FROM jsonb_each_text(known) AS each ORDER BY 1;
END $$;
CREATE FUNCTION erase_child(of_owner uuid, of_child uuid) RETURNS jsonb LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    deletes text;
    counts text;
    gone jsonb;
BEGIN
    SELECT string_agg(format('%I AS (DELETE FROM %I WHERE owner_id = $1 AND (%s) RETURNING %s)',
                             'of_' || named, named, which,
                             CASE WHEN EXISTS (
                                 SELECT FROM pg_attribute WHERE attrelid = named::regclass AND attname = 'id')
                             THEN 'id' ELSE 'NULL::uuid AS id' END), ', '),
           string_agg(format('%L, (SELECT jsonb_agg(id) FROM %I)', named, 'of_' || named), ', ')
    INTO deletes, counts FROM belongs_to_child();
    EXECUTE 'WITH ' || deletes || ', itself AS (DELETE FROM child WHERE owner_id = $1 AND id = $2 RETURNING id) '
        || 'SELECT jsonb_strip_nulls(jsonb_build_object(' || counts
        || ', ''child'', (SELECT jsonb_agg(id) FROM itself)))' INTO gone USING of_owner, of_child;
    RETURN gone;
END $$;
"""
FUNCTIONS = ("belongs_to_child()", "erase_child(uuid, uuid)")


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def upgrade() -> None:
    _choices()
    _holds()
    op.create_index(
        "ix_event_delivery_of_child",
        "event_delivery",
        ["owner_id", "child_id"],
        postgresql_where=sa.text("status = 'WAITING'"),
    )
    _erasing()


def _choices() -> None:
    op.create_table(
        "retention_choice",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("matter", _one_of("matter", *MATTERS), nullable=False),
        sa.Column("counted_from", _one_of("countedfrom", *COUNTED_FROM), nullable=False),
        sa.Column("years", sa.Integer(), comment="null: for good"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_retention_choice")),
    )
    op.create_index("ix_retention_choice_id", "retention_choice", ["id"])
    op.create_index(
        "uq_retention_choice_matter", "retention_choice", ["owner_id", "matter", "counted_from"], unique=True
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON retention_choice TO hub_serving")
    op.execute("GRANT DELETE ON retention_choice TO hub_worker")
    lock("retention_choice", sees=OWNED)


def _holds() -> None:
    op.create_table(
        "retention_hold",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid()),
        sa.Column("ground", _one_of("holdground", *GROUNDS), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), comment="the last day, itself counted; null: until it is released"),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Text()),
        sa.Column("release_reason", sa.Text()),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_retention_hold")),
    )
    op.create_index("ix_retention_hold_owner_id_child_id", "retention_hold", ["owner_id", "child_id"])
    op.create_index("ix_retention_hold_id", "retention_hold", ["id"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON retention_hold TO hub_serving")
    op.execute("GRANT UPDATE (child_id) ON retention_hold TO hub_worker")
    lock("retention_hold", sees=OWNED)


def _erasing() -> None:
    op.get_bind().exec_driver_sql(ERASE.replace("%", "%%"))
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO hub_worker")
    op.execute("GRANT DELETE ON source TO hub_worker")
    op.execute(
        "DO $$ DECLARE place record; BEGIN FOR place IN SELECT named FROM belongs_to_child() LOOP "
        "EXECUTE format('GRANT DELETE ON %s TO hub_worker', place.named); END LOOP; END $$"
    )


def downgrade() -> None:
    raise RuntimeError("an authority's schedule and its holds are not dropped: restore a backup instead")
