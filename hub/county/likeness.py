"""Two records that may be one child's, for somebody to decide (nothing in the county says that they are)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from random import Random
from typing import Any

from hub.county.rows import Book, new_id

_COMPARED = ("family_name", "sex", "postcode", "date_of_birth")
_FOUND_BEFORE = timedelta(days=3)


def write(book: Book, rng: Random, today: date) -> None:
    """Bring forward the two records of one authority that agree in most, if any have the same family name."""
    pairs = [
        (one, other)
        for one, other in combinations(book.rows["child"], 2)
        if (one["owner_id"], one["family_name"]) == (other["owner_id"], other["family_name"])
    ]
    if not pairs:
        return
    one, other = max(pairs, key=lambda pair: sum(_agrees(*pair, column) for column in _COMPARED))
    book.add(
        "identity_candidate",
        {
            "owner_id": one["owner_id"],
            "id": new_id(rng),
            "child_id": one["id"],
            "other_child_id": other["id"],
            "reasons": [_reason(one, other, column) for column in _COMPARED],
            "score": None,  # brought forward by whoever looked, and weighed by no rule
            "found_at": datetime.combine(today - _FOUND_BEFORE, time(9), UTC),
        },
    )


def _agrees(one: dict[str, Any], other: dict[str, Any], column: str) -> bool:
    return one[column] == other[column]


def _reason(one: dict[str, Any], other: dict[str, Any], column: str) -> str:
    """Such as family-name-agrees; never the value."""
    return f"{column.replace('_', '-')}-{'agrees' if _agrees(one, other, column) else 'differs'}"
