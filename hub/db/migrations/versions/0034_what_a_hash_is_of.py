"""A return is hashed person by person too, as an extract is: the comment says so."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
OLDEST = "0029"  # a comment alone is another

BEFORE = "of the rows of an extract: what has the same hash has nothing new"
AFTER = "of what the source last told of the child, in a file: who has the same hash is not compared again"


def upgrade() -> None:
    op.alter_column("child_source", "content_hash", existing_type=sa.Text(), comment=AFTER, existing_comment=BEFORE)


def downgrade() -> None:
    op.alter_column("child_source", "content_hash", existing_type=sa.Text(), comment=BEFORE, existing_comment=AFTER)
