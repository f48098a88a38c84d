"""Indexes of the duties that are neither met nor ended, by their last day: what is late, and what is due soon."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
OLDEST = "0029"


def upgrade() -> None:
    for scope in ("holder_id", "owner_id"):
        op.execute(
            f"CREATE INDEX ix_duty_{scope}_open_due_on_or_last ON duty "
            f"({scope}, coalesce(due_on, '9999-12-31'::date), id, due_on) WHERE met_on IS NULL AND ended_on IS NULL"
        )


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
