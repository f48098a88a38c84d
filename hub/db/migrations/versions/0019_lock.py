"""The second lock costs the owner of a record nothing: each policy says the same in the words of `access_lock`."""

import re

from alembic import op

from hub.db.migrations.access_lock import HAS_ACCESS, is_caller, reached

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

POLICIES = """
SELECT tablename, policyname, qual, with_check FROM pg_policies
WHERE schemaname = 'public' AND roles = '{hub_serving}' ORDER BY 1, 2
"""
# As PostgreSQL prints what `second_lock` wrote.
_CALLER = r"""\( SELECT \(NULLIF\(current_setting\('hub\.caller'::text, true\), ''::text\)\)::uuid AS "nullif"\)"""
_IS_CALLER = re.compile(rf"\b(\w+) = {_CALLER}")
_REACHED = re.compile(
    r"EXISTS \( SELECT\s+FROM child_access\s+WHERE .*?\(child_access\.child_id = (?:\w+\.)(\w+)\).*?\s+OFFSET 0\)",
    re.DOTALL,
)


def upgrade() -> None:
    op.execute(HAS_ACCESS)
    for table, name, sees, adds in op.get_bind().exec_driver_sql(POLICIES).all():
        using = f" USING ({_reworded(sees)})" if sees else ""
        checked = f" WITH CHECK ({_reworded(adds)})" if adds else ""
        op.execute(f"ALTER POLICY {name} ON {table}{using}{checked}")


def _reworded(condition: str) -> str:
    """The same condition; raises RuntimeError where something of the old words would be left."""
    reworded = _IS_CALLER.sub(is_caller(r"\1"), _REACHED.sub(reached(r"\1"), condition))
    if "NULLIF" in reworded or "child_access" in reworded:
        raise RuntimeError(f"a policy that is not understood: {condition}")
    return reworded


def downgrade() -> None:
    raise RuntimeError("without the lock, the serving role would see every body's records: restore a backup instead")
