"""Alerts of broken glass are acknowledged, and how many are not is counted."""

import sqlalchemy as sa
from alembic import op

from hub.db.migrations.second_lock import OWNED, lock

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Runs as the worker, which sees every record: a number for operators, which names nobody.
UNACKNOWLEDGED = """
CREATE FUNCTION glass_unacknowledged() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM broken_glass g WHERE NOT EXISTS (
        SELECT FROM glass_acknowledgement a WHERE a.owner_id = g.owner_id AND a.broken_glass_id = g.id)
$$
"""


def upgrade() -> None:
    op.create_table(
        "glass_acknowledgement",
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("broken_glass_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text()),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id", "child_id"], ["child.owner_id", "child.id"]),
        sa.ForeignKeyConstraint(["owner_id", "broken_glass_id"], ["broken_glass.owner_id", "broken_glass.id"]),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_glass_acknowledgement")),
    )
    op.create_index("ix_glass_acknowledgement_owner_id_child_id", "glass_acknowledgement", ["owner_id", "child_id"])
    op.create_index("ix_glass_acknowledgement_id", "glass_acknowledgement", ["id"])
    op.create_index(
        "uq_glass_acknowledgement_broken_glass_id",
        "glass_acknowledgement",
        ["owner_id", "broken_glass_id"],
        unique=True,
    )
    op.create_index("ix_broken_glass_owner_id_opened_at_id", "broken_glass", ["owner_id", "opened_at", "id"])
    op.execute("GRANT SELECT, INSERT ON glass_acknowledgement TO hub_serving")
    lock("glass_acknowledgement", sees=OWNED)
    op.execute(UNACKNOWLEDGED)
    op.execute("GRANT CREATE ON SCHEMA public TO hub_worker")
    op.execute("ALTER FUNCTION glass_unacknowledged() OWNER TO hub_worker")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hub_worker")
    op.execute("REVOKE ALL ON FUNCTION glass_unacknowledged() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION glass_unacknowledged() TO hub_serving")


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
