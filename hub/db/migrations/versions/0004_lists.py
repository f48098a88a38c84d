"""Indexes in the order of each list, and two records that may be one child's."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BY_DAY = (
    ("assessment", "owner_id", "requested_on"),
    ("review", "owner_id", "meeting_on"),
    ("duty", "owner_id", "due_on"),
    ("duty", "holder_id", "due_on"),
)
PLAIN = (
    ("cooperation_request", ("addressed_to_id", "sent_at", "id")),
    ("notification", ("owner_id", "notified_at", "id")),
    ("dispute", ("owner_id", "raised_on", "id")),
)


def upgrade() -> None:
    for table, scope, column in BY_DAY:
        op.drop_index(f"ix_{table}_{scope}_{column}_id", table_name=table)
        last = sa.text(f"coalesce({column}, '9999-12-31'::date)")
        op.create_index(f"ix_{table}_{scope}_{column}_or_last", table, [scope, last, "id"])
    for table, columns in PLAIN:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    op.create_table(
        "identity_candidate",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("other_child_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reasons",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="codes of what agrees and what differs; never the values",
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "MERGE",
                "KEEP_APART",
                "SPLIT",
                name="identitydecision",
                native_enum=False,
                create_constraint=True,
                length=64,
            ),
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("child_id <> other_child_id", name=op.f("ck_identity_candidate_two_records")),
        sa.ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        sa.ForeignKeyConstraint(["owner_id", "other_child_id"], ["child.owner_id", "child.id"]),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_identity_candidate")),
    )
    for columns in (("owner_id", "child_id"), ("id",), ("owner_id", "other_child_id"), ("owner_id", "found_at", "id")):
        op.create_index(f"ix_identity_candidate_{'_'.join(columns)}", "identity_candidate", list(columns))
    op.execute("GRANT SELECT, INSERT, UPDATE ON identity_candidate TO hub_serving")


def downgrade() -> None:
    raise RuntimeError("what is decided about records is not dropped: restore a backup instead")
