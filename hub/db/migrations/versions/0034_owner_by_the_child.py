"""A row of facts about a child names its owner once: by way of the child, who is the owner's.

That the owner is a body was checked for each of them beside it: a tenth of what a first import costs PostgreSQL. And a
return is hashed person by person too, as an extract is: the comment says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
OLDEST = "0029"  # what is no longer checked follows from what is; a comment alone is another

BEFORE = "of the rows of an extract: what has the same hash has nothing new"
AFTER = "of what the source last told of the child, in a file: who has the same hash is not compared again"

# The tables in which (owner_id, child_id), neither of which is ever null, refers to a child of the owner.
OF_A_CHILD = """
DO $do$
DECLARE
    facts text;
BEGIN
    FOR facts IN
        SELECT conrelid::regclass FROM pg_constraint
        WHERE contype = 'f' AND confrelid = 'child'::regclass
            AND conname = 'fk_' || conrelid::regclass || '_owner_id_child_id'
            AND NOT EXISTS (
                SELECT FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey) AND NOT attnotnull)
        ORDER BY 1
    LOOP
        EXECUTE format('{change}', facts);
    END LOOP;
END $do$
"""


def upgrade() -> None:
    drop = "ALTER TABLE %1$s DROP CONSTRAINT IF EXISTS fk_%1$s_owner_id"
    op.get_bind().exec_driver_sql(OF_A_CHILD.format(change=drop).replace("%", "%%"))
    op.alter_column("child_source", "content_hash", existing_type=sa.Text(), comment=AFTER, existing_comment=BEFORE)


def downgrade() -> None:
    add = "ALTER TABLE %1$s ADD CONSTRAINT fk_%1$s_owner_id FOREIGN KEY (owner_id) REFERENCES organisation (id)"
    op.get_bind().exec_driver_sql(OF_A_CHILD.format(change=add).replace("%", "%%"))
    op.alter_column("child_source", "content_hash", existing_type=sa.Text(), comment=BEFORE, existing_comment=AFTER)
