"""Clients that may run trusted documents alone, and the documents that are registered for each."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("client", sa.Column("only_documents", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "client_document",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False, comment="sha256: and the hash of the text, in hexadecimal"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="fk_client_document_client_id"),
        sa.PrimaryKeyConstraint("client_id", "document_id", name="pk_client_document"),
    )
    op.execute("GRANT SELECT, INSERT ON client_document TO hub_serving")


def downgrade() -> None:
    # Without the column, a client that may run trusted documents alone would be one that may run any.
    raise RuntimeError("what is registered is not dropped: restore a backup instead")
