"""What a plan holds is found in the order in which it is shown: PostgreSQL need not sort it for each read of a plan."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None
OLDEST = "0029"

ORDERS = {
    ("plan_section", "plan_id"): ("code", "id"),
    ("need", "plan_id"): ("section", "rank", "id"),
    ("outcome", "plan_id"): ("ordinal", "id"),
    ("provision", "plan_id"): ("section", "ordinal", "id"),
    ("provision_agreement", "provision_id"): ("id",),
    ("personal_budget", "plan_id"): ("id",),
    ("budget_item", "personal_budget_id"): ("kind", "id"),
}


def upgrade() -> None:
    for (table, to), order in ORDERS.items():
        op.create_index(f"ix_{table}_owner_id_{to}_{'_'.join(order)}", table, ["owner_id", to, *order])
        op.drop_index(f"ix_{table}_owner_id_{to}", table)


def downgrade() -> None:
    for (table, to), order in ORDERS.items():
        op.create_index(f"ix_{table}_owner_id_{to}", table, ["owner_id", to])
        op.drop_index(f"ix_{table}_owner_id_{to}_{'_'.join(order)}", table)
