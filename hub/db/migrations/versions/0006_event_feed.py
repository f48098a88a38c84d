"""Events can be followed: each says which transaction recorded it, and that it is there.

Events from before have the number 0, which costs no rewriting of the table: they come before every other.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Whatever inserts an event tells so when it commits: no writer has to remember it. Telling twice in one transaction
# is telling once.
TELL = """
CREATE FUNCTION tell_of_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('hub_event', pg_current_xact_id()::text);
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute("ALTER TABLE event ADD COLUMN recorded_in bigint NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE event ALTER COLUMN recorded_in SET DEFAULT pg_current_xact_id()::text::bigint")
    op.create_index("ix_event_recorded_in_id", "event", ["recorded_in", "id"])
    op.execute(TELL)
    op.execute("CREATE TRIGGER tell_of_event AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION tell_of_event()")


def downgrade() -> None:
    raise RuntimeError("what is recorded is not dropped: restore a backup instead")
