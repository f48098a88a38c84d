"""Opaque global ids: the type and the row. Callers must not look inside; a forged one leads nowhere it should not."""

from uuid import UUID

import strawberry

from hub.errors import invalid

_HEX_DIGITS = 32


def to_global(type_name: str, row_id: UUID) -> strawberry.ID:
    return strawberry.ID(f"{type_name}_{row_id.hex}")


def type_in(text: str) -> str:
    """The type that a global id names; of a text that is none, whatever stands in its place."""
    return text.rpartition("_")[0]


def from_global(text: str, *, argument: str = "id") -> tuple[str, UUID]:
    """(type, row id); raises `Problem` INVALID for what is not an id of this hub."""
    type_name, mark, row_id = text.rpartition("_")
    try:
        if mark and len(row_id) == _HEX_DIGITS:
            return type_name, UUID(row_id)
    except ValueError:
        pass
    raise invalid("this is not an id of this hub", rule="id-malformed", path=(argument,))


def row_of_type(text: str, type_name: str, *, argument: str = "id") -> UUID:
    """The row id in a global id of the type; raises `Problem` INVALID for the id of another type."""
    found, row_id = from_global(text, argument=argument)
    if found != type_name:
        raise invalid(f"this is not the id of a {type_name}", rule="id-of-another-type", path=(argument,))
    return row_id
