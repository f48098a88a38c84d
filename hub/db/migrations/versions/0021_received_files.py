"""Files that bodies send to be imported: what each is, how it is to be read, and what came of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hub.db.migrations.second_lock import OWNED, lock

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SOURCES = ("RECORDED", "SEN2_RETURN", "EXTRACT", "FHIR", "GRAPHQL", "SYNTHETIC")
STATUSES = ("WAITING", "APPLIED", "APPLIED_IN_PART", "REFUSED", "FAILED")
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


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=64)


def upgrade() -> None:
    op.create_table(
        "received_file",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("source", *SOURCES), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="hash of the content and of how it is to be read"),
        sa.Column("about", postgresql.JSONB(), nullable=False, comment="how it is to be read; never a child's data"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "source_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, comment="its pieces in `source`, in order"
        ),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text()),
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("purpose", _one_of("purpose", *PURPOSES), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", _one_of("importstatus", *STATUSES), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", postgresql.JSONB(), comment="the report, or why it was refused; never a child's data"),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_received_file")),
    )
    op.create_index("ix_received_file_id", "received_file", ["id"])
    op.create_index("uq_received_file_key", "received_file", ["owner_id", "kind", "key"], unique=True)
    op.add_column(
        "plan",
        sa.Column(
            "transferred_from",
            sa.Text(),
            comment="code of the authority that the return says it came from in its year",
        ),
    )
    op.execute("GRANT SELECT, INSERT ON received_file TO hub_serving")
    op.execute("GRANT UPDATE (status, finished_at, outcome) ON received_file TO hub_serving")
    lock("received_file", sees=OWNED)


def downgrade() -> None:
    op.drop_column("plan", "transferred_from")
    op.drop_table("received_file")
