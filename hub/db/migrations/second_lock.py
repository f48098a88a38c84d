"""The second lock, in words that migrations use: row-level security.

The first lock is in the statements (`hub.db.sharing`). This one is in the tables: a role sees a row only while the
transaction says for whom it works (`hub.caller`, on `hub.today`), and that body owns the record or stands in
`child_access` for the child. Without the setting there are no rows. `hub_worker`, the role of the hub's own work, sees
all. The tables' owner sees none: a later migration that changes rows says NO FORCE first, and FORCE after.

What is cheap is asked first: whose a record is, by text alone, and only where it is another body's, `has_access`. A
statement about a body's own records then makes nothing ready for the question whether it has access to others'.

Whatever gives a body access to a child keeps `child_access` itself, by triggers: no action can forget it.
"""

from alembic import op

_CALLER = "current_setting('hub.caller', true)"
OWNED = f"owner_id::text = {_CALLER}"

HAS_ACCESS = """
CREATE FUNCTION has_access(of_owner uuid, of_child uuid) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM child_access
        WHERE body_id = nullif(current_setting('hub.caller', true), '')::uuid
          AND owner_id = of_owner AND child_id = of_child
          AND nullif(current_setting('hub.today', true), '')::date BETWEEN starts_on AND ends_on);
END $$
"""


def reached(child: str = "child_id") -> str:
    """The caller has access to the row's child today."""
    return f"has_access(owner_id, {child})"


def is_caller(column: str) -> str:
    """The row names the caller in this column."""
    return f"{column}::text = {_CALLER}"


def any_of(*conditions: str) -> str:
    """One of the conditions holds; they are tried in this order."""
    return " OR ".join(conditions)


def lock(table: str, *, sees: str, adds: str | None = None, changes: str | None = None) -> None:
    """Put the lock on a table: which rows a role sees, adds and changes (as it sees them, unless said otherwise)."""
    op.execute(f"CREATE POLICY seen ON {table} FOR SELECT TO hub_serving USING ({sees})")
    op.execute(f"CREATE POLICY added ON {table} FOR INSERT TO hub_serving WITH CHECK ({adds or sees})")
    op.execute(f"CREATE POLICY changed ON {table} FOR UPDATE TO hub_serving USING ({changes or sees})")
    op.execute(f"CREATE POLICY hubs_own_work ON {table} TO hub_worker USING (true) WITH CHECK (true)")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def lock_childs_table(table: str, *, gives_access: bool = False, child: str = "child_id") -> None:
    """The lock of a table of facts about one child: for the owner, and for who has access to the child.

    What gives access is added by the owner alone, or access could make more of itself.
    """
    sees = any_of(OWNED, reached(child))
    lock(table, sees=sees, adds=OWNED if gives_access else None)


def give_access(table: str, given: str) -> None:
    """Let the rows of a table give access.

    `given` selects, from `given`, which has the table's columns: owner_id, id, child_id, the body, the first day and
    the last day (null: no end). `refill_child_access()` finds it again in the trigger.
    """
    told = given.replace("'", "''")
    for event, tables in (
        ("INSERT", "NEW TABLE AS given"),
        ("UPDATE", "OLD TABLE AS taken NEW TABLE AS given"),
        ("DELETE", "OLD TABLE AS taken"),
    ):
        op.execute(
            f"CREATE TRIGGER child_access_{event.lower()} AFTER {event} ON {table} REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION keep_child_access('{told}')"
        )


# Runs as its owner: the serving role may read `child_access`, and never write it.
KEEP_CHILD_ACCESS = """
CREATE FUNCTION child_access_given(source text, given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format(
        'SELECT DISTINCT body_id, owner_id, child_id, %L::text AS given_by, id AS given_by_id, '
        'coalesce(starts_on, ''-infinity'') AS starts_on, coalesce(ends_on, ''infinity'') AS ends_on '
        'FROM (%s) AS said (owner_id, id, child_id, body_id, starts_on, ends_on) WHERE body_id <> owner_id',
        source, given)
$$;
CREATE FUNCTION keep_child_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    now_given text := child_access_given(TG_TABLE_NAME, TG_ARGV[0]);
BEGIN
    IF TG_OP <> 'INSERT' THEN
        EXECUTE format(
            'DELETE FROM child_access AS held USING taken WHERE held.owner_id = taken.owner_id AND held.given_by = %L '
            'AND held.given_by_id = taken.id', TG_TABLE_NAME)
            || CASE TG_OP WHEN 'UPDATE' THEN
                format(' AND NOT EXISTS (SELECT FROM (%s) AS still WHERE ROW(still.*) = ROW(held.*))', now_given)
                ELSE '' END;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        EXECUTE 'INSERT INTO child_access ' || now_given || ' ON CONFLICT DO NOTHING';
    END IF;
    RETURN NULL;
END $$;
-- For rows that came without their triggers. One whom the lock binds is told so, and changes nothing.
CREATE FUNCTION refill_child_access() RETURNS void LANGUAGE plpgsql SET row_security = off AS $$
DECLARE
    source text;
    given text;
BEGIN
    DELETE FROM child_access;
    FOR source, given IN
        SELECT relname, left(encode(tgargs, 'escape'), -4)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname = 'child_access_insert'
    LOOP
        EXECUTE format('WITH given AS (SELECT * FROM %I) INSERT INTO child_access %s ON CONFLICT DO NOTHING',
                       source, child_access_given(source, given));
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION refill_child_access() FROM PUBLIC;
"""
