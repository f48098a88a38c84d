"""Alembic's entry: runs the migrations on the connection that `hub.db.migrate` hands over."""

from alembic import context

from hub.db import tables
from hub.db.migrations.ours import is_ours

config = context.config


connection = config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.metadata,
    include_object=is_ours,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
