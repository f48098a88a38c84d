"""What waits in quarantine can be mended, replayed and discarded, and says how it came and what was done with it. Who
decides whether two records are one child's says why.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

FORMS = ("SEN2_PERSON", "EXTRACT_ROWS", "STATEMENT_LINE", "FHIR_WRITE")
RESOLUTIONS = ("REPLAYED", "CAME_AGAIN", "DISCARDED", "EXPIRED")
_ITEM = "quarantined_item"

# Of rows that were kept before: a statement's line is called so, an extract's row is called that.
BACKFILL = """
UPDATE quarantined_item SET
    form = CASE kind WHEN 'SEN2_RETURN' THEN 'SEN2_PERSON' WHEN 'FHIR' THEN 'FHIR_WRITE'
        ELSE CASE WHEN place LIKE 'line %' THEN 'STATEMENT_LINE' ELSE 'EXTRACT_ROWS' END END,
    sha256 = encode(sha256(content), 'hex'),
    resolution = CASE WHEN resolved_at IS NOT NULL THEN 'CAME_AGAIN' END
"""
# Runs as the worker, which sees every item: numbers for operators, which name nobody.
FIGURES = """
CREATE FUNCTION quarantine_figures() RETURNS TABLE (form text, waiting bigint, oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.form::text, count(*), min(i.quarantined_at) FROM quarantined_item i
    WHERE i.resolved_at IS NULL GROUP BY i.form
$$
"""


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def _added(name: str, kind: object, comment: str | None = None, **options: object) -> None:
    op.add_column(_ITEM, sa.Column(name, kind, comment=comment, **options))


def upgrade() -> None:
    op.add_column(
        "import_run",
        sa.Column(
            "about",
            postgresql.JSONB(),
            comment="how the file was read: its year, system and mapping; never a child's data",
        ),
    )
    _added("client_id", sa.Text(), "the system that sent it")
    _added("form", _one_of("quarantineform", *FORMS))
    _added(
        "about",
        postgresql.JSONB(),
        "how it came: method, path, precondition; never a child's data",
        nullable=False,
        server_default="{}",
    )
    _added("sha256", sa.Text(), "of the content as it came")
    _added("mended", sa.LargeBinary(), "as a person corrected it")
    _added("chosen_child_id", sa.Uuid(), "the child that a person says it is about")
    new_child = "a person says that the owner has not had this child"
    _added("as_new_child", sa.Boolean(), new_child, nullable=False, server_default=sa.false())
    _added("version", sa.Integer(), nullable=False, server_default="1")
    steps = "[{step, at, person, client, why, rules}]: what was done with it"
    _added("steps", postgresql.JSONB(), steps, nullable=False, server_default="[]")
    _added("resolution", _one_of("quarantineresolution", *RESOLUTIONS))
    op.execute(f"ALTER TABLE {_ITEM} NO FORCE ROW LEVEL SECURITY")
    op.execute(BACKFILL)
    op.execute(f"ALTER TABLE {_ITEM} FORCE ROW LEVEL SECURITY")
    for name in ("form", "sha256"):
        op.alter_column(_ITEM, name, nullable=False)
    for name in ("about", "as_new_child", "version", "steps"):
        op.alter_column(_ITEM, name, server_default=None)
    op.alter_column(_ITEM, "content", comment="as it came; empty once it is erased")
    _found_by()
    _worked_on()
    op.add_column(
        "identity_candidate",
        sa.Column("decision_reason", sa.Text(), comment="why, in the words of who decided"),
    )


def _found_by() -> None:
    op.create_foreign_key(
        "fk_quarantined_item_owner_id_chosen_child_id",
        _ITEM,
        "child",
        ["owner_id", "chosen_child_id"],
        ["owner_id", "id"],
    )
    op.create_index("ix_quarantined_item_owner_id_sha256", _ITEM, ["owner_id", "sha256"])
    op.create_index("ix_quarantined_item_owner_id_chosen_child_id", _ITEM, ["owner_id", "chosen_child_id"])
    waiting = sa.text("resolved_at IS NULL")
    op.create_index("ix_quarantined_item_waiting", _ITEM, ["owner_id", "form"], postgresql_where=waiting)


def _worked_on() -> None:
    op.execute(f"GRANT UPDATE (chosen_child_id) ON {_ITEM} TO hub_worker")
    op.execute(f"GRANT DELETE ON {_ITEM} TO hub_worker")
    op.execute(FIGURES)
    op.execute("GRANT CREATE ON SCHEMA public TO hub_worker")
    op.execute("ALTER FUNCTION quarantine_figures() OWNER TO hub_worker")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hub_worker")
    op.execute("REVOKE ALL ON FUNCTION quarantine_figures() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION quarantine_figures() TO hub_serving")


def downgrade() -> None:
    raise RuntimeError("what was mended and decided is not dropped: restore a backup instead")
