"""What each source says of who a child is, where sources disagree, and which of them an authority puts first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hub.db.migrations.second_lock import OWNED, lock, lock_childs_table

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SOURCES = ("RECORDED", "SEN2_RETURN", "EXTRACT", "FHIR", "GRAPHQL", "SYNTHETIC")
SEXES = ("MALE", "FEMALE", "UNKNOWN")
STATUSES = (
    "VERIFIED",
    "PRESENT_NOT_TRACED",
    "TRACE_REQUIRED",
    "NO_MATCH",
    "TO_BE_RESOLVED",
    "IN_PROGRESS",
    "NOT_REQUIRED",
    "POSTPONED",
)
FIELDS = ("FAMILY_NAME", "GIVEN_NAMES", "DATE_OF_BIRTH", "SEX", "POSTCODE", "NHS_NUMBER", "UPN")
RULES = ("PLACED_FIRST", "TRACED", "KEPT_BY_THE_AUTHORITY", "LATEST", "IN_THE_RECORD")


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def upgrade() -> None:
    op.add_column("import_run", sa.Column("system", sa.Text(), comment="of an extract, the case system"))
    _childs_table(
        "child_source",
        sa.Column("source", _one_of("source", *SOURCES), nullable=False),
        sa.Column("system", sa.Text(), comment="of an extract the case system; null: another kind of source"),
        sa.Column("said_by_id", sa.Uuid(), sa.ForeignKey("organisation.id")),
        sa.Column("said_on", sa.Date(), nullable=False, comment="the day of which it first told"),
        sa.Column(
            "since",
            postgresql.JSONB(),
            nullable=False,
            comment="fields that it has said otherwise, or first, on a later day",
        ),
        sa.Column("family_name", sa.Text()),
        sa.Column("given_names", postgresql.ARRAY(sa.Text())),
        sa.Column("date_of_birth", sa.Date()),
        sa.Column("sex", _one_of("sex", *SEXES)),
        sa.Column("postcode", sa.Text()),
        sa.Column("nhs_number", sa.Text()),
        sa.Column("nhs_number_status", _one_of("nhsnumberstatus", *STATUSES)),
        sa.Column("upn", sa.Text()),
        sa.Column(
            "content_hash", sa.Text(), comment="of the rows of an extract: what has the same hash has nothing new"
        ),
        sa.Column("withdrawn_on", sa.Date(), comment="the day on which the source told that it has the child no more"),
    )
    _childs_table(
        "disagreement",
        sa.Column("field", _one_of("childfield", *FIELDS), nullable=False),
        sa.Column(
            "rule", _one_of("standsby", *RULES), nullable=False, comment="by which the word that stands was chosen"
        ),
        sa.Column(
            "told",
            postgresql.JSONB(),
            nullable=False,
            comment="[{value, source, system, body, code, on, stands}]",
        ),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), comment="the day on which the sources agreed again"),
    )
    op.create_index("ix_disagreement_owner_id_found_on_id", "disagreement", ["owner_id", "found_on", "id"])
    op.create_index(
        "ix_child_source_owner_id_content_hash",
        "child_source",
        ["owner_id", "content_hash"],
        postgresql_where=sa.text("content_hash IS NOT NULL"),
    )
    op.create_table(
        "precedence",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("field", _one_of("childfield", *FIELDS), nullable=False),
        sa.Column(
            "sources",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="words of hub.law.precedence, the first first",
        ),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_precedence")),
    )
    op.create_index("ix_precedence_id", "precedence", ["id"])
    op.create_index("uq_precedence_owner_id_field", "precedence", ["owner_id", "field"], unique=True)
    op.execute("GRANT SELECT, INSERT, UPDATE ON precedence TO hub_serving")
    lock("precedence", sees=OWNED)


def _childs_table(name: str, *columns: sa.Column[object]) -> None:
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
    op.execute(f"GRANT UPDATE (child_id) ON {name} TO hub_worker")
    lock_childs_table(name)


def downgrade() -> None:
    op.drop_table("precedence")
    op.drop_table("disagreement")
    op.drop_table("child_source")
    op.drop_column("import_run", "system")
