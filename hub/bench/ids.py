"""Ids of the synthetic children and bodies: in order of time as UUIDs of version 7 are, and computed, never looked up.

Twelve digits of time and twelve of a number enclose eight that say which row of a record it is. `hub.bench.loading`
makes the same ids in SQL.
"""

from uuid import UUID

_BEGIN_MS = 1_767_225_600_000  # 2026-01-01
AUTHORITY_HEAD, BODY_HEAD = "019300000000", "019400000000"


def tail(row: int) -> str:
    """The middle of an id: the version and the variant of a UUID, and which row of a record (or which body) it is."""
    if not 0 <= row < 4_096:
        raise ValueError("a record has at most 4,096 rows")
    return f"70008{row:03x}"


def child_id(number: int) -> UUID:
    """The id of the child with this number, from 1."""
    return UUID(f"{_BEGIN_MS + number:012x}{tail(0)}{number:012x}")


def authority_id(number: int) -> UUID:
    """The id of the authority with this number, from 1."""
    return UUID(f"{AUTHORITY_HEAD}{tail(0)}{number:012x}")


def body_id(row: int, region: int) -> UUID:
    """The id of a body of a region: a commissioning body, a trust, a school."""
    return UUID(f"{BODY_HEAD}{tail(row)}{region:012x}")


def head_sql(number: str) -> str:
    """The first twelve digits of the ids of a child's record, as SQL."""
    return f"lpad(to_hex({_BEGIN_MS} + {number}), 12, '0')"


def tail_sql(number: str) -> str:
    """The last twelve digits of an id, as SQL."""
    return f"lpad(to_hex({number}), 12, '0')"


def child_id_sql(number: str) -> str:
    """`child_id` as SQL."""
    return f"({head_sql(number)} || '{tail(0)}' || {tail_sql(number)})::uuid"
