"""One child of two records, and two again of one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hub.db.migrations.second_lock import OWNED, lock

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Every table that refers to a child is moved, whichever tables there are: none can be forgotten. They run as
# hub_worker, whom the second lock lets by, and themselves hold to the records of the caller.
MOVE = """
CREATE FUNCTION refers_to_child() RETURNS TABLE (named text, col text) LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT c.conrelid::regclass::text, a.attname::text
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
    WHERE c.contype = 'f' AND c.confrelid = 'child'::regclass
      AND c.conrelid <> 'identity_merge'::regclass
    ORDER BY 1, 2
$$;
CREATE FUNCTION check_caller_owns(of_owner uuid) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF current_setting('hub.caller', true) IS DISTINCT FROM of_owner::text THEN
        RAISE insufficient_privilege USING MESSAGE = 'not the records of the caller';
    END IF;
END $$;
CREATE FUNCTION merge_children(of_owner uuid, stays uuid, goes uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    place record;
    ids uuid[];
    moved jsonb := '{}';
BEGIN
    PERFORM check_caller_owns(of_owner);
    FOR place IN SELECT * FROM refers_to_child() LOOP
        EXECUTE format(
            'WITH moved AS (UPDATE %1$s SET %2$I = $1 WHERE owner_id = $2 AND %2$I = $3 RETURNING id) '
            'SELECT array_agg(id) FROM moved', place.named, place.col) INTO ids USING stays, of_owner, goes;
        IF ids IS NOT NULL THEN
            moved := moved || jsonb_build_object(place.named || '.' || place.col, to_jsonb(ids));
        END IF;
    END LOOP;
    UPDATE identity_merge SET child_id = stays WHERE owner_id = of_owner AND child_id = goes;
    DELETE FROM child WHERE owner_id = of_owner AND id = goes;
    RETURN moved;
END $$;
CREATE FUNCTION part_children(of_owner uuid, stays uuid, former uuid, record jsonb, moved jsonb, filled text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    place record;
    upper record;
    one text;
    again bigint;
    count bigint;
BEGIN
    PERFORM check_caller_owns(of_owner);
    FOREACH one IN ARRAY filled LOOP
        EXECUTE format('UPDATE child SET %1$I = NULL WHERE owner_id = $1 AND id = $2 '
                       'AND %1$I = (json_populate_record(NULL::child, $3::json)).%1$I', one)
            USING of_owner, stays, record;
    END LOOP;
    INSERT INTO child SELECT * FROM json_populate_record(NULL::child, record::json);
    FOR place IN SELECT * FROM refers_to_child() LOOP
        EXECUTE format('UPDATE %1$s SET %2$I = $1 WHERE owner_id = $2 AND %2$I = $3 AND id IN '
                       '(SELECT jsonb_array_elements_text($4)::uuid)', place.named, place.col)
            USING former, of_owner, stays, coalesce(moved -> (place.named || '.' || place.col), '[]');
    END LOOP;
    -- What was recorded since below a row that goes back goes with it.
    LOOP
        again := 0;
        FOR upper IN
            SELECT c.conrelid::regclass::text AS below, a.attname AS col, c.confrelid::regclass::text AS above
            FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
            WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND c.confrelid <> 'child'::regclass
              AND c.conrelid::regclass::text IN (SELECT named FROM refers_to_child() AS r WHERE r.col = 'child_id')
              AND c.confrelid::regclass::text IN (SELECT named FROM refers_to_child() AS r WHERE r.col = 'child_id')
        LOOP
            EXECUTE format('UPDATE %1$s AS below SET child_id = $1 FROM %3$s AS above WHERE below.owner_id = $2 '
                           'AND below.child_id = $3 AND above.owner_id = $2 AND above.id = below.%2$I '
                           'AND above.child_id = $1', upper.below, upper.col, upper.above)
                USING former, of_owner, stays;
            GET DIAGNOSTICS count = ROW_COUNT;
            again := again + count;
        END LOOP;
        EXIT WHEN again = 0;
    END LOOP;
    UPDATE identity_merge AS m SET child_id = former FROM identity_candidate AS c
        WHERE m.owner_id = of_owner AND m.child_id = stays AND c.owner_id = of_owner AND c.id = m.candidate_id
          AND c.child_id = former;
END $$;
"""
FUNCTIONS = ("merge_children(uuid, uuid, uuid)", "part_children(uuid, uuid, uuid, jsonb, jsonb, text[])")


def upgrade() -> None:
    op.add_column(
        "identity_candidate",
        sa.Column(
            "score", sa.Integer(), comment="bits of evidence that they are one child's, by the weights of the day"
        ),
    )
    # The other record is gone once the two are one.
    op.drop_constraint("fk_identity_candidate_owner_id_other_child_id", "identity_candidate", type_="foreignkey")
    _table(
        "identity_merge",
        sa.Column(
            "former_child_id", sa.Uuid(), nullable=False, comment="the record that is no more; its events keep this id"
        ),
        sa.Column("candidate_id", sa.Uuid()),
        sa.Column("record", postgresql.JSONB(), nullable=False, comment="the former record's own row as it was"),
        sa.Column(
            "filled",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="columns of the record that stays, taken from the other",
        ),
        sa.Column(
            "moved", postgresql.JSONB(), nullable=False, comment="ids of the rows that were moved, by table and column"
        ),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["owner_id", "candidate_id"], ["identity_candidate.owner_id", "identity_candidate.id"]),
    )
    op.create_index("ix_identity_merge_owner_id_candidate_id", "identity_merge", ["owner_id", "candidate_id"])
    op.create_index("ix_identity_merge_owner_id_former_child_id", "identity_merge", ["owner_id", "former_child_id"])
    _moving()


def _table(name: str, *columns: sa.Column[object] | sa.ForeignKeyConstraint) -> None:
    op.create_table(
        name,
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_owner_id_child_id", name, ["owner_id", "child_id"])
    op.create_index(f"ix_{name}_id", name, ["id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {name} TO hub_serving")
    lock(name, sees=OWNED)


def _moving() -> None:
    op.get_bind().exec_driver_sql(MOVE.replace("%", "%%"))
    op.execute("GRANT DELETE ON child TO hub_worker")
    op.execute(
        "DO $$ DECLARE place record; BEGIN FOR place IN SELECT * FROM refers_to_child() LOOP "
        "EXECUTE format('GRANT UPDATE (%I) ON %s TO hub_worker', place.col, place.named); END LOOP; END $$"
    )
    op.execute("GRANT CREATE ON SCHEMA public TO hub_worker")
    for function in FUNCTIONS:
        op.execute(f"ALTER FUNCTION {function} OWNER TO hub_worker")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO hub_serving")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hub_worker")


def downgrade() -> None:
    raise RuntimeError("records that were made one could not be parted again: restore a backup instead")
