"""Who has access to a child is kept by statements that are planned once, and not at all where a change gives no other.

The trigger function of before made its statements anew for each change: half of what an update of a request cost.
"""

from alembic import op

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None
OLDEST = "0029"  # the rows of child_access are those that the triggers of before would keep

# One function for each table, with the table's own question in it. The triggers go on naming the question, which
# `refill_child_access` reads. `taken` and `given` are the rows as they were and as they are.
KEEP = """
DO $do$
DECLARE
    source text;
    given text;
    asked text;
    earlier text;
BEGIN
    FOR source, given IN
        SELECT relname, left(encode(tgargs, 'escape'), -4)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname = 'child_access_insert' ORDER BY relname
    LOOP
        asked := child_access_given(source, given);
        earlier := child_access_given(source, replace(given, 'FROM given', 'FROM taken'));
        EXECUTE format($create$
            CREATE FUNCTION %1$I() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF NOT EXISTS ((%3$s) EXCEPT (%4$s)) AND NOT EXISTS ((%4$s) EXCEPT (%3$s)) THEN
                        RETURN NULL;
                    END IF;
                END IF;
                IF TG_OP <> 'INSERT' THEN
                    DELETE FROM child_access AS held USING taken WHERE held.owner_id = taken.owner_id
                        AND held.given_by = %2$L AND held.given_by_id = taken.id;
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    INSERT INTO child_access %3$s ON CONFLICT DO NOTHING;
                END IF;
                RETURN NULL;
            END $body$ $create$, 'keep_access_by_' || source, source, asked, earlier);
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER child_access_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS given '
            'FOR EACH STATEMENT EXECUTE FUNCTION %I(%L)', source, 'keep_access_by_' || source, given);
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER child_access_update AFTER UPDATE ON %I '
            'REFERENCING OLD TABLE AS taken NEW TABLE AS given '
            'FOR EACH STATEMENT EXECUTE FUNCTION %I(%L)', source, 'keep_access_by_' || source, given);
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER child_access_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS taken '
            'FOR EACH STATEMENT EXECUTE FUNCTION %I(%L)', source, 'keep_access_by_' || source, given);
    END LOOP;
END $do$
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(KEEP.replace("%", "%%"))


def downgrade() -> None:
    raise RuntimeError("the triggers of before are made by migration 0009: restore a backup instead")
