"""The second lock since 0019, in words that migrations use: what is cheap is asked first, and the rest rarely.

As in `second_lock`, a role sees a row while the transaction says for whom it works. Whose a record is, is told by text
alone, and only where it is another body's is the function `has_access` asked: a statement about a body's own records
then makes nothing ready for the question whether it has access to others'. The lock of a table of facts about one child
is `lock(table, sees=any_of(is_caller("owner_id"), reached()))`.
"""

_CALLER = "current_setting('hub.caller', true)"

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


def is_caller(column: str) -> str:
    """The row names the caller in this column."""
    return f"{column}::text = {_CALLER}"


def reached(child: str = "child_id") -> str:
    """The caller has access to the row's child today."""
    return f"has_access(owner_id, {child})"
