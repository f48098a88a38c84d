"""The job queue: procrastinate's own schema, in the same database, so that a job commits with the rows it is about."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    raise RuntimeError("the queue may hold work that is not done: restore a backup instead")
