"""One commissioning body in the place of another: asked for, carried out in steps, and how far it has come."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

IN_PLACE_OF = """
CREATE FUNCTION in_the_place_of(body uuid) RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE earlier(id) AS (
        SELECT body UNION SELECT organisation.id FROM organisation JOIN earlier ON successor_id = earlier.id
    )
    SELECT id FROM earlier
$$;
COMMENT ON FUNCTION in_the_place_of(uuid) IS 'the body, and all whose place it took'
"""


def upgrade() -> None:
    op.create_table(
        "succession",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("old_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("new_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column(
            "starts_on", sa.Date(), nullable=False, comment="the first day of the new body in the old one's place"
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), sa.ForeignKey("organisation.id"), comment="null: the operator"),
        sa.Column("children_total", sa.Integer()),
        sa.Column("children", sa.Integer(), server_default="0", nullable=False),
        sa.Column("duties", sa.Integer(), server_default="0", nullable=False),
        sa.Column("requests", sa.Integer(), server_default="0", nullable=False),
        sa.Column("after_owner_id", sa.Uuid(), comment="with after_child_id: the last child that went over"),
        sa.Column("after_child_id", sa.Uuid()),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
    )
    op.create_index("uq_succession_old_id", "succession", ["old_id"], unique=True)
    op.create_index("ix_organisation_successor_id", "organisation", ["successor_id"])
    op.execute("GRANT SELECT, INSERT ON succession TO hub_serving")
    op.execute("GRANT UPDATE ON succession TO hub_worker")
    op.get_bind().exec_driver_sql(IN_PLACE_OF)


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
