"""Whose record is behind glass: the one question about a child that a body without a relationship may have answered.

The function runs as the worker, which sees every record, because no row of the child exists yet for the body that asks.
It tells keys alone, and the action that asks it records at once who did.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEHIND_GLASS = """
CREATE FUNCTION behind_glass(of_child uuid, of_nhs_number text) RETURNS TABLE (owner_id uuid, child_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.owner_id, c.id FROM child c WHERE c.id = of_child OR c.nhs_number = of_nhs_number ORDER BY 1, 2
$$
"""


def upgrade() -> None:
    op.execute(BEHIND_GLASS)
    op.execute("GRANT CREATE ON SCHEMA public TO hub_worker")
    op.execute("ALTER FUNCTION behind_glass(uuid, text) OWNER TO hub_worker")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hub_worker")
    op.execute("REVOKE ALL ON FUNCTION behind_glass(uuid, text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION behind_glass(uuid, text) TO hub_serving")


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
